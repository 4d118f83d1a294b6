import type { DealPageFragment } from "../../generated/graphql";
import { capitalized, moneyInWords, NONE } from "../../words/format";
import { words } from "../../words/words";

const say = words("deals");
export type Deal = DealPageFragment["nodes"][number];

/** What all deals that match are worth by their chances, those without a chance nothing. */
export function weighted({ byChance }: Pick<DealPageFragment, "byChance">): number {
  return byChance.reduce((sum, group) => {
    return sum + ((group.key.closeProbability ?? 0) * (group.sum.estimatedValue?.amount ?? 0)) / 100;
  }, 0);
}

/** What a deal is worth by its chance. */
export function weightedValue({ estimatedValue, closeProbability }: Deal): Deal["estimatedValue"] {
  if (!estimatedValue || closeProbability === null) return null;
  return { ...estimatedValue, amount: (estimatedValue.amount * closeProbability) / 100 };
}

/** The open deals on whose committee we know no one, and whether no other deal is larger than any of them. */
export function unmet(deals: readonly Deal[]): { n: number; largest: boolean } {
  const size = ({ estimatedValue }: Deal) => estimatedValue?.amount ?? 0;
  const isUnmet = ({ state, committee }: Deal) => state === "OPEN" && committee.known === 0;
  const found = deals.filter(isUnmet);
  const least = Math.min(...found.map(size));
  return { n: found.length, largest: deals.every((deal) => isUnmet(deal) || size(deal) < least) };
}

/** How many deals match, what they are worth, and, when all of them are here, on how many we know no one of the committee. */
export function dealVerdict(page: DealPageFragment): string {
  const { totalCount: n, aggregate, nodes } = page;
  const total = aggregate.sum.estimatedValue;
  const worth = total ? moneyInWords({ ...total, amount: weighted(page) }) : NONE;
  const first = capitalized(say("verdict", { n, money: total ? moneyInWords(total) : NONE, weighted: worth }));
  const { n: strangers, largest } = unmet(nodes);
  if (nodes.length < n || strangers === 0) return first;
  const which = strangers === n ? "all" : largest ? "largest" : "some";
  return `${first} ${capitalized(say("unmet", { n: strangers, which }))}`;
}
