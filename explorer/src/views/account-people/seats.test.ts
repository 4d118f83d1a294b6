import { expect, test } from "vitest";
import { chainOf, outlineOf, teamsOf, visible, type Node } from "./seats";

const seat = (id: string, managerId: string | null) => ({ id, managerId });
const NO_ONE = new Set<string>();

function idsOf({ id, children }: Node): string[] {
  return [id, ...children.flatMap(idsOf)];
}
function foldedOf({ folded, children }: Node): number {
  return children.reduce((sum, child) => sum + foldedOf(child), folded);
}

test("a cycle, two managers, a manager who is missing, and a line to oneself end", () => {
  const seats = [seat("a", null), seat("b", "a"), seat("c", "b"), seat("b", "c"), seat("d", "gone"), seat("e", "e")];
  expect(idsOf(visible("a", teamsOf(seats), NO_ONE))).toEqual(["a", "b", "c"]);
  const round = [seat("x", "y"), seat("y", "x")];
  expect(idsOf(visible("x", teamsOf(round), NO_ONE))).toEqual(["x", "y"]);
  expect([...outlineOf(["x"], teamsOf(round)).keys()]).toEqual(["x", "y"]);
  expect(chainOf("x", new Map(round.map((each) => [each.id, each])))).toEqual(["y"]);
});

test("the outline has each manager before the team", () => {
  const teams = teamsOf([seat("a", null), seat("b", "a"), seat("c", "a"), seat("b1", "b")]);
  expect([...outlineOf(["a", "z"], teams)]).toEqual([
    ["a", 0],
    ["b", 1],
    ["b1", 2],
    ["c", 1],
    ["z", 0],
  ]);
});

test("a line of a thousand people is drawn from the top, and the rest is counted", () => {
  const teams = teamsOf(Array.from({ length: 1000 }, (_, n) => seat(String(n), n === 0 ? null : String(n - 1))));
  const tree = visible("0", teams, NO_ONE);
  expect(idsOf(tree).length).toBe(10);
  expect(foldedOf(tree)).toBe(990);
});

test("ten thousand people are folded, and those above the selection stay", () => {
  const seats = Array.from({ length: 10_000 }, (_, n) => seat(String(n), n === 0 ? null : String(((n - 1) / 10) | 0)));
  const teams = teamsOf(seats);
  const byId = new Map(seats.map((each) => [each.id, each]));
  const kept = new Set(["9999", ...chainOf("9999", byId)]);
  const tree = visible("0", teams, kept);
  const ids = idsOf(tree);
  expect(ids.length).toBeLessThan(180);
  expect(foldedOf(tree)).toBe(10_000 - ids.length);
  for (const id of kept) expect(ids).toContain(id);
});

test("a team is not folded for one person", () => {
  const team = (size: number) => [seat("m", "top"), ...Array.from({ length: size }, (_, n) => seat(`r${n}`, "m"))];
  expect(visible("top", teamsOf([seat("top", null), ...team(9)]), NO_ONE).children[0]!.folded).toBe(0);
  expect(visible("top", teamsOf([seat("top", null), ...team(10)]), NO_ONE).children[0]!.folded).toBe(2);
});
