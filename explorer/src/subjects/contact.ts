import type { Head } from "../parts/Page";

/** The subject of all lenses on a person at a customer. */
export function contactSubject(id: string, name: string): NonNullable<Head["subject"]> {
  return { type: "Contact", kind: "contact", id, name };
}
