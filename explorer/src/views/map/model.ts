import type { MapQuery } from "../../generated/graphql";
import { FAIR } from "../../marks/bands";
import type { MapLens } from "./lens";

type Graph = NonNullable<MapQuery["subgraph"]>;
type Found = Graph["nodes"][number];

export interface MapNode extends Omit<Found, "group" | "x" | "y" | "name"> {
  name: string;
  group: string | null;
  x: number;
  y: number;
  /** Whether the reader is this person. */
  you: boolean;
  decides: boolean;
  /** The strength of the strongest tie to one of us. */
  known: number;
  pinned: boolean;
}

export type Look = "us" | "among" | "parent" | "line";

export type MapEdge = Graph["edges"][number] & {
  key: string;
  look: Look;
  /** Whether it is a tie among us that is drawn on a path alone. */
  folded: boolean;
};

export interface Circle {
  id: string;
  name: string;
  x: number;
  y: number;
  radius: number;
}

export interface Tie {
  edge: MapEdge;
  other: MapNode;
}

export interface TypeCount {
  type: string;
  count: number;
}

export interface MapModel {
  nodes: ReadonlyMap<string, MapNode>;
  edges: readonly MapEdge[];
  circles: readonly Circle[];
  /** The relationships of each node, strongest first. */
  around: ReadonlyMap<string, readonly Tie[]>;
  /** The ties among us that are not drawn, except on a path. */
  folded: readonly MapEdge[];
  /** The ties of each node, also those that are folded, strongest first. */
  ties: ReadonlyMap<string, readonly Tie[]>;
  /** The types of the relationships, also of those that are not shown, the most frequent first. */
  types: readonly TypeCount[];
  /** The accounts of people whom we know. */
  reached: ReadonlySet<string>;
  /** The accounts whose parent is not on the map. */
  tops: ReadonlySet<string>;
}

const DECIDES = "DECISION_MAKER";

/** What the map draws: the nodes and edges that were found, without those that the reader removed. */
export function modelOf(found: Graph, lens: MapLens, me: string | undefined): MapModel {
  const removed = new Set(lens.no);
  const pins = new Map(lens.pin.map((one) => pinOf(one)));
  const nodes = new Map<string, MapNode>();
  for (const node of found.nodes) {
    if (removed.has(node.id)) continue;
    const pin = pins.get(node.id);
    nodes.set(node.id, {
      ...node,
      name: node.name ?? node.type,
      group: node.group?.id ?? null,
      x: pin?.[0] ?? node.x ?? 0,
      y: pin?.[1] ?? node.y ?? 0,
      you: node.id === me,
      decides: node.roles.includes(DECIDES),
      known: 0,
      pinned: pin !== undefined,
    });
  }
  const edges: MapEdge[] = [];
  const folded: MapEdge[] = [];
  const empty = () => new Map<string, Tie[]>([...nodes.keys()].map((id) => [id, []]));
  const around = empty();
  const ties = empty();
  const counts = new Map<string, number>();
  const tops = new Set(found.circles.map(({ account }) => account.id).filter((id) => nodes.has(id)));
  for (const edge of found.edges) {
    const from = nodes.get(edge.from);
    const to = nodes.get(edge.to);
    if (!from || !to || from === to) continue;
    const look = lookOf(edge, from, to);
    counts.set(edge.type, (counts.get(edge.type) ?? 0) + 1);
    if (look === "parent") tops.delete(from.id);
    if (lens.hide.includes(edge.type)) continue;
    const hidden = edge.type === "KNOWS" && from.ours && to.ours && !lens.us;
    const drawn = { ...edge, look, folded: hidden, key: `${edge.type} ${edge.from} ${edge.to} ${edge.kind ?? ""}` };
    (hidden ? folded : edges).push(drawn);
    for (const kept of [...(hidden ? [] : [around]), ...(edge.type === "KNOWS" ? [ties] : [])]) {
      kept.get(from.id)!.push({ edge: drawn, other: to });
      kept.get(to.id)!.push({ edge: drawn, other: from });
    }
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const)
      if (edge.strength !== null && other.ours && !one.ours) one.known = Math.max(one.known, edge.strength);
  }
  for (const each of [...around.values(), ...ties.values()]) each.sort(byStrength);
  const circles = found.circles
    .filter(({ account }) => !removed.has(account.id))
    .map(({ account, ...circle }) => ({ ...account, ...circle }));
  const types = [...counts].map(([type, count]) => ({ type, count })).sort((one, other) => other.count - one.count);
  const known = [...nodes.values()].filter((node) => node.known >= FAIR && node.group !== null);
  const reached = new Set(known.map(({ group }) => group!));
  return { nodes, edges, circles, around, folded, ties, types, tops, reached };
}

