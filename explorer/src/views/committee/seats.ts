import type { DealRoomQuery, Say, Stance } from "../../generated/graphql";

export type Room = NonNullable<DealRoomQuery["buyingCommittee"]>;
export type Seat = Room["seats"][number];

/** The stances from against us to for us: the columns. */
export const STANCES: readonly Stance[] = ["ENEMY", "NON_SUPPORTER", "NEUTRAL", "SUPPORTER", "MENTOR"];

/** A row of the grid: what its people have to say, and the role that a person gets who is moved there. */
export const ROWS = [
  { name: "decides", says: ["DECIDES"], role: "Decision maker" },
  { name: "gates", says: ["CHAMPIONS", "INFLUENCES", "GATES"], role: "Evaluator" },
  { name: "uses", says: ["USES"], role: "User" },
] as const satisfies readonly { name: string; says: readonly Say[]; role: string }[];

const NEUTRAL = 2;
const LAST = ROWS.length - 1;

/** The row of a person; those with another role, or none, are in the last one. */
export function rowOf(say: Say | null): number {
  const row = ROWS.findIndex(({ says }) => (says as readonly (Say | null)[]).includes(say));
  return row < 0 ? LAST : row;
}

/** The column of a stance; one that is not on record is in the middle. */
export function columnOf(stance: Stance | null): number {
  return stance === null ? NEUTRAL : STANCES.indexOf(stance);
}

/** What a move sets: the role, the attitude as a text, or both. */
export interface Facts {
  role?: string | null;
  support?: string | null;
}

/** `NON_SUPPORTER` as it is recorded: `Non-supporter`. */
export function supportOf(stance: Stance | null): string | null {
  if (stance === null) return null;
  const text = stance.toLowerCase().replace("_", "-");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The seat after a move by columns and rows; null at the border of the grid. */
export function moved(seat: Seat, right: number, down: number): { seat: Seat; facts: Facts } | null {
  const column = columnOf(seat.stance) + right;
  const row = rowOf(seat.say) + down;
  const stance = STANCES[column];
  const to = ROWS[row];
  if (!stance || !to || (right === 0 && down === 0)) return null;
  const after = { ...seat };
  const facts: Facts = {};
  if (right !== 0) {
    after.stance = stance;
    facts.support = supportOf(stance);
  }
  if (down !== 0) {
    after.role = to.role;
    after.roles = [to.role];
    after.say = to.says[0];
    facts.role = to.role;
  }
  return { seat: after, facts };
}

/** What takes a move back: the role and the attitude as they were. */
export function before(seat: Seat, facts: Facts): Facts {
  return {
    ...("role" in facts ? { role: seat.role } : {}),
    ...("support" in facts ? { support: supportOf(seat.stance) } : {}),
  };
}

/** The ties of us with a person, the strongest first; one that rounds to 0 is none. */
export function tiesOf<Tie extends { strength: number }>({ knownBy }: { knownBy: Tie[] }): Tie[] {
  return knownBy.filter(({ strength }) => Math.round(strength) > 0);
}

/** The users through whom a seat is known, those with the most strength over all seats first. */
export function knowers(seats: readonly Seat[], me: string, most: number): { id: string; name: string }[] {
  const sums = new Map<string, { id: string; name: string; sum: number }>();
  for (const seat of seats)
    for (const { user, strength } of tiesOf(seat))
      sums.set(user.id, { ...user, sum: (sums.get(user.id)?.sum ?? 0) + strength });
  const sorted = [...sums.values()].sort((one, other) => other.sum - one.sum);
  const others = sorted.filter(({ id }) => id !== me).slice(0, most);
  return [...others, ...sorted.filter(({ id }) => id === me)];
}

/** How many seats each of us holds with the strongest tie of at least `known`. */
export function threadsOf(seats: readonly Seat[], known: number): { name: string; n: number }[] {
  const counts = new Map<string, { name: string; n: number }>();
  for (const { knownBy, strength } of seats) {
    const best = knownBy[0]?.user;
    if (best && (strength ?? 0) >= known)
      counts.set(best.id, { name: best.name, n: (counts.get(best.id)?.n ?? 0) + 1 });
  }
  return [...counts.values()].sort((one, other) => other.n - one.n);
}

/** A seat that is missing: its row, what it is for, and the person who may take it. */
export interface Ghost {
  key: string;
  row: number;
  kind: "decider" | "role" | "contact";
  role: string;
  reason: string;
  contact: { id: string; name: string; jobTitle: string | null } | null;
}

/** The seats that are missing: no one who decides, a role that won deals had filled, and the contact of the deal. */
export function ghostsOf(room: Room): Ghost[] {
  const { seats, missing, opportunity } = room;
  const found: Ghost[] = missing.map(({ role, say, reason }) => ({
    key: role,
    row: rowOf(say),
    kind: "role",
    role,
    reason,
    contact: null,
  }));
  const decided = [...seats, ...missing].some(({ say }) => say === "DECIDES");
  if (!decided)
    found.unshift({ key: "decider", row: 0, kind: "decider", role: ROWS[0].role, reason: "", contact: null });
  const { contact } = opportunity;
  if (contact && !seats.some((seat) => seat.contact.id === contact.id))
    found.push({ key: contact.id, row: LAST, kind: "contact", role: ROWS[LAST]!.role, reason: "", contact });
  return found;
}
