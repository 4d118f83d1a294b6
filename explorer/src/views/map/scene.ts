import { createNodeBorderProgram } from "@sigma/node-border";
import Graph from "graphology";
import Sigma from "sigma";
import type { Settings } from "sigma/settings";
import { colours, faded, type Colours } from "./colours";
import type { Places } from "./layout";
import type { MapEdge, MapModel, MapNode } from "./model";
import { OURS, PERSON, THING } from "./sizes";

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
}

export interface Bounds {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const FADED = 0.35;
const HALO = 0.28;
const GLIDE_MS = 260;
const ZOOM = 1.4;
const MARGIN = 2;

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
  const of = (pick: (box: (typeof boxes)[number]) => number) => boxes.map(pick);
  if (boxes.length === 0) return { left: -1, right: 1, top: -1, bottom: 1 };
  return {
    left: Math.min(...of(({ x, radius }) => x - radius)),
    right: Math.max(...of(({ x, radius }) => x + radius)),
    top: Math.min(...of(({ y, radius }) => y - radius)),
    bottom: Math.max(...of(({ y, radius }) => y + radius)),
  };
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
  itemSizesReference: "positions",
  zoomToSizeRatioFunction: (ratio) => ratio,
  minEdgeThickness: 0.75,
  stagePadding: 12,
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
  private tokens: Colours = colours();

  constructor(container: HTMLElement, handlers: Handlers) {
    this.sigma = new Sigma(this.graph, container, SETTINGS);
    this.sigma.on("clickNode", ({ node }) => handlers.pick(node));
    this.sigma.on("clickStage", ({ event }) => {
      const at = this.sigma.viewportToGraph({ x: event.x, y: event.y });
      handlers.pickNothing(at.x, -at.y);
    });
    this.sigma.on("enterNode", () => container.classList.add("over"));
    this.sigma.on("leaveNode", () => container.classList.remove("over"));
    this.sigma.on("afterRender", () => handlers.frame(this.viewpoint()));
  }

  viewpoint(): Viewpoint {
    const origin = this.sigma.graphToViewport({ x: 0, y: 0 });
    const one = this.sigma.graphToViewport({ x: 1, y: 0 });
    const { width, height } = this.sigma.getDimensions();
    return { scale: one.x - origin.x, x: origin.x, y: origin.y, width, height };
  }

  /** Draws a map; the camera stays, except when the area changes. */
  draw(drawn: Drawn): void {
    const { model, places } = drawn;
    this.drawn = drawn;
    this.tokens = colours();
    this.graph.clear();
    const on = new Set(drawn.path);
    for (const node of model.nodes.values()) {
      const place = places.get(node.id) ?? node;
      this.graph.addNode(node.id, { x: place.x, y: -place.y, ...this.mark(node, drawn, on) });
    }
    for (const edge of model.edges) this.line(edge, drawn, on);
    const area = boundsOf(drawn);
    this.sigma.setCustomBBox({ x: [area.left, area.right], y: [-area.bottom, -area.top] });
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

  /** The milliseconds of each of some frames in which the map is moved; for the measurement of large maps. */
  async frames(number: number): Promise<number[]> {
    const camera = this.sigma.getCamera();
    const { angle, ratio, x, y } = camera.getState();
    const found: number[] = [];
    for (let at = 0; at < number; at++) {
      const before = performance.now();
      camera.setState({ angle, ratio, x: x + 0.05 * Math.sin(at / 5), y });
      await new Promise((done) => this.sigma.once("afterRender", () => done(null)));
      found.push(performance.now() - before);
    }
    camera.setState({ angle, ratio, x, y });
    return found;
  }

  destroy(): void {
    this.sigma.kill();
  }

  private mark(node: MapNode, { selected, circles }: Drawn, on: ReadonlySet<string>): Record<string, unknown> {
    const { paper, ink, ink3, edge, us, usSoft, you, sunken, line2 } = this.tokens;
    const shade = (colour: string) => (on.size > 0 && !on.has(node.id) ? faded(colour, paper, FADED) : colour);
    const ring = node.id === selected || node.you ? { ringSize: 2, ringColor: you, gapSize: 2, gapColor: paper } : {};
    const grown = node.id === selected || node.you ? 1.3 : 1;
    if (node.type === "Account" && circles) return { size: 0.01, hidden: true };
    if (node.ours)
      return { size: OURS * grown, color: shade(us), borderColor: shade(us), borderSize: 1, zIndex: 2, ...ring };
    if (node.type !== "Contact") {
      const account = node.type === "Account";
      const colour = account ? line2 : sunken;
      return {
        size: (account ? 0.8 : THING) * grown,
        color: shade(colour),
        borderColor: shade(edge),
        borderSize: 1,
        ...ring,
      };
    }
    const known = node.known >= KNOWN;
    const border = node.decides || known ? ink : ink3;
    return {
      size: PERSON * grown,
      color: shade(known ? usSoft : paper),
      borderColor: shade(border),
      borderSize: node.decides ? 3.25 : 2.25,
      zIndex: 1,
      ...ring,
    };
  }

  private line(edge: MapEdge, { model, circles, selected, path }: Drawn, on: ReadonlySet<string>): void {
    const { usMid, ink2, line2, edge: grey, you, paper } = this.tokens;
    if (circles && (edge.look === "parent" || inCircle(edge, model))) return;
    const onPath = path.some(
      (id, at) => at > 0 && new Set([id, path[at - 1], edge.from, edge.to]).size === 2 && edge.type === "KNOWS",
    );
    const strength = edge.strength ?? 0;
    const looks = {
      us: { color: usMid, size: 0.03 + (0.2 * strength) / 100, zIndex: 2 },
      among: { color: ink2, size: 0.03 + (0.2 * strength) / 100, zIndex: 1 },
      parent: { color: line2, size: 0.04, zIndex: 0 },
      line: { color: grey, size: 0.04, zIndex: 0 },
    };
    const look = looks[edge.look];
    const own = edge.from === selected || edge.to === selected;
    const color =
      on.size > 0 && !onPath ? faded(own ? you : look.color, paper, FADED) : own && !onPath ? you : look.color;
    this.graph.addEdgeWithKey(edge.key, edge.from, edge.to, { ...look, color });
    if (onPath)
      this.graph.addEdgeWithKey(`${edge.key} halo`, edge.from, edge.to, {
        color: faded(you, paper, HALO),
        size: look.size + 0.34,
        zIndex: -1,
      });
  }
}

const KNOWN = 40;

/** Whether a relationship is drawn as the place of a record in the circle of its account. */
function inCircle(edge: MapEdge, model: MapModel): boolean {
  const [from, to] = [model.nodes.get(edge.from)!, model.nodes.get(edge.to)!];
  return (
    edge.look === "line" &&
    ((to.type === "Account" && from.group === to.id) || (from.type === "Account" && to.group === from.id))
  );
}
