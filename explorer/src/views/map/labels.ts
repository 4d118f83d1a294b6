import { FAIR } from "../../marks/bands";
import { firstWord } from "../../words/format";
import type { Places } from "./layout";
import { folds } from "./looks";
import type { MapModel, MapNode } from "./model";
import type { Viewpoint } from "./scene";
import { radiusOf, sizeOf, type SizeOf } from "./sizes";

export interface Label {
  id: string;
  /** What is drawn, which may be shorter than the name. */
  text: string;
  /** The width of the text on the screen. */
  width: number;
  x: number;
  y: number;
  /** The size of the mark; null for the circle of an account. */
  size: SizeOf | null;
  /** The radius of the circle, in the unit of the map. */
  radius: number;
  /** Lower is placed first. */
  rank: number;
  bold: boolean;
  /** Whether the circle of its account stands for it from afar. */
  folds: boolean;
}

/** A tie that names rather do not cover, in the unit of the map. */
export interface Segment {
  from: { x: number; y: number };
  to: { x: number; y: number };
  width: number;
}

export interface Placed {
  left: number;
  top: number;
}

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const HEIGHT = 16;
const SPACE = 3;
/** From this radius of their marks on the screen on, and on a map with so few names, everyone has a name. */
const NEAR = 7.5;
const FEW_NAMES = 40;
const MOST = 160;
export const RANKS = { path: 0, you: 1, named: 2, ours: 3, known: 4, circle: 5, others: 6 } as const;
const STEP = 1000;

export type Measure = (text: string, bold: boolean) => number;

interface Subject {
  model: MapModel;
  places: Places;
  circles: boolean;
  selected: string;
  path: readonly string[];
  /** The people whom the verdict names. */
  named: readonly string[];
  /** The word for the reader. */
  you: string;
}

/** The names that may be drawn: the path, the selection, those in the verdict and those that we know come first. */
export function labelsOf({ model, places, circles, selected, path, named, you }: Subject, measure: Measure): Label[] {
  const found: Label[] = [];
  const circleOf = new Map(circles ? model.circles.map((circle) => [circle.id, circle]) : []);
  const short = shortened(model);
  for (const node of model.nodes.values()) {
    const circle = circleOf.get(node.id);
    const { x, y } = circle ?? places.get(node.id) ?? node;
    const first = path.includes(node.id) || node.id === selected;
    const rank = first ? "path" : rankOf(node, circle !== undefined, named);
    const text = node.you ? you : (short.get(node.id) ?? node.name);
    const bold = rank === "path" || rank === "you" || rank === "named";
    found.push({
      id: node.id,
      text,
      get width() {
        return measure(text, bold) + 2 * SPACE;
      },
      x,
      y,
      size: circle ? null : sizeOf(node),
      radius: circle?.radius ?? 0,
      rank: RANKS[rank] * STEP - Math.round(circle ? 10 * circle.radius : node.known),
      bold,
      folds: folds(node, model, { circles, selected, path }),
    });
  }
  return found.sort((one, other) => one.rank - other.rank || one.id.localeCompare(other.id));
}

function rankOf(node: MapNode, circle: boolean, named: readonly string[]): keyof typeof RANKS {
  if (node.you) return "you";
  if (circle) return "circle";
  if (named.includes(node.id)) return "named";
  if (node.ours) return "ours";
  return node.known >= FAIR ? "known" : "others";
}

const FEW = 3;

/** The names of accounts without the first word that most of them share; a name of two words keeps it. */
export function shortened(model: MapModel): Map<string, string> {
  const counts = new Map<string, number>();
  for (const { name } of model.circles) counts.set(firstWord(name), (counts.get(firstWord(name)) ?? 0) + 1);
  const found = new Map<string, string>();
  for (const { id, name } of model.circles) {
    const rest = name.slice(firstWord(name).length + 1);
    if (counts.get(firstWord(name))! >= FEW && rest.includes(" ") && !model.tops.has(id)) found.set(id, rest);
  }
  return found;
}

/**
 * The places of the names on the screen: each where it covers no other name, no mark and nothing that is reserved, and
 * as little of the ties as possible. Those without such a place, and those outside, have none.
 */
export function placeLabels(
  labels: readonly Label[],
  view: Viewpoint,
  { segments = [], reserved = [] }: { segments?: readonly Segment[]; reserved?: readonly Box[] } = {},
): Map<string, Placed> {
  const found = new Map<string, Placed>();
  const taken = new Grid();
  for (const box of reserved) taken.add(box);
  const marks = new Grid();
  const away = (label: Label) => label.folds && view.level === "accounts";
  for (const label of labels) if (label.size && !away(label) && isOnScreen(label, view)) marks.add(boxOf(label, view));
  const lines = segments.map((segment) => onScreen(segment, view));
  const far = (radius: number) => radius < NEAR && labels.length > FEW_NAMES;
  const rounds = labels.filter((label) => !label.size && isOnScreen(label, view));
  for (const label of labels) {
    if (found.size >= MOST) break;
    if (away(label)) continue;
    const radius = radiusOn(label, view);
    if (label.rank > RANKS.others * STEP - FAIR - STEP / 2 && far(radius)) continue;
    const at = { x: view.x + label.x * view.scale, y: view.y + label.y * view.scale };
    if (at.x < 0 || at.y < 0 || at.x > view.width || at.y > view.height) continue;
    let best: { box: Box; cost: number } | null = null;
    for (const [index, [dx, dy]] of (label.size ? SIDES : AROUND).entries()) {
      const box = beside(at, radius, label.width, dx!, dy!);
      const within = box.left >= 0 && box.right <= view.width && box.top >= 0 && box.bottom <= view.height;
      if (!within || taken.covers(box)) continue;
      const covered = marks.covers(box);
      if (covered && label.rank > RANKS.named * STEP) continue;
      const foreign = rounds.filter((round) => round !== label && touches(round, box, view) && !holds(round, at, view));
      const others = foreign.length * (label.size ? 1.5 : A_CIRCLE);
      const cost = index + (covered ? 100 : 0) + crossed(box, lines) + others;
      if (!best || cost < best.cost) best = { box, cost };
      if (cost < 1) break;
    }
    if (!best || (best.cost > TOO_MUCH && label.rank > RANKS.ours * STEP)) continue;
    taken.add(best.box);
    found.set(label.id, { left: best.box.left, top: best.box.top });
  }
  return found;
}

