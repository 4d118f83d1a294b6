import type { HomeQuery, InsightRowFragment, PortfolioRowFragment } from "../../generated/graphql";
import { firstWord } from "../../words/format";

type Judged = NonNullable<NonNullable<HomeQuery["judged"]>["user"]>;
export type UserRollup = NonNullable<NonNullable<HomeQuery["portfolio"]>["user"]>["rollup"];
export type HomeInsight = Judged["insights"][number];
export type Settings = NonNullable<NonNullable<NonNullable<HomeQuery["today"]>["user"]>["settings"]>;
export type Snoozed = Settings["snoozed"][number];

/** An account of the reader with the most important finding about it, and its place among all findings. */
export interface Row {
  account: PortfolioRowFragment;
  insight: HomeInsight | undefined;
  place: number;
  own: { open: number; won: number };
}

const LEAST_OF_A_GROUP = 3;
const MOST_GROUPS = 2;
const LAST = Number.MAX_SAFE_INTEGER;

/** Whether an insight is snoozed. */
export function isSnoozed(insight: InsightRowFragment, snoozed: readonly Snoozed[]): boolean {
  return snoozed.some(({ rule, subject }) => rule === insight.rule && subject.id === insight.subject.id);
}

/** The insights that need the reader: in the order of the server, at most one a subject, without the snoozed ones. */
export function needs(insights: readonly HomeInsight[], snoozed: readonly Snoozed[]): HomeInsight[] {
  const subjects = new Set<string>();
  return insights.filter((insight) => {
    if (insight.severity === "NOTE" || isSnoozed(insight, snoozed) || subjects.has(insight.subject.id)) return false;
    subjects.add(insight.subject.id);
    return true;
  });
}

/** The first findings, among them the best opening: openings sort behind all dangers, and would never be seen. */
export function firstOf(needed: readonly HomeInsight[], n: number): HomeInsight[] {
  const first = needed.slice(0, n);
  const openings = needed.filter(({ severity }) => severity === "OPENING");
  const [opening] = openings.toSorted((one, other) => (other.money?.value ?? 0) - (one.money?.value ?? 0));
  return opening && !first.includes(opening) ? [...first.slice(0, n - 1), opening] : first;
}

/** The account of a finding, unless its sentence names it. */
export function unnamed({ says, within }: Pick<HomeInsight, "says" | "within">): string | null {
  const [word = ""] = within?.name.split(" ") ?? [];
  return within && !says.includes(word) ? within.name : null;
}

/** The rows of the accounts with their findings. */
export function rowsOf(accounts: readonly PortfolioRowFragment[], insights: readonly HomeInsight[]): Row[] {
  return accounts.map((account) => {
    const place = insights.findIndex(({ within }) => within?.id === account.id);
    const own = account.rollup.byChild.find((part) => part.own);
    return {
      account,
      insight: insights[place],
      place: place < 0 ? LAST : place,
      own: {
        open: own?.openPipeline.amount ?? account.rollup.openPipeline.amount,
        won: own?.won.amount ?? account.rollup.won.amount,
      },
    };
  });
}

export interface Filter {
  name: string;
  /** Its label, unless the words of the view have one. */
  label?: string;
  meets: (row: Row) => boolean;
}

/** The filters of the portfolio: those that everybody has, and the groups with most of the accounts. */
export function filtersOf(rows: readonly Row[]): Filter[] {
  const groups = new Map<string, { name: string; n: number }>();
  for (const { account } of rows) {
    const { id, name } = account.ultimateParent;
    groups.set(id, { name, n: (groups.get(id)?.n ?? 0) + 1 });
  }
  const largest = [...groups]
    .filter(([, { n }]) => n >= LEAST_OF_A_GROUP)
    .sort(([, one], [, other]) => other.n - one.n || one.name.localeCompare(other.name))
    .slice(0, MOST_GROUPS);
  return [
    { name: "needs", meets: ({ insight }) => insight !== undefined && insight.severity !== "NOTE" },
    { name: "losing", meets: ({ account }) => account.health.trend === "FALLING" },
    ...largest.map(([id, { name }]) => ({
      name: `group:${id}`,
      label: firstWord(name),
      meets: ({ account }: Row) => account.ultimateParent.id === id,
    })),
    { name: "unjudged", meets: ({ account }) => !account.health.judged },
  ];
}

/** The rows that meet all filters that are on; a filter that is not there any more holds for every row. */
export function filtered(rows: readonly Row[], filters: readonly Filter[], on: readonly string[]): Row[] {
  const held = filters.filter(({ name }) => on.includes(name));
  return rows.filter((row) => held.every(({ meets }) => meets(row)));
}

type Key = (row: Row) => number | string | null;

const ORDERS: Readonly<Record<string, Key>> = {
  needs: ({ place }) => place,
  name: ({ account }) => account.name,
  group: ({ account }) => account.ultimateParent.name,
  open: ({ account }) => account.rollup.openPipeline.amount,
  won: ({ account }) => account.rollup.won.amount,
  health: ({ account }) => (account.health.judged ? account.health.score : null),
  white: ({ account }) => account.whitespaceValue.amount,
  spoke: ({ account }) => account.lastSpokeAt,
  next: ({ account }) => account.nextStep?.date ?? null,
};

/** The rows in the order of a column; empty values come last, ties by open money and name. */
export function sorted(rows: readonly Row[], sort: string): Row[] {
  const [column = "", direction] = sort.split(" ");
  const key = ORDERS[column] ?? ORDERS["needs"]!;
  const sign = direction === "DESC" ? -1 : 1;
  const open = (row: Row) => row.account.rollup.openPipeline.amount;
  return [...rows].sort((one, other) => {
    const [first, second] = [key(one), key(other)];
    if (first === null || second === null) {
      if (first !== second) return first === null ? 1 : -1;
    } else {
      const order =
        typeof first === "string" && typeof second === "string"
          ? first.localeCompare(second)
          : Number(first) - Number(second);
      if (order !== 0) return order * sign;
    }
    return open(other) - open(one) || one.account.name.localeCompare(other.account.name);
  });
}

/** The position of an amount from 0 to 1 on a logarithmic scale up to the largest one; null for no amount. */
export function logPosition(amount: number, least: number, most: number): number | null {
  if (amount <= 0) return null;
  if (most <= least) return 0.5;
  return Math.min(1, Math.max(0, Math.log(amount / least) / Math.log(most / least)));
}
