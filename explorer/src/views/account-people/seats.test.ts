import { expect, test } from "vitest";
import { forest, layout } from "./seats";

const seat = (id: string, managerId: string | null) => ({ id, managerId });
const SEATS = [
  seat("ceo", null),
  seat("cfo", "ceo"),
  seat("cio", "ceo"),
  seat("coo", "ceo"),
  ...["a", "b", "c", "d"].map((id) => seat(id, "coo")),
  seat("a1", "a"),
  seat("a2", "a1"),
];
const tree = (seats = SEATS) => forest(seats, ["ceo"])[0]!;
const at = (found: ReturnType<typeof layout>, id: string) => found.placed.find((each) => each.id === id)!;

test("managers stand above the middle, and leaves beside the only branch", () => {
  const found = layout(tree(), 4, 10);
  expect(found.columns).toBe(4);
  expect(["cfo", "coo", "cio"].map((id) => at(found, id).column)).toEqual([0.5, 1.5, 2.5]);
  expect(at(found, "ceo").column).toBe(1.5);
  expect(["b", "c", "a", "d"].map((id) => at(found, id).column)).toEqual([0, 1, 2, 3]);
});

test("levels that do not fit stack below their manager, and the rest is counted", () => {
  const found = layout(tree(), 3, 4);
  expect([found.across, found.columns]).toEqual([1, 3]);
  const below = found.placed.filter(({ row }) => row > 0);
  expect(below.map(({ id, row, indent }) => [id, row, indent])).toEqual([
    ["a", 1, 1],
    ["a1", 2, 2],
    ["a2", 3, 3],
    ["b", 4, 1],
  ]);
  expect([...found.more]).toEqual([["coo", 2]]);
});

test("no two seats stand in one place", () => {
  for (const columns of [1, 2, 3, 4, 9]) {
    const { placed } = layout(tree(), columns, 20);
    expect(new Set(placed.map(({ column, level, row }) => `${column} ${level} ${row}`)).size).toBe(SEATS.length);
  }
});

test("a cycle and a missing manager end", () => {
  const seats = [seat("a", null), seat("b", "a"), seat("c", "b"), seat("b", "c"), seat("d", "missing"), seat("e", "e")];
  expect(layout(forest(seats, ["a"])[0]!, 3, 9).placed.length).toBe(3);
});

test("a line of a thousand people", () => {
  const seats = Array.from({ length: 1000 }, (_, n) => seat(String(n), n === 0 ? null : String(n - 1)));
  expect(layout(forest(seats, ["0"])[0]!, 5, 9).placed.length).toBeGreaterThan(9);
});
