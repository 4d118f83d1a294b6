import type { AccountPeopleQuery } from "../../generated/graphql";

export type OrgChart = NonNullable<AccountPeopleQuery["account"]>["orgChart"];
export type Seat = OrgChart["seats"][number] & { id: string; name: string };

/** The seats of people, each with its id and name. */
export function seatsOf({ seats }: OrgChart): Seat[] {
  return seats.flatMap((seat) => (seat.contact ? [{ ...seat, id: seat.contact.id, name: seat.contact.name }] : []));
}

export interface Node {
  id: string;
  children: readonly Node[];
}

export interface Placed {
  id: string;
  /** In columns of the chart, and in levels from the top. */
  column: number;
  level: number;
  /** The number of the row below its column, 0 for a seat that stands in its level. */
  row: number;
  /** How far it is indented below its column. */
  indent: number;
}

export interface Layout {
  placed: readonly Placed[];
  columns: number;
  /** The last level that stands across; deeper seats stack below their column. */
  across: number;
  rows: number;
  /** How many seats below each column are left out. */
  more: ReadonlyMap<string, number>;
}

/** The trees of a list of seats; each tree starts at one of the roots. */
export function forest(seats: readonly { id: string; managerId: string | null }[], roots: readonly string[]): Node[] {
  const below = new Map<string, string[]>();
  for (const { id, managerId } of seats)
    if (managerId !== null && id !== managerId) below.set(managerId, [...(below.get(managerId) ?? []), id]);
  const known = new Set(seats.map(({ id }) => id));
  const seen = new Set<string>();
  const tree = (id: string): Node => {
    seen.add(id);
    const children = (below.get(id) ?? []).filter((child) => known.has(child) && !seen.has(child));
    children.forEach((child) => seen.add(child));
    return { id, children: children.map(tree) };
  };
  return roots.filter((id) => known.has(id)).map(tree);
}

/**
 * Lays a tree out: as many levels across as fit into the columns, each manager above the middle of the reports, and
 * deeper seats stacked below the last level.
 */
export function layout(root: Node, mostColumns: number, mostRows: number): Layout {
  for (let across = depthOf(root); ; across--) {
    const found = arrange(root, across);
    if (found.columns <= mostColumns || across === 0)
      return stacked(found.placed, found.columns, across, root, mostRows);
  }
}

function depthOf({ children }: Node): number {
  return children.length === 0 ? 0 : 1 + Math.max(...children.map(depthOf));
}

interface Arranged {
  placed: Placed[];
  columns: number;
}

/** Moves an only branch between its siblings to the middle, so that they stand beside it. */
function balanced(children: readonly Node[]): readonly Node[] {
  const branches = children.filter((child) => child.children.length > 0);
  if (branches.length !== 1) return children;
  const leaves = children.filter((child) => child.children.length === 0);
  const half = Math.ceil(leaves.length / 2);
  return [...leaves.slice(0, half), branches[0]!, ...leaves.slice(half)];
}

/** A tidy tree: subtrees stand as close as their contours allow. */
function arrange(root: Node, across: number): Arranged {
  const place = (node: Node, level: number): { nodes: Placed[]; left: number[]; right: number[] } => {
    const own: Placed = { id: node.id, column: 0, level, row: 0, indent: 0 };
    if (level === across || node.children.length === 0) return { nodes: [own], left: [0], right: [0] };
    const nodes: Placed[] = [];
    const left: number[] = [];
    const right: number[] = [];
    const heads: number[] = [];
    for (const child of balanced(node.children)) {
      const part = place(child, level + 1);
      const gaps = part.left.flatMap((start, depth) => (right[depth] === undefined ? [] : [right[depth] + 1 - start]));
      const shift = gaps.length > 0 ? Math.max(...gaps) : 0;
      heads.push(shift);
      nodes.push(...part.nodes.map((each) => ({ ...each, column: each.column + shift })));
      part.left.forEach((start, depth) => (left[depth] = Math.min(left[depth] ?? Infinity, start + shift)));
      part.right.forEach((end, depth) => (right[depth] = Math.max(right[depth] ?? -Infinity, end + shift)));
    }
    const middle = (heads[0]! + heads.at(-1)!) / 2;
    const moved = nodes.map((each) => ({ ...each, column: each.column - middle }));
    const outline = (edge: number[]) => [0, ...edge.map((value) => value - middle)];
    return { nodes: [own, ...moved], left: outline(left), right: outline(right) };
  };
  const { nodes, left, right } = place(root, 0);
  const first = Math.min(...left);
  return {
    placed: nodes.map((each) => ({ ...each, column: each.column - first })),
    columns: Math.max(...right) - first + 1,
  };
}

function stacked(placed: readonly Placed[], columns: number, across: number, root: Node, mostRows: number): Layout {
  const byId = new Map<string, Node>();
  const walk = (node: Node) => {
    byId.set(node.id, node);
    node.children.forEach(walk);
  };
  walk(root);
  const all: Placed[] = [...placed];
  const more = new Map<string, number>();
  let rows = 0;
  for (const top of placed.filter(({ level }) => level === across)) {
    let row = 0;
    let left = 0;
    const stack = (node: Node, indent: number) => {
      for (const child of node.children) {
        if (row < mostRows) {
          row++;
          all.push({ id: child.id, column: top.column, level: across, row, indent });
        } else left++;
        stack(child, indent + 1);
      }
    };
    stack(byId.get(top.id)!, 1);
    if (left > 0) more.set(top.id, left);
    rows = Math.max(rows, row + (left > 0 ? 1 : 0));
  }
  return { placed: all, columns, across, rows, more };
}
