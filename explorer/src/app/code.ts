const PAUSE_MS = 1_000;

/** Loads a part of the code of the page; while the server is away, again after a pause. */
export async function loaded<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch {
    await new Promise((resolve) => window.setTimeout(resolve, PAUSE_MS));
    return loaded(load);
  }
}
