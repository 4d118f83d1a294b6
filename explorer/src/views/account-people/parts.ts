/** Sizes in pixels. */
export const HEIGHT = 38;
export const GAP = 16;
export const NARROWEST = 150;
export const WIDEST = 190;
export const WIDEST_ALONE = 320;
/** Below this width people stand in one column. */
export const NARROW = 440;
export const STEP = 44;
export const CHIP = 30;
export const INDENT = 10;
export const MOST_INDENTS = 7;
/** From a manager to the people across below. */
export const BUS = 16;
export const DOWN = 32;
export const LABEL = 22;
export const FRAME = 7;
export const LANE = 5;
/** A team goes below the teams of the others if that saves more than this part of the height. */
export const SAVED = 0.4;

export interface Place {
  id: string;
  x: number;
  y: number;
  width: number;
}

/** A box around people of one company. */
export interface Frame {
  company: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The way of a line from a manager, and where its mark stands. */
export interface Way {
  from: string;
  to: string;
  path: string;
  mark: { x: number; y: number };
}

export interface Parts {
  seats: Place[];
  /** The counts of the people who are left out, with the managers as ids. */
  folds: (Place & { n: number })[];
  frames: Frame[];
  ways: Way[];
}

export interface Layout extends Parts {
  width: number;
  height: number;
}

/** Parts in a number of columns, and how high they are. */
export interface Block extends Parts {
  columns: number;
  height: number;
}

/** The people below a manager who stand across: the rows with the line above each, and who stands there. */
export interface Team extends Block {
  rows: { bus: number; heads: Place[] }[];
}

export const none = (): Parts => ({ seats: [], folds: [], frames: [], ways: [] });

export function moved<T extends { x: number; y: number }>(each: T, x: number, y: number): T {
  return { ...each, x: each.x + x, y: each.y + y };
}

/** Adds parts at a place; the ways of lines are paths, which move as a group of numbers. */
export function put(into: Parts, from: Parts, x: number, y: number): void {
  into.seats.push(...from.seats.map((each) => moved(each, x, y)));
  into.folds.push(...from.folds.map((each) => moved(each, x, y)));
  into.frames.push(...from.frames.map((each) => moved(each, x, y)));
  into.ways.push(...from.ways.map((way) => ({ ...way, path: shifted(way.path, x, y), mark: moved(way.mark, x, y) })));
}

export function shifted(path: string, x: number, y: number): string {
  return path.replace(/([MHV])(-?[\d.]+)(?: (-?[\d.]+))?/g, (_, step: string, one: string, other?: string) => {
    if (step === "M") return `M${Number(one) + x} ${Number(other) + y}`;
    return `${step}${Number(one) + (step === "H" ? x : y)}`;
  });
}

/** A block with a box around it, which has the name of the company above its people. */
export function frameOf(block: Block, company: string, pitch: number): Block {
  const parts = none();
  put(parts, block, 0, LABEL);
  const height = LABEL + block.height + FRAME + 1;
  parts.frames.unshift({ company, x: -FRAME, y: 0, width: block.columns * pitch - GAP + 2 * FRAME, height });
  return { ...parts, columns: block.columns, height };
}
