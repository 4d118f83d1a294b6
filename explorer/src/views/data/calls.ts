import { ROOT, unavailable, type Failure } from "../../app/client";
import { fetchSignedIn } from "../../app/signIn";

/** Sends a file; returns the id of its job, or why it was refused. */
export async function upload(file: File): Promise<{ id: string } | { failure: Failure }> {
  const address = `${ROOT}/imports?name=${encodeURIComponent(file.name)}`;
  try {
    const response = await fetchSignedIn(address, {
      method: "POST",
      headers: { "content-type": "text/csv" },
      body: file,
    });
    const body = (await response.json()) as { id?: string; errors?: Refusal[] };
    if (body.id) return { id: body.id };
    const first = body.errors![0]!;
    const { code, remedy } = first.extensions;
    return { failure: { code, message: first.message, remedy, requestId: null, field: null, version: null } };
  } catch (error) {
    return { failure: unavailable(error) };
  }
}

interface Refusal {
  message: string;
  extensions: { code: string; remedy: string };
}

/** The address of the file with all rejected rows. */
export function rejectsAddress(id: string): string {
  return `${ROOT}/imports/${encodeURIComponent(id)}/rejects.csv`;
}
