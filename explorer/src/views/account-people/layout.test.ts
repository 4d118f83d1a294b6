import { expect, test } from "vitest";
import { layout } from "./layout";
import { HEIGHT, type Layout } from "./parts";
import { teamsOf, visible, type Line } from "./seats";

const seat = (id: string, managerId: string | null): Line => ({ id, managerId });
const OWN = "own";
const WIDTH = 868;

/** The companies of people whose ids start with another letter than `a`. */
const companyOf = (id: string) => (id.startsWith("a") ? OWN : id[0]!.toUpperCase());

function chart(seats: readonly Line[], width = WIDTH): Layout {
  return layout(visible(seats[0]!.id, teamsOf(seats), new Set()), width, companyOf, OWN);
}

function problems({ seats, frames, folds, width, height }: Layout): string[] {
  const found: string[] = [];
  const boxes = [...seats, ...folds.map((each) => ({ ...each, width: 20 }))];
  boxes.forEach((one, at) => {
    if (one.x < 0 || one.x + one.width > width || one.y < 0 || one.y > height) found.push(`${one.id} is outside`);
    for (const other of boxes.slice(at + 1))
      if (Math.abs(one.y - other.y) < 24 && one.x < other.x + other.width && other.x < one.x + one.width)
        found.push(`${one.id} and ${other.id} overlap`);
  });
  for (const frame of frames)
    for (const { id, x, y, width: wide } of seats) {
      const inside = x >= frame.x && x + wide <= frame.x + frame.width && y >= frame.y;
      const isIn = inside && y + HEIGHT <= frame.y + frame.height;
      if (isIn && companyOf(id) !== frame.company) found.push(`${id} stands among ${frame.company}`);
    }
  return found;
}

const team = (manager: string, size: number, name = manager) =>
  Array.from({ length: size }, (_, n) => seat(`${name}${n}`, manager));
const at = ({ seats }: Layout, id: string) => seats.find((each) => each.id === id)!;

test("a manager stands above the middle of the team, and the only branch in the middle", () => {
  const found = chart([seat("a", null), ...team("a", 3), ...team("a0", 4)]);
  const row = ["a1", "a0", "a2"].map((id) => at(found, id));
  expect(row.map(({ x }) => x)).toEqual([...row.map(({ x }) => x)].sort((one, other) => one - other));
  expect(new Set(row.map(({ y }) => y)).size).toBe(1);
  expect(at(found, "a").x).toBe(row[1]!.x);
  expect(problems(found)).toEqual([]);
});

test("a large team below one of five uses the width, and stands below all of them", () => {
  const found = chart([seat("a", null), ...team("a", 5), ...team("a4", 5), ...team("a40", 7)]);
  expect(new Set(team("a4", 5).map(({ id }) => at(found, id).y)).size).toBe(1);
  expect(found.height).toBeLessThan(560);
  expect(problems(found)).toEqual([]);
});

test("more reports than columns stand in several rows", () => {
  const found = chart([seat("a", null), ...team("a", 12)]);
  expect(new Set(team("a", 12).map(({ id }) => at(found, id).y)).size).toBe(3);
  expect(problems(found)).toEqual([]);
});

test("each other company stands in its box, below the one that it reports to", () => {
  const seats = [
    seat("a", null),
    ...team("a", 4),
    seat("b", "a3"),
    ...team("b", 5),
    ...team("b4", 6),
    seat("c", "a"),
    seat("c0", "c"),
    seat("d", "b0"),
  ];
  const found = chart(seats);
  expect(found.frames.map(({ company }) => company).sort()).toEqual(["B", "C", "D"]);
  expect(problems(found)).toEqual([]);
  for (const { id } of team("b", 5)) {
    const frame = found.frames.find(({ company }) => company === "B")!;
    expect(at(found, id).y).toBeGreaterThan(frame.y);
  }
});

test("every line leads from the manager to the report, whatever the width", () => {
  const seats = [
    seat("a", null),
    ...team("a", 6),
    ...team("a1", 3),
    ...team("a5", 9),
    seat("b", "a2"),
    ...team("b", 3),
  ];
  for (const width of [300, 390, 600, WIDTH, 1400, 2400]) {
    const found = chart(seats, width);
    expect(found.ways.map(({ from, to }) => `${to} ${from}`).sort()).toEqual(
      seats
        .slice(1)
        .map(({ id, managerId }) => `${id} ${managerId}`)
        .sort(),
    );
    expect(found.ways.filter(({ path }) => path.includes("NaN"))).toEqual([]);
    expect(problems(found)).toEqual([]);
  }
});

test("one person, a line of a thousand, and ten thousand people", () => {
  expect(chart([seat("a", null)]).seats.length).toBe(1);
  const line = Array.from({ length: 1000 }, (_, n) => seat(`a${n}`, n === 0 ? null : `a${n - 1}`));
  expect(problems(chart(line))).toEqual([]);
  const many = (fan: number) =>
    Array.from({ length: 10_000 }, (_, n) => seat(`a${n}`, n === 0 ? null : `a${Math.floor((n - 1) / fan)}`));
  for (const fan of [1.5, 3, 10, 9999]) {
    const found = chart(many(fan));
    expect(found.seats.length).toBeLessThan(180);
    expect(found.folds.reduce((sum, { n }) => sum + n, found.seats.length)).toBe(10_000);
    expect(problems(found)).toEqual([]);
  }
});
