import { expect, it } from "vitest";
import { placeLabels, type Label } from "./labels";

const label = (id: string, x: number, y: number, more: Partial<Label> = {}): Label => ({
  id,
  text: "Nelna Beckbury",
  x,
  y,
  radius: 0.5,
  rank: 4000,
  bold: false,
  circle: false,
  ...more,
});
const view = { scale: 10, x: 0, y: 0, width: 800, height: 600 };

it("gives each name room, and leaves out those without", () => {
  const crowd = Array.from({ length: 40 }, (_, at) => label(`n${at}`, 40 + (at % 4) / 10, 30));
  const places = [...placeLabels(crowd, view).values()];
  expect(places.length).toBeGreaterThan(1);
  expect(places.length).toBeLessThan(10);
  for (const [at, one] of places.entries())
    for (const other of places.slice(at + 1))
      expect(Math.abs(one.top - other.top) >= 16 || Math.abs(one.left - other.left) > 80).toBe(true);
});

it("names everybody else only when the map is near, and nothing outside the screen", () => {
  const others = [label("far", 40, 30, { rank: 5000 }), label("outside", 900, 30)];
  expect(placeLabels(others, view).size).toBe(0);
  expect(placeLabels([others[0]!], { ...view, scale: 30, x: -800, y: -600 }).has("far")).toBe(true);
});
