import { useEffect, useEffectEvent, useImperativeHandle, useMemo, useRef, type Ref, type RefObject } from "react";
import { initials } from "../../words/format";
import { words } from "../../words/words";
import { labelsOf, type Box, type Label, type Placed, type Segment } from "./labels";
import type { Places } from "./layout";
import { MiniMap, type MiniMapHandle } from "./MiniMap";
import type { MapModel } from "./model";
import { Placer } from "./Placer";
import { boundsOf, Scene, type Viewpoint } from "./scene";
import { INITIALS_FROM, radiusOf, widthOf } from "./sizes";

const say = words("map");
/** The options of the list for screen readers; a larger map has its table. */
const MOST_OPTIONS = 600;
/** The strongest ties, which names rather do not cover. */
const MOST_SEGMENTS = 200;

export interface PictureHandle {
  zoom: (closer: boolean) => void;
  fit: () => void;
  show: (id: string) => void;
  /** A picture of what is on the screen. */
  png: () => Promise<Blob | null>;
  svg: () => string | null;
}

interface Props {
  model: MapModel;
  places: Places;
  circles: boolean;
  selected: string;
  path: readonly string[];
  /** The people whom the verdict names. */
  named: readonly string[];
  select: (id: string) => void;
  handle: Ref<PictureHandle>;
  /** What is selected and how it is tied, for screen readers. */
  spoken: string;
}

/** The map: circles and parents as SVG, nodes and ties by WebGL, and the names as a list over them. */
export function Picture({ model, places, circles, selected, path, named, select, handle, spoken }: Props) {
  const stage = useRef<HTMLDivElement>(null);
  const ground = useRef<SVGGElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const mini = useRef<MiniMapHandle>(null);
  const scene = useRef<Scene | null>(null);
  const placer = useRef(new Placer());
  const placed = useRef<ReadonlyMap<string, Placed>>(new Map());
  const reserved = useReserved(stage);
  const labels = useMemo(
    () => labelsOf({ model, places, circles, selected, path, named, you: say("you") }, widthOnScreen),
    [model, places, circles, selected, path, named],
  );
  const segments = useMemo(() => segmentsOf(model, places), [model, places]);
  const listed = useMemo(() => labels.slice(0, MOST_OPTIONS), [labels]);

  const frame = useEffectEvent((view: Viewpoint) => {
    ground.current?.setAttribute("transform", `matrix(${view.scale} 0 0 ${view.scale} ${view.x} ${view.y})`);
    mini.current?.look(view);
    stage.current?.parentElement?.setAttribute("data-level", view.level);
    const around = { segments, reserved: reserved(view) };
    placed.current = placer.current.place(labels, view, around, () => scene.current?.look());
    place(list.current, listed, placed.current, view);
  });
  const pick = useEffectEvent((id: string) => select(id));
  const pickNothing = useEffectEvent((x: number, y: number) => {
    const circle = circles ? model.circles.find((one) => Math.hypot(x - one.x, y - one.y) < one.radius) : undefined;
    select(circle && model.nodes.has(circle.id) ? circle.id : "");
  });
  useEffect(() => {
    const made = new Scene(stage.current!, { pick, pickNothing, frame });
    scene.current = made;
    const names = placer.current;
    const again = () => made.again();
    if (window.kith) window.kith.frames = (number) => made.frames(number);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", again);
    const watched = new MutationObserver(again);
    watched.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    return () => {
      scheme.removeEventListener("change", again);
      watched.disconnect();
      names.stop();
      made.destroy();
      scene.current = null;
    };
  }, []);
  useEffect(() => {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    scene.current?.draw({ model, places, circles, selected, path, still });
  }, [model, places, circles, selected, path]);
  useImperativeHandle(handle, () => ({
    zoom: (closer) => scene.current?.zoom(closer),
    fit: () => scene.current?.fit(),
    show: (id) => scene.current?.show(id),
    png: () => painted(scene.current, ground.current, list.current),
    svg: () => scene.current?.svg(labels, placed.current) ?? null,
  }));

  const chosen = model.nodes.get(selected);
  return (
    <div className="map-stage" data-placed={places === model.nodes ? "server" : "forces"}>
      <svg className="map-ground" aria-hidden="true">
        <g ref={ground}>
          {circles && <Parents model={model} />}
          {circles &&
            model.circles.map(({ id, x, y, radius }) => (
              <circle key={id} cx={x} cy={y} r={radius} className={circleClass(id, selected, model)} />
            ))}
        </g>
      </svg>
      <div ref={stage} className="map-canvas" aria-hidden="true" />
      <ul
        ref={list}
        className={path.length > 1 ? "map-names on-path" : "map-names"}
        role="listbox"
        tabIndex={0}
        aria-label={say("listbox", { n: model.nodes.size })}
        aria-activedescendant={chosen && listed.some(({ id }) => id === selected) ? optionId(selected) : undefined}
        aria-describedby="map-spoken"
      >
        {listed.map((label) => {
          const node = model.nodes.get(label.id)!;
          return (
            <li
              key={label.id}
              id={optionId(label.id)}
              role="option"
              aria-selected={label.id === selected}
              aria-label={say(node.ours ? "optionOurs" : "option", { name: node.you ? say("you") : node.name })}
              className={classOf(label, path)}
              onClick={() => select(label.id)}
            >
              <span className="name">{label.text}</span>
              {node.ours && <span className="in" data-initials={initials(node.name)} />}
            </li>
          );
        })}
      </ul>
      <p id="map-spoken" className="vh" aria-live="polite">
        {spoken}
      </p>
      <MiniMap
        ref={mini}
        model={model}
        places={places}
        circles={circles}
        bounds={boundsOf({ model, places, circles })}
      />
    </div>
  );
}

