import { useCallback, useMemo, useRef, useState } from "react";
import { client } from "../../app/client";
import { GroupRowsDocument, type GroupRowFragment, type GroupRowsQuery } from "../../generated/graphql";

export type Row = GroupRowFragment;

/** The number of rows that are read at once. */
export const PAGE = 200;

interface Loaded {
  /** The first page; other pages belong to it. */
  first: readonly Row[];
  pages: ReadonlyMap<number, readonly Row[]>;
}

export interface Rows {
  at: (index: number) => Row | undefined;
  /** The rows that are here, in their order. */
  loaded: readonly Row[];
  /** Reads the pages of a range of rows unless they are here. */
  ensure: (from: number, to: number) => void;
}

/** The rows of a tree of any length: the first page comes with the view, the others when they are near the window. */
export function useTreePages(first: readonly Row[], variables: Record<string, unknown>): Rows {
  const [state, setState] = useState<Loaded>({ first, pages: new Map() });
  const wanted = useRef<{ first: readonly Row[]; pages: Set<number> }>({ first, pages: new Set() });
  const pages = useMemo(() => new Map([[0, first], ...(state.first === first ? state.pages : [])]), [first, state]);
  const at = useCallback((index: number) => pages.get(Math.floor(index / PAGE))?.[index % PAGE], [pages]);
  const loaded = useMemo(
    () => [...pages.entries()].sort(([one], [other]) => one - other).flatMap(([, rows]) => rows),
    [pages],
  );
  const ensure = (from: number, to: number) => {
    if (wanted.current.first !== first) wanted.current = { first, pages: new Set() };
    const asked = wanted.current.pages;
    for (let page = Math.floor(Math.max(0, from) / PAGE); page <= Math.floor(to / PAGE); page++) {
      if (page === 0 || asked.has(page)) continue;
      asked.add(page);
      void client
        .query<GroupRowsQuery>(GroupRowsDocument.toString(), { ...variables, offset: page * PAGE })
        .toPromise()
        .then(({ data }) => {
          const rows = data?.account?.tree.rows;
          if (!rows) return void asked.delete(page);
          setState((before) => ({
            first,
            pages: new Map([...(before.first === first ? before.pages : []), [page, rows]]),
          }));
        });
    }
  };
  return { at, loaded, ensure };
}
