import { placeLabels, type Label, type Placed } from "./labels";
import type { Viewpoint } from "./scene";

type Around = Parameters<typeof placeLabels>[2];

/** Names that take longer to place than this move along with their marks until the map rests. */
const MOST_MS = 6;
const REST_MS = 120;

/** The places of the names of a map that moves: placing thousands of names takes longer than a frame. */
export class Placer {
  private last: { labels: readonly Label[]; view: Viewpoint; placed: Map<string, Placed>; ms: number } | null = null;
  private timer: number | undefined;

  /** The places in a frame; `rested` is called when the map has rested, if the names only moved along. */
  place(labels: readonly Label[], view: Viewpoint, around: Around, rested: () => void): Map<string, Placed> {
    window.clearTimeout(this.timer);
    const { last } = this;
    if (last?.labels === labels && last.ms > MOST_MS && last.view.level === view.level) {
      this.timer = window.setTimeout(() => {
        this.last = null;
        rested();
      }, REST_MS);
      return alongside(labels, last.placed, last.view, view);
    }
    const before = performance.now();
    const placed = placeLabels(labels, view, around);
    this.last = { labels, view, placed, ms: performance.now() - before };
    return placed;
  }

  stop(): void {
    window.clearTimeout(this.timer);
  }
}

/** The places of names whose marks have moved on the screen. */
export function alongside(
  labels: readonly Label[],
  placed: ReadonlyMap<string, Placed>,
  from: Viewpoint,
  to: Viewpoint,
): Map<string, Placed> {
  const found = new Map<string, Placed>();
  for (const { id, x, y } of labels) {
    const at = placed.get(id);
    if (!at) continue;
    const left = at.left + to.x - from.x + x * (to.scale - from.scale);
    const top = at.top + to.y - from.y + y * (to.scale - from.scale);
    found.set(id, { left, top });
  }
  return found;
}
