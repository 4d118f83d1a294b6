import { TYPES } from "../schema/records";
import { VIEWS } from "./views";

/** The address of the list of a type: the view that is its list, or the list that is generated from the schema. */
export function listAddress(type: string): string | null {
  const own = VIEWS.find((view) => view.lists === type);
  if (own) return own.address;
  return TYPES.some(({ name, plural }) => name === type && plural) ? `/records/${type}` : null;
}

/** The address of the form that creates a record; a link to a record is filled in. */
export function createAddress(type: string, link?: { field: string; id: string }): string {
  return `/records/${type}/new${link ? `?with=${link.field}:${link.id}` : ""}`;
}

/** The address of the page that edits a record. */
export function editAddress(type: string, id: string): string {
  return `/record/${type}/${id}?edit=1`;
}
