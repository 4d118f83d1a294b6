import {
  type Block,
  BUS,
  CHIP,
  DOWN,
  frameOf,
  FRAME,
  GAP,
  HEIGHT,
  INDENT,
  LABEL,
  LANE,
  type Layout,
  moved,
  MOST_INDENTS,
  none,
  NARROW,
  NARROWEST,
  type Parts,
  type Place,
  put,
  SAVED,
  STEP,
  type Team,
  WIDEST,
  WIDEST_ALONE,
} from "./parts";
import type { Node } from "./seats";
import { type Area, startOf, wayDown } from "./ways";

/** Companies share a shelf, the largest one narrower than it could be, if the chart gets lower by this factor. */
const LOWER = 0.75;

/**
 * Lays the people below a top out in a width: as few rows as possible, with the teams of the upper levels across and
 * the deeper ones stacked below their manager. The people of each company stand together, those of the companies
 * below under them.
 */
export function layout(top: Node, width: number, companyOf: (id: string) => string | null, own: string): Layout {
  const inside = width - 2 * FRAME - 2;
  const most = width < NARROW ? 1 : Math.max(1, Math.floor((inside + GAP) / (NARROWEST + GAP)));
  const seat = Math.min(most === 1 ? WIDEST_ALONE : WIDEST, (inside + GAP) / most - GAP);
  const arranger = new Arranger(seat, companyOf, own);
  const block = arranger.company(top, most);
  const parts = none();
  const taken = block.columns * (seat + GAP) - GAP;
  put(parts, block, Math.round(Math.max(FRAME + 1, (width - taken) / 2)), 2);
  return { ...parts, width, height: block.height + 4 };
}

class Arranger {
  private readonly pitch: number;
  private readonly blocks = new Map<string, Block>();

  constructor(
    private readonly seat: number,
    private readonly companyOf: (id: string) => string | null,
    private readonly own: string,
  ) {
    this.pitch = seat + GAP;
  }

  /** The people of the company of a person, and below them those of other companies who report to them. */
  company(node: Node, most: number): Block {
    const company = this.companyOf(node.id);
    const others: { manager: string; child: Node }[] = [];
    const only = (each: Node): Node => {
      const same = balanced(each.children).filter((child) => this.same(this.companyOf(child.id), company));
      for (const child of each.children) if (!same.includes(child)) others.push({ manager: each.id, child });
      return { ...each, children: same.map(only) };
    };
    const inner = this.block(only(node), most, true);
    const framed = company !== null && company !== this.own ? frameOf(inner, company, this.pitch) : inner;
    return others.length === 0 ? framed : this.shelves(framed, others, most);
  }

  /** Whether a person belongs to a company; one without a company belongs to that of the manager. */
  private same(one: string | null, company: string | null): boolean {
    return one === null || one === company;
  }

  /** A person and everybody below, in as few rows as fit into some columns. */
  private block(node: Node, most: number, top = false): Block {
    const key = `${node.id} ${most}`;
    const known = this.blocks.get(key);
    if (known) return known;
    const stacked = this.comb(node);
    let best = stacked;
    if (most > 1 && node.children.length > 0) {
      const across = this.headed(node, this.team(node, most));
      if (top || across.height < stacked.height) best = across;
    }
    this.blocks.set(key, best);
    return best;
  }

  /** A person with everybody below in one column, each team indented. */
  private comb(node: Node): Block {
    const parts = none();
    let y = 0;
    const walk = (each: Node, depth: number): Place => {
      const indent = Math.min(depth, MOST_INDENTS) * INDENT;
      const place = { id: each.id, x: indent, y, width: this.seat - indent };
      parts.seats.push(place);
      y += STEP;
      for (const child of each.children) {
        const below = walk(child, depth + 1);
        const path =
          below.x > place.x
            ? `M${place.x + 5} ${place.y + HEIGHT}V${below.y + HEIGHT / 2}H${below.x}`
            : `M${place.x + 24} ${place.y + HEIGHT}V${below.y}`;
        parts.ways.push({ from: each.id, to: child.id, path, mark: { x: place.x + 5, y: below.y + HEIGHT / 2 } });
      }
      if (each.folded > 0) {
        parts.folds.push({ id: each.id, n: each.folded, x: indent + INDENT, y, width: this.seat - indent });
        y += CHIP;
      }
      return place;
    };
    walk(node, 0);
    return { ...parts, columns: 1, height: y - (STEP - HEIGHT) };
  }

