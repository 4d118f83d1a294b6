import { expect, test } from "vitest";
import type { DealPageFragment } from "../../generated/graphql";
import { dealVerdict, unmet, weighted, weightedValue, type Deal } from "./verdict";

function deal(amount: number, known: number, closeProbability: number | null = 50): Deal {
  const estimatedValue = { amount, currency: "USD" };
  return { state: "OPEN", estimatedValue, closeProbability, committee: { seats: 2, known } } as Deal;
}

function page(nodes: Deal[], totalCount = nodes.length): DealPageFragment {
  const sum = (deals: Deal[]) => ({
    estimatedValue: { amount: deals.reduce((all, one) => all + one.estimatedValue!.amount, 0), currency: "USD" },
  });
  const byChance = nodes.map(({ closeProbability, ...rest }) => ({
    key: { closeProbability },
    sum: sum([rest as Deal]),
  }));
  return { totalCount, nodes, byChance, aggregate: { sum: sum(nodes) } } as unknown as DealPageFragment;
}

test("deals are weighted by their chances, those without a chance with nothing", () => {
  expect(weighted(page([deal(100, 1, 10), deal(200, 1, 50), deal(400, 1, null)]))).toBe(110);
  expect(weightedValue(deal(200, 1, 60))).toEqual({ amount: 120, currency: "USD" });
  expect(weightedValue(deal(200, 1, null))).toBeNull();
});

test("deals on whose committee we know no one are counted, and are the largest if no other is as large", () => {
  expect(unmet([deal(100, 0), deal(200, 1)])).toEqual({ n: 1, largest: false });
  expect(unmet([deal(100, 1), deal(200, 0), deal(300, 0)])).toEqual({ n: 2, largest: true });
  expect(unmet([{ ...deal(100, 0), state: "WON" }])).toMatchObject({ n: 0 });
});

test("the verdict says what the deals are worth, and what is missing when all of them are here", () => {
  const deals = [deal(1000, 1), deal(3000, 0), deal(2000, 0)];
  expect(dealVerdict(page(deals))).toBe(
    "Three deals, $6,000; by their chances $3,000. Two of them have no contact with their committee, and they are the largest.",
  );
  expect(dealVerdict(page(deals, 200))).toBe("200 deals, $6,000; by their chances $3,000.");
  expect(dealVerdict(page([deal(1000, 0), deal(2000, 1)]))).toMatch(/One of them has no contact with its committee\.$/);
  expect(dealVerdict(page([deal(1000, 0)]))).toMatch(
    /^One deal, \$1,000; by its chance \$500\. .* on its committee\.$/,
  );
});
