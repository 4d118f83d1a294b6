import { useLayoutEffect, useState, type RefObject } from "react";
import { useVirtualizer, type VirtualItem } from "@tanstack/react-virtual";

const OVERSCAN = 40;

export interface RowWindow {
  /** The rows near the window. */
  items: VirtualItem[];
  /** The distance of the first row from the top of what scrolls. */
  margin: number;
  /** The height of all rows. */
  height: number;
  /** The indexes of the first and the last row on the screen. */
  first: number;
  last: number;
  scrollTo: (index: number) => void;
}

/** Returns the nearest element around one that scrolls. */
function scrollParent(element: HTMLElement | null): HTMLElement | null {
  let parent = element?.parentElement ?? null;
  while (parent && !/auto|scroll/.test(getComputedStyle(parent).overflowY)) parent = parent.parentElement;
  return parent;
}

/** Finds the rows of one height that are near the window: `outer` is within the element that scrolls, and the rows begin at the top of `rows`. */
export function useRowWindow(
  outer: RefObject<HTMLElement | null>,
  rows: RefObject<HTMLElement | null>,
  count: number,
  rowHeight: number,
): RowWindow {
  const [scroller, setScroller] = useState<HTMLElement | null>(null);
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => {
    const parent = scrollParent(outer.current);
    setScroller(parent);
    if (parent && rows.current) {
      setMargin(rows.current.getBoundingClientRect().top - parent.getBoundingClientRect().top + parent.scrollTop);
    }
  }, [outer, rows]);
  // The compiler of React skips this hook, because the virtualizer returns functions that are not stable.
  // eslint-disable-next-line react-hooks/incompatible-library
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    scrollMargin: margin,
    initialRect: { width: 0, height: 1_000 },
  });
  return {
    items: virtual.getVirtualItems(),
    margin,
    height: virtual.getTotalSize(),
    first: virtual.range?.startIndex ?? 0,
    last: virtual.range?.endIndex ?? 0,
    scrollTo: (index) => virtual.scrollToIndex(index, { align: "auto" }),
  };
}
