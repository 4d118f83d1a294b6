import type { Places } from "./layout";
import type { MapModel } from "./model";
import type { Viewpoint } from "./scene";
import { OURS, PERSON } from "./sizes";

export interface Label {
  id: string;
  text: string;
  x: number;
  y: number;
  /** The radius of the mark, in the unit of the map. */
  radius: number;
  /** Lower is placed first. */
  rank: number;
  bold: boolean;
  circle: boolean;
}

export interface Placed {
  left: number;
  top: number;
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const LETTER = 6.1;
const BOLD_LETTER = 6.6;
const HEIGHT = 16;
const SPACE = 3;
/** From this radius on the screen on, everyone has a name. */
const NEAR = 13;
const MOST = 160;
const ROLES = { path: 0, you: 1, circle: 2, decides: 3, known: 4, others: 5 } as const;

/** The names that may be drawn: the path, the selection and those that we know first, the others when they are near. */
export function labelsOf(
  model: MapModel,
  places: Places,
  circles: boolean,
  selected: string,
  path: readonly string[],
): Label[] {
  const found: Label[] = [];
  const on = new Set(path);
  for (const node of model.nodes.values()) {
    const circle = circles && node.type === "Account" ? model.circles.find(({ id }) => id === node.id) : undefined;
    const { x, y } = circle ?? places.get(node.id) ?? node;
    const first = on.has(node.id) || node.id === selected;
    const role = first
      ? "path"
      : node.you
        ? "you"
        : circle
          ? "circle"
          : node.ours || node.known >= 40
            ? "known"
            : node.decides
              ? "decides"
              : "others";
    found.push({
      id: node.id,
      text: node.name,
      x,
      y,
      radius: circle?.radius ?? (node.ours ? OURS : PERSON),
      rank: ROLES[role] * 1000 - Math.round(node.known),
      bold: first || node.you,
      circle: circle !== undefined,
    });
  }
  return found.sort((one, other) => one.rank - other.rank || one.id.localeCompare(other.id));
}

/** The places of the names on the screen; those without room, and those outside, have none. */
export function placeLabels(labels: readonly Label[], view: Viewpoint): Map<string, Placed> {
  const found = new Map<string, Placed>();
  const taken: Box[] = [];
  const marks = labels.filter(({ circle }) => !circle).map((label) => boxOf(label, view));
  for (const label of labels) {
    if (found.size >= MOST) break;
    const radius = label.radius * view.scale;
    if (label.rank >= ROLES.others * 1000 - 100 && radius < NEAR && !label.circle) continue;
    const at = { x: view.x + label.x * view.scale, y: view.y + label.y * view.scale };
    if (at.x < 0 || at.y < 0 || at.x > view.width || at.y > view.height) continue;
    const width = label.text.length * (label.bold ? BOLD_LETTER : LETTER) + 2 * SPACE;
    const options = label.circle ? [[0, -1]] : SIDES;
    for (const [index, [dx, dy]] of options.entries()) {
      const left = at.x + dx! * (radius + SPACE) + (dx === 0 ? -width / 2 : dx! > 0 ? 0 : -width);
      const top = at.y + dy! * (radius + SPACE / 2) + (dy === 0 ? -HEIGHT / 2 : dy! > 0 ? 0 : -HEIGHT);
      const box = { left, top, right: left + width, bottom: top + HEIGHT };
      const within = left >= 0 && box.right <= view.width && top >= 0 && box.bottom <= view.height;
      const free = within && !taken.some((one) => overlap(one, box));
      const clear = label.rank < 0 || index === options.length - 1 || !marks.some((one) => overlap(one, box));
      if (free && clear) {
        taken.push(box);
        found.set(label.id, { left, top });
        break;
      }
    }
  }
  return found;
}

const SIDES = [
  [0, 1],
  [1, 0],
  [-1, 0],
  [0, -1],
  [0, 1],
] as const;

function boxOf({ x, y, radius }: Label, view: Viewpoint): Box {
  const [left, top, size] = [view.x + x * view.scale, view.y + y * view.scale, radius * view.scale * 0.8];
  return { left: left - size, right: left + size, top: top - size, bottom: top + size };
}

function overlap(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}
