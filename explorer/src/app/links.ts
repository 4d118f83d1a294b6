import { navigate, useLocationProperty } from "wouter/use-browser-location";
import { ROOT } from "./client";
import { fetchSignedIn } from "./signIn";

/** A longer address of a map is kept by the server, and replaced by a short one. */
const MOST = 1_800;
const STORED = /^\/map\/s\/([0-9a-f]{32})$/;

/** The addresses behind the short ones that this page knows, by their hash. */
const known = new Map<string, string>();

type Options = NonNullable<Parameters<typeof navigate>[1]>;

/** The address on the screen: what stands behind it, if it is a short one that this page knows. */
function current(): { pathname: string; search: string } {
  const address = known.get(hashOf(location.pathname) ?? "");
  if (address === undefined) return location;
  const [path = "", search = ""] = address.split("?", 2);
  return { pathname: ROOT + path, search: `?${search}` };
}

function hashOf(pathname: string): string | undefined {
  return STORED.exec(pathname.slice(ROOT.length))?.[1];
}

export function currentSearch(): string {
  return current().search;
}

/** The path and the search of the address, for the router. */
export function usePath(): [string, (to: string, options?: Options) => void] {
  return [useLocationProperty(() => current().pathname), go];
}

export function useSearchText(): string {
  return useLocationProperty(currentSearch);
}

function go(to: string, options?: Options): void {
  navigate(to, options);
  if (to.length > MOST && to.startsWith(`${ROOT}/map/`)) void shorten(to);
}

/** Replaces a long address by a short one, unless the reader has gone on; without the server it stays long. */
async function shorten(to: string): Promise<void> {
  const address = to.slice(ROOT.length);
  const body = JSON.stringify({ address });
  const headers = { "content-type": "application/json" };
  const response = await fetchSignedIn(new URL("links", document.baseURI), { method: "POST", headers, body }).catch(
    () => null,
  );
  if (!response?.ok) return;
  const { hash } = (await response.json()) as { hash: string };
  known.set(hash, address);
  if (location.pathname + location.search === to) navigate(`${ROOT}/map/s/${hash}`, { replace: true });
}

/** Asks the server what stands behind the short address on the screen, if it is one. */
export async function recallAddress(): Promise<void> {
  const hash = hashOf(location.pathname);
  if (hash === undefined || known.has(hash)) return;
  const response = await fetchSignedIn(new URL(`links/${hash}`, document.baseURI)).catch(() => null);
  if (!response?.ok) return;
  known.set(hash, ((await response.json()) as { address: string }).address);
  dispatchEvent(new Event("popstate"));
}