function lookOf(edge: Graph["edges"][number], from: MapNode, to: MapNode): Look {
  if (edge.type === "KNOWS") return from.ours || to.ours ? "us" : "among";
  return edge.type === "CHILD_OF" ? "parent" : "line";
}

export function byStrength(one: Tie, other: Tie): number {
  return (other.edge.strength ?? -1) - (one.edge.strength ?? -1) || one.other.name.localeCompare(other.other.name);
}

/** The ties of a node, also those among us that are not drawn. */
export function tiesOf(model: MapModel, id: string): readonly Tie[] {
  return model.ties.get(id) ?? [];
}

function pinOf(text: string): [string, [number, number]] {
  const parts = text.split(":");
  return [parts.slice(0, -2).join(":"), [Number(parts.at(-2)), Number(parts.at(-1))]];
}

export interface Path {
  ids: readonly string[];
  /** The product of the hops, 0 to 100. */
  strength: number;
}

/** The way between two people on the map whose ties have the greatest product; null without one. */
export function strongestPath(model: MapModel, from: string, to: string): Path | null {
  const best = new Map([[from, 1]]);
  const before = new Map<string, string>();
  const done = new Set<string>();
  for (;;) {
    let next: string | undefined;
    for (const [id, worth] of best) if (!done.has(id) && (next === undefined || worth > best.get(next)!)) next = id;
    if (next === undefined) return null;
    if (next === to) break;
    done.add(next);
    for (const { edge, other } of tiesOf(model, next)) {
      const worth = (best.get(next)! * (edge.strength ?? 0)) / 100;
      if (worth > (best.get(other.id) ?? 0)) {
        best.set(other.id, worth);
        before.set(other.id, next);
      }
    }
  }
  const ids = [to];
  while (ids[0] !== from) ids.unshift(before.get(ids[0]!)!);
  return { ids, strength: best.get(to)! * 100 };
}

/** The path of the address: all of its people, or the strongest way between two of them. */
export function pathOf(model: MapModel, given: readonly string[]): Path | null {
  const ids = given.filter((id) => model.nodes.has(id));
  if (ids.length < 2 || ids.length < given.length) return null;
  if (ids.length === 2) return strongestPath(model, ids[0]!, ids[1]!);
  let strength = 100;
  for (const [at, id] of ids.slice(1).entries()) {
    const tie = tiesOf(model, ids[at]!).find(({ other }) => other.id === id);
    strength = (strength * (tie?.edge.strength ?? 0)) / 100;
  }
  return { ids, strength };
}

export const DIRECTIONS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
} as const;
export type Direction = keyof typeof DIRECTIONS;

/** The nearest node in a direction: within 45 degrees of it, measured along the direction and twice across. */
export function nearest(
  places: ReadonlyMap<string, { x: number; y: number }>,
  from: string,
  direction: Direction,
): string | undefined {
  const here = places.get(from);
  if (!here) return places.keys().next().value;
  const [dx, dy] = DIRECTIONS[direction];
  let found: string | undefined;
  let least = Infinity;
  for (const [id, { x, y }] of places) {
    const along = (x - here.x) * dx + (y - here.y) * dy;
    const across = Math.abs((x - here.x) * dy + (y - here.y) * dx);
    if (id === from || along <= 0 || across > along * 1.001) continue;
    if (along + 2 * across < least) {
      least = along + 2 * across;
      found = id;
    }
  }
  return found;
}

/** How many people of theirs are on the map, and how many of them one of us knows. */
export function knownOf(model: MapModel): { known: number; people: number } {
  const people = [...model.nodes.values()].filter(({ type }) => type === "Contact");
  return { known: people.filter(({ known }) => known >= FAIR).length, people: people.length };
}
