import { faded, type Colours } from "./colours";
import type { MapEdge, MapModel, MapNode } from "./model";
import { radiusOf, sizeOf, widthOf } from "./sizes";

/** What the look of a map depends on, besides the map. */
export interface Context {
  /** Whether people are drawn, or only the circles of their accounts. */
  level: Level;
  tokens: Colours;
  /** The pixels to the unit of the map while the whole of it is shown. */
  fit: number;
  /** Whether accounts are circles around their people. */
  circles: boolean;
  selected: string;
  path: readonly string[];
}

export type Level = "people" | "accounts";

/** With fewer pixels to the unit of the map, people are not told apart, and their circles stand for them. */
const FAR = 6;

export function levelOf(scale: number, circles: boolean): Level {
  return circles && scale < FAR ? "accounts" : "people";
}

/** Whether the circle of its account stands for a node from afar; the path and the selection are always drawn. */
export function folds(
  node: MapNode,
  model: MapModel,
  { circles, selected, path }: Pick<Context, "circles" | "selected" | "path">,
): boolean {
  const { id, group, ours } = node;
  const inside = circles && !ours && group !== null && group !== id && model.nodes.has(group);
  return inside && id !== selected && !path.includes(id);
}

/** The look of a mark: lengths in pixels. */
export interface Mark {
  radius: number;
  fill: string;
  stroke: string;
  border: number;
  /** The second ring: the reader, and the selection. */
  ring: string | null;
  order: number;
}

/** The look of a line: its width in pixels. */
export interface Line {
  width: number;
  colour: string;
  order: number;
  /** The colour of the broad line under it, on the path. */
  halo: string | null;
}

export const HALO_WIDTH = 14;
const FADED = 0.35;
const HALO_SHARE = 0.24;
const TIE_SHARE = 0.85;
const WEAK = 20;
const WEAK_SHARE = 0.45;

/** The look of a node; null if it is the circle around its records, or if that stands for it. */
export function markOf(node: MapNode, model: MapModel, context: Context): Mark | null {
  const { tokens, fit, circles, selected, path, level } = context;
  if (level === "accounts" && folds(node, model, context)) return null;
  const account = node.group === node.id;
  if (account && circles) return null;
  const size = sizeOf(node);
  const on = path.length === 0 || path.includes(node.id);
  const shade = (colour: string) => (on ? colour : faded(colour, tokens.paper, FADED));
  const ring = node.id === selected || node.you ? tokens.you : null;
  const radius = radiusOf(size, fit);
  const thin = Math.min(1.25, radius / 4);
  const thick = Math.min(2.5, radius / 2.5);
  if (node.ours) return { radius, fill: shade(tokens.us), stroke: shade(tokens.us), border: 0, ring, order: 3 };
  const known = size === "known" && !account;
  return {
    radius,
    fill: shade(known ? tokens.usSoft : account ? tokens.sunken : tokens.paper),
    stroke: shade(known || node.decides ? tokens.ink : tokens.ink2),
    border: node.decides || node.id === selected ? thick : thin,
    ring,
    order: known ? 2 : 1,
  };
}

/** The lines that are drawn; from afar, the strongest tie of an account stands for those of its people. */
export function linesOf(model: MapModel, context: Context): { edge: MapEdge; line: Line }[] {
  const all = [...model.edges, ...model.folded];
  return (context.level === "people" ? all : gathered(all, model, context)).flatMap((edge) => {
    const line = lineOf(edge, model, context);
    return line ? [{ edge, line }] : [];
  });
}

function gathered(edges: readonly MapEdge[], model: MapModel, context: Context): MapEdge[] {
  const end = (id: string) => {
    const node = model.nodes.get(id)!;
    return folds(node, model, context) ? node.group! : id;
  };
  const found = new Map<string, MapEdge>();
  for (const edge of edges) {
    const [from, to] = [end(edge.from), end(edge.to)];
    const moved = from !== edge.from || to !== edge.to;
    if (from === to || (moved && edge.type !== "KNOWS")) continue;
    const ends = [from, to].sort().join(" ");
    const key = moved ? `${edge.look} ${ends}` : edge.key;
    if ((found.get(key)?.strength ?? -1) < (edge.strength ?? 0)) found.set(key, { ...edge, from, to, key });
  }
  return [...found.values()];
}

/** The look of a line; null if the place of a record in its circle says the same, or the circles are connected. */
function lineOf(edge: MapEdge, model: MapModel, context: Context): Line | null {
  const { tokens, fit, circles, selected, path } = context;
  if (circles && (edge.look === "parent" || inCircle(edge, model))) return null;
  const onPath = isOn(path, edge);
  if (edge.folded && !onPath) return null;
  const { paper, us, ink2, line2, you } = tokens;
  const strength = edge.strength ?? 0;
  const share = onPath ? 1 : strength < WEAK ? WEAK_SHARE : TIE_SHARE;
  const looks = {
    us: { colour: faded(us, paper, share), width: widthOf(strength, fit), order: 2 + strength / 100 },
    among: { colour: faded(ink2, paper, share), width: widthOf(strength, fit), order: 1 + strength / 100 },
    parent: { colour: line2, width: 1, order: 0 },
    line: { colour: line2, width: 1, order: 0 },
  };
  const { colour, width, order } = looks[edge.look];
  if (onPath) return { colour, width, order: 5, halo: faded(you, paper, HALO_SHARE) };
  const own = edge.from === selected || edge.to === selected ? you : colour;
  return { colour: path.length > 0 ? faded(own, paper, FADED) : own, width, order, halo: null };
}

/** Whether a tie is between two neighbours on the path. */
function isOn(path: readonly string[], { type, from, to }: MapEdge): boolean {
  const [one, other] = [path.indexOf(from), path.indexOf(to)];
  return type === "KNOWS" && one >= 0 && other >= 0 && Math.abs(one - other) === 1;
}

/** Whether a relationship is drawn as the place of a record in the circle of its account. */
function inCircle(edge: MapEdge, model: MapModel): boolean {
  const [from, to] = [model.nodes.get(edge.from)!, model.nodes.get(edge.to)!];
  return edge.look === "line" && (from.group === to.id || to.group === from.id);
}
