import { useCallback, useRef, useState } from "react";
import type { MapLens } from "./lens";

type Step = Partial<MapLens>;

/** Changes of the map that can be taken back and made again, in order. */
export function useSteps(lens: MapLens, setLens: (patch: Step) => void) {
  const past = useRef<Step[]>([]);
  const future = useRef<Step[]>([]);
  const [sizes, setSizes] = useState({ past: 0, future: 0 });
  const counted = () => setSizes({ past: past.current.length, future: future.current.length });
  const before = useCallback(
    (patch: Step): Step => Object.fromEntries(Object.keys(patch).map((key) => [key, lens[key as keyof MapLens]])),
    [lens],
  );
  const move = (from: Step[], to: Step[]) => {
    const patch = from.pop();
    if (!patch) return;
    to.push(before(patch));
    setLens(patch);
    counted();
  };
  return {
    step: (patch: Step) => {
      past.current.push(before(patch));
      future.current = [];
      setLens(patch);
      counted();
    },
    undo: () => move(past.current, future.current),
    redo: () => move(future.current, past.current),
    canUndo: sizes.past > 0,
    canRedo: sizes.future > 0,
  };
}
