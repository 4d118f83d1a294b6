import { faded, type Colours } from "./colours";
import type { MapEdge, MapModel, MapNode } from "./model";
import { radiusOf, sizeOf, widthOf } from "./sizes";

/** What the look of a map depends on, besides the map. */
export interface Context {
  tokens: Colours;
  /** The pixels to the unit of the map while the whole of it is shown. */
  fit: number;
  /** Whether accounts are circles around their people. */
  circles: boolean;
  selected: string;
  path: readonly string[];
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

/** The look of a node; null if it is the circle around its records. */
export function markOf(node: MapNode, { tokens, fit, circles, selected, path }: Context): Mark | null {
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

/** The look of a line; null if the place of a record in its circle says the same, or the circles are connected. */
export function lineOf(edge: MapEdge, model: MapModel, context: Context): Line | null {
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
