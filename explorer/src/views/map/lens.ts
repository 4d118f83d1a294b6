import { at, flag, integer, list, oneOf, text, type Fields } from "../../app/codec";

export const GROUPINGS = ["account", "community", "none"] as const;
export const FORMS = ["picture", "table"] as const;
export const MONTHS = [24, 12, 3, 0] as const;
export const LEAST_TIES = [0, 10, 40, 60] as const;

export interface MapLens {
  /** The expansions of single nodes, as `ID:relationship`. */
  x: readonly string[];
  /** The people on the path; two of them stand for the strongest way between them on the map. */
  path: readonly string[];
  /** The least strength of a tie. */
  ties: number;
  /** The months in which a tie or an activity was active; 0 is any time. */
  since: number;
  /** The types of relationship that are not shown. */
  hide: readonly string[];
  by: (typeof GROUPINGS)[number];
  as: (typeof FORMS)[number];
  /** The nodes that were removed. */
  no: readonly string[];
  /** The nodes that stay where they are, as `ID:x:y`. */
  pin: readonly string[];
  /** Whether ties among us are drawn. */
  us: boolean;
  at: string;
  sel: string;
}

export const LENS: Fields<MapLens> = {
  x: list({ push: true }),
  path: list({ push: true }),
  ties: integer(10, 0, 100),
  since: integer(24, 0, 600),
  hide: list(),
  by: oneOf(GROUPINGS),
  as: oneOf(FORMS),
  no: list({ push: true }),
  pin: list(),
  us: flag(),
  at,
  sel: text(),
};

/** Followed when the map opens: the account of the subject, what is below it, who is there, and who knows them. */
const OPENING = ["account", "descendants", "contacts", "stakeholders", "knows"] as const;

export interface Expand {
  relationship: string;
  ids?: string[];
}

export function expansionOf(id: string, relationship: string): string {
  return `${id}:${relationship}`;
}

/** The expansions of the request: those of the opening, and those of single nodes. */
export function expansions(x: readonly string[]): Expand[] {
  const chosen = new Map<string, string[]>();
  for (const one of x) {
    const cut = one.lastIndexOf(":");
    const relationship = one.slice(cut + 1);
    if (cut > 0) chosen.set(relationship, [...(chosen.get(relationship) ?? []), one.slice(0, cut)]);
  }
  return [
    ...OPENING.map((relationship) => ({ relationship })),
    ...[...chosen].map(([relationship, ids]) => ({ relationship, ids })),
  ];
}

/** The first day of the months that count, so that a request stays the same during a day. */
export function sinceDay(months: number, now = new Date()): string | null {
  if (months === 0) return null;
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, now.getUTCDate())).toISOString();
}
