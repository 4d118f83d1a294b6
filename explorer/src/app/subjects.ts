import type { RecordMarkKind } from "../marks/marks";

const MARKS: Readonly<Record<string, RecordMarkKind>> = { Account: "account", Opportunity: "deal" };

/** The mark of a record by its type; people have marks of their own. */
export function markOf(type: string): RecordMarkKind {
  return MARKS[type] ?? "record";
}

/** The type names of people, of whom `User` is ours. */
export const PEOPLE: ReadonlySet<string> = new Set(["Contact", "User", "Lead"]);