function Parents({ model }: { model: MapModel }) {
  const centre = new Map(model.circles.map((circle) => [circle.id, circle]));
  return model.edges
    .filter(({ look, from, to }) => look === "parent" && centre.has(from) && centre.has(to))
    .map(({ key, from, to }) => {
      const [one, other] = [centre.get(from)!, centre.get(to)!];
      return <line key={key} x1={one.x} y1={one.y} x2={other.x} y2={other.y} />;
    });
}

function optionId(id: string): string {
  return `map-${id}`;
}

function circleClass(id: string, selected: string, { tops, reached }: MapModel): string {
  const names = { on: id === selected, top: tops.has(id), reached: reached.has(id) };
  return Object.entries(names)
    .flatMap(([name, is]) => (is ? [name] : []))
    .join(" ");
}

/** The strongest ties that are drawn, for the names that are placed beside them. */
function segmentsOf(model: MapModel, places: Places): Segment[] {
  const at = (id: string) => places.get(id) ?? model.nodes.get(id)!;
  return model.edges
    .filter(({ look }) => look === "us" || look === "among")
    .sort((one, other) => (other.strength ?? 0) - (one.strength ?? 0))
    .slice(0, MOST_SEGMENTS)
    .map(({ from, to, strength }) => ({ from: at(from), to: at(to), width: widthOf(strength ?? 0, Infinity) }));
}

const widths = new Map<string, number>();
let brush: CanvasRenderingContext2D | null = null;

/** The width of a name on the screen; each is measured once. */
function widthOnScreen(text: string, bold: boolean): number {
  const key = `${bold ? "b" : "n"} ${text}`;
  const known = widths.get(key);
  if (known !== undefined) return known;
  brush ??= document.createElement("canvas").getContext("2d")!;
  const family = getComputedStyle(document.documentElement).getPropertyValue("--sans");
  brush.font = `${bold ? 600 : 500} 11px ${family}`;
  const { width } = brush.measureText(text);
  widths.set(key, width);
  return width;
}

