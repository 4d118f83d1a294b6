import { useEffect, useState } from "react";
import type { MapModel } from "./model";

export interface LayoutTask {
  task: number;
  nodes: { id: string; x: number; y: number }[];
  edges: { from: string; to: string; weight: number }[];
}

export interface LayoutAnswer {
  task: number;
  places: Record<string, { x: number; y: number }>;
}

export type Places = ReadonlyMap<string, { x: number; y: number }>;

/** Above this number of nodes the coordinates of the server are used, whatever they are grouped by. */
export const MOST_IN_FORCES = 500;

/** The distance between two neighbours, in the unit of the server's coordinates. */
const APART = 2.6;

/** The places of the nodes: those of the server, or by forces in a worker; those that are pinned stay. */
export function usePlaces(model: MapModel, forces: boolean): Places {
  const [found, setFound] = useState<{ model: MapModel; places: Places } | null>(null);
  const wanted = forces && model.nodes.size > 1 && model.nodes.size <= MOST_IN_FORCES;
  useEffect(() => {
    if (!wanted) return undefined;
    const worker = new Worker(new URL("./layout.worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<LayoutAnswer>) =>
      setFound({ model, places: scaled(model, new Map(Object.entries(data.places))) });
    const task: LayoutTask = {
      task: 1,
      nodes: [...model.nodes.values()].map(({ id, x, y }, at) => ({
        id,
        x: x + (at % 7) / 100,
        y: y + (at % 5) / 100,
      })),
      // In steps, since strengths decay from one request to the next, and the map is to look the same.
      edges: model.edges.map(({ from, to, strength }) => ({
        from,
        to,
        weight: 0.3 + Math.round((strength ?? 40) / 10) / 5,
      })),
    };
    worker.postMessage(task);
    return () => worker.terminate();
  }, [model, wanted]);
  return wanted && found?.model === model ? found.places : model.nodes;
}

/** Places at the scale of the server's, so that marks have their size: by the middle distance to the nearest node. */
function scaled(model: MapModel, places: Places): Places {
  const all = [...places.values()];
  const near = all.map((one) =>
    Math.min(...all.filter((other) => other !== one).map((other) => Math.hypot(one.x - other.x, one.y - other.y))),
  );
  const middle = near.sort((one, other) => one - other)[Math.floor(near.length / 2)] ?? 1;
  const factor = APART / Math.max(middle, 1e-6);
  return new Map(
    [...places].map(([id, { x, y }]) => {
      const node = model.nodes.get(id)!;
      return [id, node.pinned ? { x: node.x, y: node.y } : { x: x * factor, y: y * factor }];
    }),
  );
}