  /** A person above the middle of the team. */
  private headed(node: Node, team: Team): Block {
    const parts = none();
    const head = { id: node.id, x: ((team.columns - 1) / 2) * this.pitch, y: 0, width: this.seat };
    parts.seats.push(head);
    put(parts, team, 0, HEIGHT + DOWN);
    this.connect(parts, head, team, 0, HEIGHT + DOWN);
    const height = this.fold(parts, node, head.x, HEIGHT + DOWN + team.height);
    return { ...parts, columns: team.columns, height };
  }

  /** The count of those who are left out, under a team that stands across; returns the height with it. */
  private fold(parts: Parts, { id, folded }: Node, x: number, height: number): number {
    if (folded === 0) return height;
    parts.folds.push({ id, n: folded, x: x + INDENT, y: height + LANE, width: this.seat - INDENT });
    return height + LANE + CHIP;
  }

  /** The lines from a manager to a team that was put at a place; those to further rows run between the columns. */
  private connect(parts: Parts, head: Place, team: Team, x: number, y: number): void {
    const middle = head.x + head.width / 2;
    const column = Math.round((middle - x) / this.pitch - 0.5 + 0.01);
    const between = x + column * this.pitch - GAP / 2;
    team.rows.forEach(({ bus, heads }, row) => {
      for (const each of heads) {
        const to = each.x + x + each.width / 2;
        const trunk =
          row === 0
            ? `M${middle} ${head.y + HEIGHT}V${bus + y}`
            : `M${middle} ${head.y + HEIGHT}V${team.rows[0]!.bus + y}H${between}V${bus + y}`;
        parts.ways.push({
          from: head.id,
          to: each.id,
          path: `${trunk}H${to}V${each.y + y}`,
          mark: { x: to, y: (bus + each.y) / 2 + y },
        });
      }
    });
  }

  /** The team of a person across: in one row with wider columns for the largest, or in several rows. */
  private team(node: Node, most: number): Team {
    const { children } = node;
    if (children.length > most) return this.wrapped(children, most);
    const beside = this.beside(children, most);
    const below = this.below(children, most);
    return below && below.height < beside.height * (1 - SAVED) ? below : beside;
  }

  /** Several rows of columns, of which each is one person with everybody below. */
  private wrapped(children: readonly Node[], most: number): Team {
    const count = Math.ceil(children.length / most);
    const columns = Math.ceil(children.length / count);
    const team: Team = { ...none(), columns, height: 0, rows: [] };
    for (let start = 0; start < children.length; start += columns) {
      const blocks = children.slice(start, start + columns).map((child) => this.block(child, 1));
      const y = team.rows.length === 0 ? 0 : team.height + DOWN;
      team.rows.push({ bus: y - BUS, heads: blocks.map((each, at) => moved(each.seats[0]!, at * this.pitch, y)) });
      blocks.forEach((each, at) => put(team, each, at * this.pitch, y));
      team.height = y + Math.max(...blocks.map(({ height }) => height));
    }
    return team;
  }

  /** One row; columns that are left go to the highest blocks, as long as that makes them lower. */
  private beside(children: readonly Node[], most: number): Team {
    const blocks = children.map((child) => this.block(child, 1));
    for (let left = most - blocks.length; left > 0;) {
      const highest = blocks.reduce((best, { height }, at) => (height > blocks[best]!.height ? at : best), 0);
      const now = blocks[highest]!;
      const wider = Array.from({ length: left }, (_, by) => this.block(children[highest]!, now.columns + by + 1));
      const better = wider.find(({ height }) => height < now.height);
      if (!better) break;
      blocks[highest] = better;
      left -= better.columns - now.columns;
    }
    const team: Team = { ...none(), columns: 0, height: Math.max(...blocks.map(({ height }) => height)), rows: [] };
    const heads: Place[] = [];
    for (const each of blocks) {
      const x = team.columns * this.pitch;
      put(team, each, x, 0);
      heads.push(moved(each.seats[0]!, x, 0));
      team.columns += each.columns;
    }
    team.rows.push({ bus: -BUS, heads });
    return team;
  }

  /** One row of columns, and below all of them the team of the person with the largest one, as wide as it needs. */
  private below(children: readonly Node[], most: number): Team | null {
    const largest = children.reduce((best, each) => (sizeOf(each) > sizeOf(best) ? each : best));
    if (largest.children.length < 2) return null;
    const blocks = children.map((child) => (child === largest ? null : this.block(child, 1)));
    const under = this.team(largest, most);
    const columns = Math.max(children.length, under.columns);
    const team: Team = { ...none(), columns, height: 0, rows: [] };
    const left = ((columns - children.length) / 2) * this.pitch;
    const heads = children.map(({ id }, at) => ({ id, x: left + at * this.pitch, y: 0, width: this.seat }));
    const head = heads[children.indexOf(largest)]!;
    blocks.forEach((each, at) => each && put(team, each, heads[at]!.x, 0));
    team.seats.push(head);
    team.rows.push({ bus: -BUS, heads });
    const y = Math.max(...blocks.map((each) => each?.height ?? HEIGHT)) + DOWN;
    const space = (columns - under.columns) * this.pitch;
    const x = Math.min(space, Math.max(0, head.x - ((under.columns - 1) / 2) * this.pitch));
    put(team, under, x, y);
    this.connect(team, head, under, x, y);
    team.height = this.fold(team, largest, head.x, y + under.height);
    return team;
  }

