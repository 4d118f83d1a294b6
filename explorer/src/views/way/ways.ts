/** Ways as the view draws them: the people in their columns, and what each hop consists of. */
import type { SomebodyFragment, WayFragment } from "../../generated/graphql";

export type Hop = WayFragment["hops"][number];
export type Contact = Hop["contacts"][number];

export interface WayPerson {
  id: string;
  name: string;
  title: string | null;
  address: string | null;
  ours: boolean;
}

export function person(of: SomebodyFragment): WayPerson {
  const ours = of.__typename === "User";
  const { id, name } = of;
  if (ours) return { id, name, ours, title: of.jobTitle ?? null, address: of.emailAddress1 ?? null };
  const theirs = of as { contactTitle?: string | null; contactAddress?: string | null };
  return { id, name, ours, title: theirs.contactTitle ?? null, address: theirs.contactAddress ?? null };
}

/** The people along a way, the one who needs the introduction first. */
export function peopleOf(way: WayFragment): WayPerson[] {
  return [person(way.hops[0]!.from), ...way.hops.map(({ to }) => person(to))];
}

/**
 * The column of each person, of `columns` hops: ours stand from the left and theirs from the right, so that the start and
 * the target share their columns in all ways.
 */
export function columnsOf(people: readonly Pick<WayPerson, "ours">[], columns: number): number[] {
  const last = people.length - 1;
  return people.map(({ ours }, at) => (at === 0 ? 0 : at === last || !ours ? columns - (last - at) : at));
}

/** The width of the line of a hop. */
export function lineWidth(strength: number): number {
  return 1.5 + (Math.min(100, Math.max(0, strength)) / 100) * 8;
}

export interface Tally {
  meetings: number;
  calls: number;
  sent: number;
  received: number;
  /** Whether all mails were copies. */
  copies: boolean;
}

/** The numbers of a hop's contacts; null if not all of them were read. */
export function tally({ contacts, interactions }: Hop): Tally | null {
  if (contacts.length < interactions) return null;
  const of = (kind: Contact["kind"]) => contacts.filter((contact) => contact.kind === kind);
  const mails = of("EMAIL");
  return {
    meetings: of("MEETING").length,
    calls: of("CALL").length,
    sent: mails.filter(({ direction }) => direction === "FORWARD").length,
    received: mails.filter(({ direction }) => direction === "BACKWARD").length,
    copies: mails.length > 0 && mails.every(({ copied }) => copied),
  };
}

/** The latest contact in which somebody spoke or met; null without one. */
export function lastSpoken({ contacts }: Hop): Contact | null {
  return contacts.find(({ kind }) => kind !== "EMAIL") ?? null;
}

export type Nature = "line" | "met" | "spoke" | "write" | "copied" | "answered" | "sent";

/** What a hop mainly is: a reporting line, meetings, calls, mail both ways, or mail in one direction. */
export function nature(hop: Hop): Nature {
  if (hop.kind === "REPORTS_TO") return "line";
  const spoken = lastSpoken(hop);
  if (spoken) return spoken.kind === "MEETING" ? "met" : "spoke";
  const sent = hop.contacts.some(({ direction }) => direction === "FORWARD");
  const received = hop.contacts.some(({ direction }) => direction === "BACKWARD");
  if (sent && received) return "write";
  if (hop.contacts.length > 0 && hop.contacts.every(({ copied }) => copied)) return "copied";
  return received ? "answered" : "sent";
}

/** The weakest hop; of equally weak ones the first. */
export function weakest(way: WayFragment): Hop {
  return way.hops.reduce((least, hop) => (hop.strength < least.strength ? hop : least));
}

/** The best of the other ways that has no people in common with a way except its ends. */
export function independent(way: WayFragment, others: readonly WayFragment[]): WayFragment | null {
  const between = new Set(
    peopleOf(way)
      .slice(1, -1)
      .map(({ id }) => id),
  );
  return (
    others.find(
      (other) =>
        other !== way &&
        peopleOf(other)
          .slice(1, -1)
          .every(({ id }) => !between.has(id)),
    ) ?? null
  );
}
