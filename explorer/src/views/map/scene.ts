import { createNodeBorderProgram } from "@sigma/node-border";
import Graph from "graphology";
import Sigma from "sigma";
import type { Settings } from "sigma/settings";
import { colours } from "./colours";
import type { Label, Placed } from "./labels";
import type { Places } from "./layout";
import { HALO_WIDTH, levelOf, linesOf, markOf, type Context, type Level } from "./looks";
import type { MapModel } from "./model";
import { asSvg } from "./svg";

export interface Drawn {
  model: MapModel;
  places: Places;
  /** Whether accounts are circles around their people. */
  circles: boolean;
  selected: string;
  path: readonly string[];
  still: boolean;
}

interface Handlers {
  pick: (id: string) => void;
  pickNothing: (x: number, y: number) => void;
  /** Called after each frame: where the map lies on the screen. */
  frame: (view: Viewpoint) => void;
}

/** The scale and the origin of the map on the screen. */
export interface Viewpoint {
  scale: number;
  x: number;
  y: number;
  width: number;
  height: number;
  /** The scale while the whole map is shown. */
  fit: number;
  /** How many times larger than then the marks are. */
  grown: number;
  level: Level;
}

export interface Bounds {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const GLIDE_MS = 260;
const ZOOM = 1.4;
const MARGIN = 1;
/** What is left free on the screen around the map: for names, and on a wide one for the tools and the legend. */
const FREE = { left: 92, right: 56, top: 24, bottom: 56 };
const FREE_ON_PHONE = { left: 26, right: 26, top: 20, bottom: 64 };
const PHONE = 480;

/** Whether the browser can draw the map at all. */
export function canDraw(): boolean {
  return document.createElement("canvas").getContext("webgl2") !== null;
}

/** The area that the map takes, with its circles. */
export function boundsOf({ model, places, circles }: Pick<Drawn, "model" | "places" | "circles">): Bounds {
  const boxes = [
    ...[...places.values()].map(({ x, y }) => ({ x, y, radius: MARGIN })),
    ...(circles ? model.circles.map(({ x, y, radius }) => ({ x, y, radius: radius + MARGIN })) : []),
  ];
  if (boxes.length === 0) return { left: -1, right: 1, top: -1, bottom: 1 };
  const found = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  for (const { x, y, radius } of boxes) {
    found.left = Math.min(found.left, x - radius);
    found.right = Math.max(found.right, x + radius);
    found.top = Math.min(found.top, y - radius);
    found.bottom = Math.max(found.bottom, y + radius);
  }
  return found;
}

/** The scale at which an area fits the screen, and the part of the map that the screen then shows. */
export function fitted(area: Bounds, width: number, height: number): { fit: number; shown: Bounds } {
  const free = width < PHONE ? FREE_ON_PHONE : FREE;
  const room = { x: Math.max(80, width - free.left - free.right), y: Math.max(80, height - free.top - free.bottom) };
  const fit = Math.min(room.x / (area.right - area.left), room.y / (area.bottom - area.top));
  const left = area.left - (free.left + (room.x - fit * (area.right - area.left)) / 2) / fit;
  const top = area.top - (free.top + (room.y - fit * (area.bottom - area.top)) / 2) / fit;
  return { fit, shown: { left, right: left + width / fit, top, bottom: top + height / fit } };
}

const BORDER = createNodeBorderProgram({
  borders: [
    { size: { attribute: "ringSize", defaultValue: 0, mode: "pixels" }, color: { attribute: "ringColor" } },
    { size: { attribute: "gapSize", defaultValue: 0, mode: "pixels" }, color: { attribute: "gapColor" } },
    { size: { attribute: "borderSize", defaultValue: 1, mode: "pixels" }, color: { attribute: "borderColor" } },
    { size: { fill: true }, color: { attribute: "color" } },
  ],
});

const SETTINGS: Partial<Settings> = {
  renderLabels: false,
  renderEdgeLabels: false,
  zIndex: true,
  itemSizesReference: "screen",
  minEdgeThickness: 0.75,
  stagePadding: 0,
  minCameraRatio: 0.02,
  maxCameraRatio: 4,
  defaultNodeType: "border",
  nodeProgramClasses: { border: BORDER },
  defaultDrawNodeHover: () => undefined,
  allowInvalidContainer: true,
};

/** The one module that knows sigma: it draws nodes and edges, and says what was pressed and where the map lies. */
export class Scene {
  private readonly graph = new Graph({ multi: true, type: "undirected" });
  private readonly sigma: Sigma;
  private drawn: Drawn | null = null;
  private context: Context | null = null;
  private level: Level = "people";

  constructor(
    container: HTMLElement,
    private readonly handlers: Handlers,
  ) {
    this.sigma = new Sigma(this.graph, container, SETTINGS);
    this.sigma.on("clickNode", ({ node }) => handlers.pick(node));
    this.sigma.on("clickStage", ({ event }) => {
      const at = this.sigma.viewportToGraph({ x: event.x, y: event.y });
      handlers.pickNothing(at.x, -at.y);
    });
    this.sigma.on("enterNode", () => container.classList.add("over"));
    this.sigma.on("leaveNode", () => container.classList.remove("over"));
    this.sigma.on("afterRender", () => {
      const { level } = this.look();
      if (level === this.level) return;
      this.level = level;
      this.again();
    });
    this.sigma.on("resize", () => this.again());
  }