/** What lies over the picture; looked at again when its size changes. */
function useReserved(stage: RefObject<HTMLElement | null>): (view: Viewpoint) => readonly Box[] {
  const found = useRef<{ size: string; boxes: readonly Box[] }>({ size: "", boxes: [] });
  return ({ width, height }) => {
    const size = `${width} ${height}`;
    if (found.current.size !== size && stage.current) {
      const corner = stage.current.getBoundingClientRect();
      const over = stage.current.closest(".map-picture")?.querySelectorAll(".map-tools, .map-legend, .map-mini") ?? [];
      const boxes = [...over].map((one) => {
        const { left, right, top, bottom } = one.getBoundingClientRect();
        return {
          left: left - corner.left,
          right: right - corner.left,
          top: top - corner.top,
          bottom: bottom - corner.top,
        };
      });
      found.current = { size, boxes };
    }
    return found.current.boxes;
  };
}

function classOf({ bold, size, id }: Label, path: readonly string[]): string {
  return [bold ? "bold" : "", size ? "" : "account", path.includes(id) ? "way" : ""].filter(Boolean).join(" ");
}

/** Moves the names to where the map lies; those without room are left to screen readers. */
function place(
  list: HTMLUListElement | null,
  labels: readonly Label[],
  places: ReadonlyMap<string, Placed>,
  view: Viewpoint,
): void {
  if (!list) return;
  for (const [at, label] of labels.entries()) {
    const option = list.children[at] as HTMLElement | undefined;
    const [name, mark] = (option?.children ?? []) as unknown as [HTMLElement?, HTMLElement?];
    if (!name) continue;
    const where = places.get(label.id);
    name.classList.toggle("vh", where === undefined);
    name.style.transform = where ? `translate(${where.left}px, ${where.top}px)` : "";
    if (mark) {
      const [x, y] = [view.x + label.x * view.scale, view.y + label.y * view.scale];
      mark.classList.toggle("vh", radiusOf("ours", view.fit) * view.grown < INITIALS_FROM);
      mark.style.transform = `translate(${x}px, ${y}px) translate(-50%, -50%)`;
    }
  }
}

/** Paints circles, nodes, ties and names into one picture, in twice the size. */
function painted(scene: Scene | null, ground: SVGGElement | null, list: HTMLUListElement | null): Promise<Blob | null> {
  if (!scene || !ground || !list) return Promise.resolve(null);
  const view = scene.viewpoint();
  const canvas = document.createElement("canvas");
  canvas.width = view.width * 2;
  canvas.height = view.height * 2;
  const brush = canvas.getContext("2d")!;
  brush.scale(2, 2);
  brush.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--paper");
  brush.fillRect(0, 0, view.width, view.height);
  for (const shape of ground.children) {
    const style = getComputedStyle(shape);
    const number = (name: string) => Number(shape.getAttribute(name)) * view.scale;
    brush.strokeStyle = style.stroke;
    brush.fillStyle = style.fill;
    brush.beginPath();
    if (shape.tagName === "line") {
      brush.moveTo(view.x + number("x1"), view.y + number("y1"));
      brush.lineTo(view.x + number("x2"), view.y + number("y2"));
    } else {
      brush.arc(view.x + number("cx"), view.y + number("cy"), number("r"), 0, 2 * Math.PI);
      brush.fill();
    }
    brush.stroke();
  }
  for (const layer of scene.canvases()) brush.drawImage(layer, 0, 0, view.width, view.height);
  const corner = list.getBoundingClientRect();
  for (const name of list.querySelectorAll<HTMLElement>("span:not(.vh)")) {
    const { left, top, height } = name.getBoundingClientRect();
    const { font, color, paddingLeft } = getComputedStyle(name);
    brush.font = font;
    brush.strokeStyle = getComputedStyle(document.documentElement).getPropertyValue("--paper");
    brush.lineWidth = 3;
    brush.lineJoin = "round";
    brush.fillStyle = color;
    brush.textBaseline = "middle";
    const { initials: letters } = name.dataset;
    const [text, x, y] = [letters ?? name.textContent, left - corner.left, top - corner.top + height / 2] as const;
    const indent = Number.parseFloat(paddingLeft);
    if (!letters) brush.strokeText(text, x + indent, y);
    brush.fillText(text, x + indent, y);
  }
  return new Promise((done) => canvas.toBlob(done));
}
