import { expect, test } from "vitest";
import { fitted, folded, isOpen, unknownBranches } from "./folding";

test("everything is unfolded until something is folded", () => {
  const all = { open: [], fold: [] };
  expect(isOpen(all, "a")).toBe(true);
  const some = folded(all, ["a"], false);
  expect([isOpen(some, "a"), isOpen(some, "b")]).toEqual([false, true]);
  expect(folded(some, ["a"], true)).toEqual(all);
});

test("with only some accounts unfolded, unfolding adds to them", () => {
  const top = { open: ["top"], fold: [] };
  expect(isOpen(top, "a")).toBe(false);
  const more = folded(top, ["a"], true);
  expect(more).toEqual({ open: ["top", "a"], fold: [] });
  expect(isOpen(folded(more, ["a"], false), "a")).toBe(false);
});

test("branches where we know no one count once", () => {
  const row = (id: string, parentId: string | null, accounts: number, known: number, amount: number) => ({
    accounts,
    parentId,
    account: { id, reach: { known } },
    sum: { won: { amount } },
  });
  const rows = [
    row("top", null, 5, 1, 100),
    row("a", "top", 3, 0, 40),
    row("b", "a", 1, 0, 10),
    row("c", "top", 1, 1, 50),
  ];
  expect(unknownBranches(rows)).toEqual({ accounts: 3, won: 40 });
  expect(unknownBranches([])).toEqual({ accounts: 0, won: 0 });
});

test("bars are cut at the branch that they are fitted to", () => {
  expect(fitted({ start: 20, length: 10 }, { start: 0, length: 100 })).toEqual({
    start: 0.2,
    length: expect.closeTo(0.1),
  });
  expect(fitted({ start: 0, length: 100 }, { start: 20, length: 10 })).toEqual({ start: 0, length: 1 });
  expect(fitted({ start: 0, length: 5 }, { start: 20, length: 10 })).toEqual({ start: 0, length: 0 });
  expect(fitted({ start: 0, length: 5 }, { start: 0, length: 0 })).toEqual({ start: 0, length: 0 });
});
