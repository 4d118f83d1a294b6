import type { PeopleQuery } from "../../generated/graphql";
import { FAIR } from "../../marks/bands";
import { capitalized } from "../../words/format";
import { words } from "../../words/words";

const say = words("people");
export type People = NonNullable<PeopleQuery["contacts"]>;
export type Contact = People["nodes"][number];

/** The best tie of one of us to a person, and who has it. */
export function bestTie({ id, ties: [tie] }: Pick<Contact, "id" | "ties">) {
  return tie ? { strength: tie.strength, ours: tie.from.id === id ? tie.to : tie.from } : null;
}

/** How many people match, and, when all of them are here, how many of them we know and have never spoken to. */
export function peopleVerdict({ totalCount: n, nodes }: Pick<People, "totalCount" | "nodes">, mine: boolean): string {
  const first = capitalized(say("verdict", { n, where: mine ? "mine" : "all" }));
  if (n === 0 || nodes.length < n) return first;
  const known = nodes.filter((contact) => (bestTie(contact)?.strength ?? 0) >= FAIR).length;
  const never = nodes.filter(({ lastSpokeAt }) => lastSpokeAt === null).length;
  return `${first} ${capitalized(say("known", { n, known, never }))}`;
}
