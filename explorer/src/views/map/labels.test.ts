import { expect, it } from "vitest";
import { crosses, placeLabels, type Label } from "./labels";
import { alongside } from "./Placer";

const label = (id: string, x: number, y: number, more: Partial<Label> = {}): Label => ({
  id,
  text: "Nelna Beckbury",
  width: 85,
  x,
  y,
  size: "known",
  radius: 0,
  rank: 4000,
  bold: false,
  folds: false,
  ...more,
});
const view = { scale: 10, x: 0, y: 0, width: 800, height: 600, fit: 10, grown: 1, level: "people" } as const;

it("gives each name room, and leaves out those without", () => {
  const crowd = Array.from({ length: 40 }, (_, at) => label(`n${at}`, 40 + (at % 4) / 10, 30));
  const places = [...placeLabels(crowd, view).values()];
  expect(places.length).toBeGreaterThan(1);
  expect(places.length).toBeLessThan(10);
  for (const [at, one] of places.entries())
    for (const other of places.slice(at + 1))
      expect(Math.abs(one.top - other.top) >= 16 || Math.abs(one.left - other.left) > 80).toBe(true);
});

it("names everybody else only on a small map and when the map is near, and nothing outside the screen", () => {
  const other = label("far", 40, 30, { rank: 6000, size: "other" });
  const outside = Array.from({ length: 50 }, (_, at) => label(`o${at}`, 900 + at, 30));
  expect(placeLabels([other, ...outside.slice(0, 10)], view).size).toBe(1);
  expect(placeLabels([other, ...outside], view).size).toBe(0);
  const near = { ...view, scale: 90, x: -3200, y: -2400, grown: 3 };
  expect(placeLabels([other, ...outside], near).has("far")).toBe(true);
});

it("names a circle where no other circle is beside its name", () => {
  const circle = (id: string, x: number, y: number) => label(id, x, y, { size: null, radius: 2, rank: 5000 });
  const placed = placeLabels([circle("one", 40, 30), circle("above", 40, 25.2)], view).get("one")!;
  expect(placed.top).toBeGreaterThan(300);
});

it("covers no mark, no other name and no tool, and as little of the ties as possible", () => {
  const one = label("one", 40, 30);
  const below = label("below", 40, 32.5, { text: "", width: 0, rank: 9000 });
  const beside = placeLabels([one, below], view).get("one")!;
  expect(beside.left).toBeGreaterThan(400);
  const reserved = [{ left: 395, right: 800, top: 0, bottom: 600 }];
  const left = placeLabels([one], view, { reserved }).get("one")!;
  expect(left.left + one.width).toBeLessThan(400);
  const tie = { from: { x: 40, y: 30 }, to: { x: 40, y: 60 }, width: 6 };
  expect(placeLabels([one], view, { segments: [tie] }).get("one")!.top).toBeLessThan(300);
  expect(placeLabels([one], view).get("one")!.top).toBeGreaterThan(300);
});

it("knows whether a line runs through a box", () => {
  const box = { left: 10, right: 20, top: 10, bottom: 20 };
  expect(crosses(box, 0, 0, 30, 30)).toBe(true);
  expect(crosses(box, 0, 15, 12, 15)).toBe(true);
  expect(crosses(box, 0, 0, 30, 0)).toBe(false);
  expect(crosses(box, 0, 15, 15, 0)).toBe(false);
});

it("moves names along with their marks, also when the map grows", () => {
  const moved = { ...view, x: 30, y: -20, scale: 20 };
  const places = alongside(
    [label("one", 10, 5), label("two", 1, 1)],
    new Map([["one", { left: 60, top: 70 }]]),
    view,
    moved,
  );
  expect([...places]).toEqual([["one", { left: 60 + 30 + 100, top: 70 - 20 + 50 }]]);
});