const SIDES = [
  [0, 1],
  [1, 0],
  [-1, 0],
  [0, -1],
  [0.75, 0.75],
  [-0.75, 0.75],
  [0.75, -0.75],
  [-0.75, -0.75],
] as const;
const AROUND = [
  [0, -1],
  [0, 1],
  [0.75, -0.75],
  [-0.75, -0.75],
  [0.75, 0.75],
  [-0.75, 0.75],
  [1, 0],
  [-1, 0],
] as const;
/** The cost of covering ties from which on a name is rather left out. */
const TOO_MUCH = 60;
const A_CROSSING = 4;
/** The cost of a name of a circle beside another circle, whose name it would seem to be. */
const A_CIRCLE = 25;
const BESIDE = 4;

function radiusOn({ size, radius }: Label, { scale, fit, grown }: Viewpoint): number {
  return size ? radiusOf(size, fit) * grown : radius * scale;
}

function boxOf(label: Label, view: Viewpoint): Box {
  const [left, top, size] = [view.x + label.x * view.scale, view.y + label.y * view.scale, radiusOn(label, view) * 0.9];
  return { left: left - size, right: left + size, top: top - size, bottom: top + size };
}

/** The box of a text beside a mark, in a direction from its middle. */
function beside(at: { x: number; y: number }, radius: number, width: number, dx: number, dy: number): Box {
  const x = at.x + dx * (radius + SPACE);
  const y = at.y + dy * (radius + SPACE);
  const left = dx === 0 ? x - width / 2 : dx > 0 ? x : x - width;
  const top = dy === 0 ? y - HEIGHT / 2 : dy > 0 ? y : y - HEIGHT;
  return { left, top, right: left + width, bottom: top + HEIGHT };
}

function isOnScreen({ x, y, radius }: Label, view: Viewpoint): boolean {
  const [left, top, far] = [view.x + x * view.scale, view.y + y * view.scale, radius * view.scale + CELL];
  return left > -far && top > -far && left < view.width + far && top < view.height + far;
}

/** Whether a box touches the circle of an account, or nearly does. */
function touches({ x, y, radius }: Label, box: Box, view: Viewpoint): boolean {
  const [cx, cy] = [view.x + x * view.scale, view.y + y * view.scale];
  const dx = Math.max(box.left - cx, 0, cx - box.right);
  const dy = Math.max(box.top - cy, 0, cy - box.bottom);
  return Math.hypot(dx, dy) < radius * view.scale + BESIDE;
}

function holds({ x, y, radius }: Label, at: { x: number; y: number }, view: Viewpoint): boolean {
  return Math.hypot(at.x - view.x - x * view.scale, at.y - view.y - y * view.scale) < radius * view.scale;
}

function onScreen({ from, to, width }: Segment, { x, y, scale }: Viewpoint) {
  return { x1: x + from.x * scale, y1: y + from.y * scale, x2: x + to.x * scale, y2: y + to.y * scale, width };
}

/** The cost of covering ties: more for strong ones. */
function crossed(box: Box, lines: readonly ReturnType<typeof onScreen>[]): number {
  let cost = 0;
  for (const { x1, y1, x2, y2, width } of lines)
    if (crosses(box, x1, y1, x2, y2)) cost += A_CROSSING * (0.5 + width / 2);
  return cost;
}

/** Whether a line runs through a box. */
export function crosses({ left, top, right, bottom }: Box, x1: number, y1: number, x2: number, y2: number): boolean {
  let [enter, leave] = [0, 1];
  const sides = [
    [x1 - x2, x1 - left],
    [x2 - x1, right - x1],
    [y1 - y2, y1 - top],
    [y2 - y1, bottom - y1],
  ] as const;
  for (const [along, room] of sides) {
    if (along === 0) {
      if (room < 0) return false;
    } else if (along < 0) enter = Math.max(enter, room / along);
    else leave = Math.min(leave, room / along);
  }
  return enter < leave;
}

const CELL = 64;
/** More than the squares in a column of the screen. */
const ROWS = 10_000;

/** Boxes by the squares of the screen that they touch. */
class Grid {
  private readonly cells = new Map<number, Box[]>();

  add(box: Box): void {
    for (const key of keysOf(box)) {
      const cell = this.cells.get(key);
      if (cell) cell.push(box);
      else this.cells.set(key, [box]);
    }
  }

  covers(box: Box): boolean {
    return keysOf(box).some((key) => this.cells.get(key)?.some((one) => overlap(one, box)));
  }
}

function keysOf({ left, top, right, bottom }: Box): number[] {
  const found: number[] = [];
  for (let x = Math.floor(left / CELL); x <= right / CELL; x++)
    for (let y = Math.floor(top / CELL); y <= bottom / CELL; y++) found.push(x * ROWS + y);
  return found;
}

function overlap(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}