  viewpoint(): Viewpoint {
    const origin = this.sigma.graphToViewport({ x: 0, y: 0 });
    const one = this.sigma.graphToViewport({ x: 1, y: 0 });
    const { width, height } = this.sigma.getDimensions();
    const grown = this.sigma.scaleSize(1);
    const scale = one.x - origin.x;
    const level = levelOf(scale, this.drawn?.circles ?? false);
    return { scale, x: origin.x, y: origin.y, width, height, fit: this.context?.fit ?? 1, grown, level };
  }

  /** Says where the map lies, as after each frame. */
  look(): Viewpoint {
    const view = this.viewpoint();
    this.handlers.frame(view);
    return view;
  }

  /** Draws a map; the camera stays, except when the area changes. */
  draw(drawn: Drawn): void {
    const { model, places, circles, selected, path } = drawn;
    const { width, height } = this.sigma.getDimensions();
    const { fit, shown } = fitted(boundsOf(drawn), width, height);
    this.drawn = drawn;
    const context: Context = { tokens: colours(), fit, circles, selected, path, level: this.level };
    this.context = context;
    this.graph.clear();
    for (const node of model.nodes.values()) {
      const place = places.get(node.id) ?? node;
      this.graph.addNode(node.id, { x: place.x, y: -place.y, ...this.mark(node.id, context) });
    }
    for (const { edge, line } of linesOf(model, context)) {
      const { colour, width: thick, order, halo } = line;
      // The program for lines fades half a pixel on each side.
      this.graph.addEdgeWithKey(edge.key, edge.from, edge.to, { color: colour, size: thick + 1, zIndex: order });
      if (halo)
        this.graph.addEdgeWithKey(`${edge.key} halo`, edge.from, edge.to, {
          color: halo,
          size: HALO_WIDTH,
          zIndex: -1,
        });
    }
    this.sigma.setCustomBBox({ x: [shown.left, shown.right], y: [-shown.bottom, -shown.top] });
    this.sigma.refresh();
  }

  /** Draws the same map again, for example in other colours. */
  again(): void {
    if (this.drawn) this.draw(this.drawn);
  }

  zoom(closer: boolean): void {
    const camera = this.sigma.getCamera();
    const duration = this.drawn?.still ? 0 : GLIDE_MS;
    void (closer ? camera.animatedZoom({ factor: ZOOM, duration }) : camera.animatedUnzoom({ factor: ZOOM, duration }));
  }

  fit(): void {
    void this.sigma.getCamera().animatedReset({ duration: this.drawn?.still ? 0 : GLIDE_MS });
  }

  /** Moves the map so that a node is on the screen, if it is not. */
  show(id: string): void {
    const place = this.drawn?.places.get(id);
    const shown = this.sigma.getNodeDisplayData(id);
    if (!place || !shown) return;
    const at = this.sigma.graphToViewport({ x: place.x, y: -place.y });
    const { width, height } = this.sigma.getDimensions();
    if (at.x > 20 && at.y > 20 && at.x < width - 20 && at.y < height - 20) return;
    void this.sigma.getCamera().animate({ x: shown.x, y: shown.y }, { duration: this.drawn?.still ? 0 : GLIDE_MS });
  }

  /** The canvases with what is drawn now; they are only valid until the next frame. */
  canvases(): HTMLCanvasElement[] {
    this.sigma.refresh();
    const { edges, nodes } = this.sigma.getCanvases();
    return [edges, nodes].filter((one) => one !== undefined);
  }

  /** What is on the screen as SVG, with names at given places. */
  svg(labels: readonly Label[], placed: ReadonlyMap<string, Placed>): string | null {
    return this.drawn && this.context ? asSvg(this.drawn, this.context, this.viewpoint(), labels, placed) : null;
  }

  /** The milliseconds of each of some frames in which the map is moved; for the measurement of large maps. */
  async frames(number: number): Promise<number[]> {
    const camera = this.sigma.getCamera();
    const { angle, ratio, x, y } = camera.getState();
    const found: number[] = [];
    for (let at = 0; at < number; at++) {
      const before = performance.now();
      camera.setState({ angle, ratio, x: x + 0.05 * Math.sin((at + 1) / 5), y });
      await new Promise((done) => this.sigma.once("afterRender", () => done(null)));
      found.push(performance.now() - before);
    }
    camera.setState({ angle, ratio, x, y });
    return found;
  }

  destroy(): void {
    this.sigma.kill();
  }

  private mark(id: string, context: Context): Record<string, unknown> {
    const { model } = this.drawn!;
    const node = model.nodes.get(id)!;
    const mark = markOf(node, model, context);
    // The lines to an account run to the middle of its circle.
    if (!mark) return { size: 0.01, hidden: node.group !== id, color: context.tokens.paper };
    const { radius, fill, stroke, border, ring, order } = mark;
    const around = ring
      ? { ringSize: shaded(2), ringColor: ring, gapSize: shaded(2), gapColor: context.tokens.paper }
      : {};
    return {
      size: radius + (ring ? RING : 0),
      color: fill,
      borderColor: stroke,
      borderSize: border > 0 ? shaded(border) : 0,
      zIndex: order,
      ...around,
    };
  }
}

const RING = 4;

/** The length that the program for marks draws as a border of some pixels, half of one of which it fades. */
function shaded(width: number): number {
  return Math.max(1.25, 2 * width + 0.6);
}
