import { expect, test } from "vitest";
import {
  filtered,
  filtersOf,
  firstOf,
  isSnoozed,
  logPosition,
  needs,
  rowsOf,
  sorted,
  unnamed,
  type HomeInsight,
  type Row,
} from "./portfolio";

function insight(rule: string, subject: string, within: string, severity = "ACT"): HomeInsight {
  return {
    rule,
    severity,
    says: rule,
    because: [],
    money: null,
    action: null,
    subject: { id: subject },
    within: { id: within },
  } as unknown as HomeInsight;
}

function account(id: string, group: string, open: number, more: object = {}) {
  return {
    id,
    name: id,
    ultimateParent: { id: group, name: group },
    rollup: {
      openPipeline: { amount: open },
      won: { amount: 0 },
      byChild: [{ own: true, openPipeline: { amount: 1 }, won: { amount: 2 } }],
    },
    health: { judged: true, score: 50 },
    whitespaceValue: { amount: 0 },
    lastSpokeAt: null,
    nextStep: null,
    ...more,
  } as unknown as Row["account"];
}

test("a subject needs the reader once, and neither notes nor snoozed insights do", () => {
  const all = [
    insight("a", "s1", "1"),
    insight("b", "s1", "2"),
    insight("c", "s2", "3"),
    insight("d", "s3", "4", "NOTE"),
  ];
  expect(needs(all, []).map(({ rule }) => rule)).toEqual(["a", "c"]);
  const snoozed = [{ rule: "c", subject: { id: "s2" }, until: "2026-12-01" }];
  expect(isSnoozed(all[2]!, snoozed)).toBe(true);
  expect(isSnoozed(all[0]!, snoozed)).toBe(false);
  expect(needs(all, snoozed).map(({ rule }) => rule)).toEqual(["a"]);
});

test("the first findings have the best opening among them", () => {
  const all = ["a", "b", "c"].map((rule) => insight(rule, rule, rule));
  const openings = ["d", "e"].map((rule) => insight(rule, rule, rule, "OPENING"));
  const first = (needed: HomeInsight[]) => firstOf(needed, 3).map(({ rule }) => rule);
  expect(first([...all, ...openings])).toEqual(["a", "b", "d"]);
  expect(first([all[0]!, ...openings])).toEqual(["a", "d", "e"]);
  expect(first(all)).toEqual(["a", "b", "c"]);
  const large = { ...openings[1]!, money: { value: 31_698, currency: "USD" } };
  expect(first([...all, openings[0]!, large])).toEqual(["a", "b", "e"]);
});

test("a finding has the name of its account, unless its sentence does", () => {
  const within = { id: "1", name: "Malaron Bakery PLC" };
  expect(unnamed({ says: "No decider is on record", within })).toBe("Malaron Bakery PLC");
  expect(unnamed({ says: "Malaron Bakery: no decider", within })).toBeNull();
  expect(unnamed({ says: "No decider is on record", within: null })).toBeNull();
});

test("rows have the finding about their account and their own share", () => {
  const [row] = rowsOf([account("1", "g", 10)], [insight("x", "s", "2"), insight("y", "s", "1")]);
  expect([row!.insight?.rule, row!.place, row!.own]).toEqual(["y", 1, { open: 1, won: 2 }]);
});

test("groups with three accounts are filters, and a row meets all filters that are on", () => {
  const falling = { health: { judged: true, score: 50, trend: "FALLING" } };
  const accounts = ["1", "2", "3"]
    .map((id) => account(id, "g", 1, id === "1" ? falling : {}))
    .concat(account("4", "other", 1, { health: { judged: false } }));
  const rows = rowsOf(accounts, [insight("silent", "s", "1")]);
  const filters = filtersOf(rows);
  expect(filters.map(({ name }) => name)).toEqual(["needs", "losing", "group:g", "unjudged"]);
  expect(filtered(rows, filters, ["group:g", "losing"]).map((row) => row.account.id)).toEqual(["1"]);
  expect(filtered(rows, filters, ["unjudged"]).map((row) => row.account.id)).toEqual(["4"]);
  expect(filtered(rows, filters, ["group:gone"])).toHaveLength(4);
});

test("empty values come last in both directions", () => {
  const rows = rowsOf(
    [
      account("1", "g", 1),
      account("2", "g", 2, { lastSpokeAt: "2026-01-01" }),
      account("3", "g", 3, { lastSpokeAt: "2025-01-01" }),
    ],
    [],
  );
  const ids = (sort: string) => sorted(rows, sort).map((row) => row.account.id);
  expect(ids("spoke DESC")).toEqual(["2", "3", "1"]);
  expect(ids("spoke ASC")).toEqual(["3", "2", "1"]);
  expect(ids("needs ASC")).toEqual(["3", "2", "1"]);
});

test("amounts lie on a logarithmic scale, and none has no place on it", () => {
  expect(logPosition(0, 1, 100)).toBeNull();
  expect([1, 10, 100, 1000].map((amount) => logPosition(amount, 1, 100))).toEqual([0, 0.5, 1, 1]);
  expect(logPosition(5, 5, 5)).toBe(0.5);
});