  /** Companies below the people of the one that they report to, side by side as far as they fit. */
  private shelves(above: Block, others: readonly { manager: string; child: Node }[], most: number): Block {
    const shelves = this.shelvesOf(others, most);
    const widths = shelves.map(columnsOf);
    const columns = Math.max(above.columns, ...widths);
    const whole: Block = { ...none(), columns, height: above.height };
    put(whole, above, ((columns - above.columns) / 2) * this.pitch, 0);
    const inside = [...whole.seats];
    const byId = new Map(inside.map((each) => [each.id, each]));
    const passed: Area[] = [];
    shelves.forEach((shelf, at) => {
      const lanes = whole.height + BUS / 2;
      const y = lanes + shelf.length * LANE + BUS / 2;
      const width = widths[at]! * this.pitch;
      const space = columns * this.pitch - width;
      const wanted = byId.get(shelf[0]!.manager)!.x - ((widths[at]! - 1) / 2) * this.pitch;
      const later = shelves
        .slice(at + 1)
        .flat()
        .map(({ manager }) => startOf(byId.get(manager)!, inside));
      const isFree = (x: number) => !later.some((start) => x - GAP / 2 < start && start < x + width - GAP / 2);
      const near = Math.min(space, Math.max(0, wanted));
      let x = [near, 0, space].find(isFree) ?? near;
      const placed: Area[] = [];
      shelf.forEach(({ manager, block }, lane) => {
        const [head, frame] = [moved(block.seats[0]!, x, y), block.frames[0]];
        const top = frame?.y === 0 ? y : head.y;
        whole.ways.push(wayDown(byId.get(manager)!, head, top, inside, passed, lanes + lane * LANE));
        put(whole, block, x, y);
        placed.push({ left: x - GAP / 2, right: x + block.columns * this.pitch - GAP / 2, top: y });
        x += block.columns * this.pitch;
      });
      passed.push(...placed);
      whole.height = y + Math.max(...shelf.map(({ block }) => block.height));
    });
    return whole;
  }

  /** Companies on shelves, narrow ones first; on one shelf if the largest does not get much higher by that. */
  private shelvesOf(others: readonly { manager: string; child: Node }[], most: number): Company[][] {
    const all = others.map((each) => ({ ...each, block: this.company(each.child, most) }));
    all.sort((one, other) => one.block.columns - other.block.columns);
    const shelves: Company[][] = [];
    for (const each of all) {
      const last = shelves.at(-1);
      if (last && columnsOf(last) + each.block.columns <= most) last.push(each);
      else shelves.push([each]);
    }
    const widest = all.at(-1)!;
    const left = most - columnsOf(all.slice(0, -1));
    if (shelves.length === 1 || left < 1) return shelves;
    const one = [...all.slice(0, -1), { ...widest, block: this.company(widest.child, left) }];
    const high = (shelf: readonly Company[]) => LABEL + DOWN + Math.max(...shelf.map(({ block }) => block.height));
    const together = shelves.reduce((sum, shelf) => sum + high(shelf), 0);
    return high(one) < together * LOWER ? [one] : shelves;
  }
}

/** The people of another company, and to whom the first of them reports. */
interface Company {
  manager: string;
  child: Node;
  block: Block;
}

function columnsOf(shelf: readonly Company[]): number {
  return shelf.reduce((sum, { block }) => sum + block.columns, 0);
}

function sizeOf({ children }: Node): number {
  return children.reduce((sum, child) => sum + sizeOf(child), 1);
}

/** Moves the only child with people below to the middle, so that the others stand on both sides. */
function balanced(children: readonly Node[]): readonly Node[] {
  const branches = children.filter((child) => child.children.length > 0 || child.folded > 0);
  if (branches.length !== 1) return children;
  const leaves = children.filter((child) => child !== branches[0]);
  const half = Math.ceil(leaves.length / 2);
  return [...leaves.slice(0, half), branches[0]!, ...leaves.slice(half)];
}
