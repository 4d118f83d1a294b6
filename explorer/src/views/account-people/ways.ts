import { BUS, GAP, HEIGHT, type Place, type Way } from "./parts";

const DOTTED_AT = 34;
const AROUND = 8;

/** What lines to further shelves go around. */
export interface Area {
  left: number;
  right: number;
  top: number;
}

/** Where a line can leave a seat downwards so that no seat is in its way: the middle, or else beside it. */
export function startOf(from: Place, seats: readonly Place[]): number {
  const isFree = (x: number) => !seats.some((each) => each.y > from.y && each.x - 2 < x && x < each.x + each.width + 2);
  const beside = from.x - GAP / 2;
  return [from.x + from.width / 2, beside, from.x + from.width + GAP / 2].find(isFree) ?? beside;
}

/** The line from a manager to the people of another company, around the shelves that it passes. */
export function wayDown(
  from: Place,
  to: Place,
  top: number,
  seats: readonly Place[],
  passed: readonly Area[],
  lane: number,
): Way {
  const start = startOf(from, seats);
  const middle = from.x + from.width / 2;
  const side = start < middle ? from.x : from.x + from.width;
  const out = start === middle ? `M${middle} ${from.y + HEIGHT}` : `M${side} ${from.y + HEIGHT / 2}H${start}`;
  const blocked = passed.find(({ left, right }) => left < start && start < right);
  const around = blocked ? `V${blocked.top - BUS / 2}H${Math.min(...passed.map(({ left }) => left)) + 1}` : "";
  const head = to.x + to.width / 2;
  const path = `${out}${around}V${lane}H${head}V${top}`;
  return { from: from.id, to: to.id, path, mark: { x: head, y: (lane + top) / 2 } };
}

/** A dotted line: straight down if no seat is in its way, otherwise beside the column of the report. */
export function dotted(from: Place, to: Place, seats: readonly Place[]): string {
  const [over, under] = from.y <= to.y ? [from, to] : [to, from];
  const x = from.x + DOTTED_AT;
  const end = to.x + DOTTED_AT;
  const blocked = seats.some(
    (each) =>
      over.y < each.y && each.y < under.y && each.x < Math.max(x, end) && Math.min(x, end) < each.x + each.width,
  );
  const down = from === over;
  const leaves = down ? from.y + HEIGHT : from.y;
  const arrives = down ? to.y : to.y + HEIGHT;
  if (!blocked) {
    const turn = down ? arrives - AROUND : arrives + AROUND;
    return Math.abs(end - x) < 2 ? `M${x} ${leaves}V${arrives}` : `M${x} ${leaves}V${turn}H${end}V${arrives}`;
  }
  const right = to.x + to.width;
  const beside = right + GAP / 2 - 1;
  const below = Math.abs(from.x + from.width - right) < 1;
  const start = below
    ? `M${right} ${from.y + HEIGHT / 2}H${beside}`
    : `M${x} ${leaves}V${down ? leaves + AROUND : leaves - AROUND}H${beside}`;
  return `${start}V${to.y + HEIGHT / 2}H${right}`;
}

/** The arrow from a person to somebody whom the person sways. */
export function sway(from: Place, to: Place): string {
  if (Math.abs(to.y - from.y) < 4)
    return `M${from.x + from.width / 2} ${from.y}V${from.y - BUS - 6}H${to.x + to.width - 24}V${to.y - 1}`;
  const right = to.x > from.x;
  const x = right ? from.x + from.width : from.x;
  const turn = right ? x + AROUND : x - AROUND;
  return `M${x} ${from.y + HEIGHT / 2}H${turn}V${to.y + HEIGHT / 2}H${right ? to.x - 1 : to.x + to.width + 1}`;
}
