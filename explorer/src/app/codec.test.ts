import { describe, expect, test } from "vitest";
import { at, flag, integer, list, oneOf, pushes, readLens, text, writeLens, type Fields } from "./codec";

interface Lens {
  q: string;
  hops: number;
  as: "chart" | "table";
  not: readonly string[];
  only: boolean;
  at: string;
}

const FIELDS: Fields<Lens> = {
  q: text(),
  hops: integer(3, 1, 6),
  as: oneOf(["chart", "table"], { push: true }),
  not: list(),
  only: flag(),
  at,
};
const INITIAL: Lens = { q: "", hops: 3, as: "chart", not: [], only: false, at: "" };

describe("lens state", () => {
  test("an empty query is the default state, which writes an empty query", () => {
    expect(readLens(FIELDS, "")).toEqual(INITIAL);
    expect(writeLens(FIELDS, INITIAL)).toBe("");
  });

  test.each<Partial<Lens>>([
    { q: "a&b=c #?/ü" },
    { hops: 5 },
    { as: "table" },
    { not: ["a", "b,c", "d e"] },
    { only: true },
    { at: "2026-06-21" },
    { q: "x", hops: 1, as: "table", not: ["z"], only: true, at: "2025-01-01" },
  ])("%j survives the address", (patch) => {
    const state = { ...INITIAL, ...patch };
    expect(readLens(FIELDS, `?${writeLens(FIELDS, state)}`)).toEqual(state);
  });

  test("values that are out of range or unknown become valid ones", () => {
    expect(readLens(FIELDS, "?hops=99&as=pie&at=yesterday&only=yes")).toEqual({ ...INITIAL, hops: 6 });
    expect(readLens(FIELDS, "?hops=x")).toEqual(INITIAL);
  });

  test("a list with a default can be empty", () => {
    const fields: Fields<{ f: readonly string[] }> = { f: list({ initial: ["open"] }) };
    expect(readLens(fields, "")).toEqual({ f: ["open"] });
    expect(writeLens(fields, { f: ["open"] })).toBe("");
    expect(writeLens(fields, { f: [] })).toBe("f=-");
    expect(readLens(fields, "f=-")).toEqual({ f: [] });
  });

  test("only some changes are entries of the history", () => {
    expect(pushes(FIELDS, { q: "x" })).toBe(false);
    expect(pushes(FIELDS, { q: "x", as: "table" })).toBe(true);
    expect(pushes(FIELDS, { at: "2026-06-21" })).toBe(true);
  });
});
