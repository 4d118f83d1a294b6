import { addressOf, isLens, VIEWS } from "./views";
import type { AnyView } from "./registry";

/** The address of a record: the view of its type, or the page that is generated from the schema. */
export function recordAddress(type: string, id: string): string {
  const own = VIEWS.find((view) => view.record === type);
  return own ? addressOf(own, { id }) : `/record/${type}/${id}`;
}

/** The address of another subject of the same type through the same lens. */
export function sameLens(current: AnyView | null, type: string, id: string): string {
  const own = VIEWS.find((view) => view.record === type);
  const subject = own?.tab?.subject;
  const keeps = current && typeof subject === "string" && isLens(current, subject);
  return keeps ? addressOf(current, { id }) : recordAddress(type, id);
}
