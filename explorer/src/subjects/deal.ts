import type { Head } from "../parts/Page";

/** The subject of all lenses on a deal. */
export function dealSubject(id: string, name: string): NonNullable<Head["subject"]> {
  return { type: "Opportunity", kind: "deal", id, name };
}
