import { useImperativeHandle, useRef, type Ref } from "react";
import type { Places } from "./layout";
import type { MapModel } from "./model";
import type { Bounds, Viewpoint } from "./scene";

export interface MiniMapHandle {
  look: (view: Viewpoint) => void;
}

interface Props {
  model: MapModel;
  places: Places;
  circles: boolean;
  bounds: Bounds;
  ref: Ref<MiniMapHandle>;
}

const MOST = 1_000;

/** The whole map in a corner, with a frame around what is on the screen. */
export function MiniMap({ model, places, circles, bounds, ref }: Props) {
  const frame = useRef<SVGRectElement>(null);
  const { left, right, top, bottom } = bounds;
  useImperativeHandle(ref, () => ({
    // What is outside the map has no place in the corner.
    look: ({ scale, x, y, width, height }) => {
      const [from, to] = [Math.max(left, -x / scale), Math.min(right, (width - x) / scale)];
      const [upper, lower] = [Math.max(top, -y / scale), Math.min(bottom, (height - y) / scale)];
      const box = { x: from, y: upper, width: Math.max(0, to - from), height: Math.max(0, lower - upper) };
      for (const [name, value] of Object.entries(box)) frame.current?.setAttribute(name, String(value));
    },
  }));
  const marks = [...model.nodes.values()].filter((node) => node.ours || !circles).slice(0, MOST);
  return (
    <svg className="map-mini" viewBox={`${left} ${top} ${right - left} ${bottom - top}`} aria-hidden="true">
      {circles && model.circles.map(({ id, x, y, radius }) => <circle key={id} cx={x} cy={y} r={radius} />)}
      {marks.map((node) => {
        const { x, y } = places.get(node.id) ?? node;
        return <circle key={node.id} className={node.ours ? "us" : undefined} cx={x} cy={y} r={0.7} />;
      })}
      <rect ref={frame} />
    </svg>
  );
}
