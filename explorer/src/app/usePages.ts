import { useCallback, useMemo, useState } from "react";
import { client } from "./client";

export interface Connection<Node> {
  nodes: readonly Node[];
  totalCount: number;
  /** The number of records that access rules hide. */
  withheld: number;
  pageInfo: { endCursor: string | null; hasNextPage: boolean };
}

interface Pages<Node> {
  rows: readonly Node[];
  /** Reads the next page; undefined when all rows are here. */
  loadMore: (() => void) | undefined;
}

interface More<Node> {
  first: unknown;
  rows: readonly Node[];
  next: { endCursor: string | null; hasNextPage: boolean };
  loading: boolean;
}

/** The rows of a connection, of which the view has read the first page, and further pages as the reader scrolls. */
export function usePages<Data, Node>(
  first: Connection<Node>,
  document: { toString(): string },
  variables: (after: string | null) => Record<string, unknown>,
  connection: (data: Data) => Connection<Node>,
): Pages<Node> {
  const [more, setMore] = useState<More<Node> | null>(null);
  const own = useMemo<More<Node>>(
    () => (more?.first === first ? more : { first, rows: first.nodes, next: first.pageInfo, loading: false }),
    [more, first],
  );
  const loadMore = useCallback(() => {
    if (own.loading) return;
    setMore({ ...own, loading: true });
    void client
      .query<Data>(document.toString(), variables(own.next.endCursor))
      .toPromise()
      .then(({ data }) => {
        const page = data === undefined ? null : connection(data);
        setMore((now) =>
          now?.first !== first
            ? now
            : page
              ? { first, rows: [...own.rows, ...page.nodes], next: page.pageInfo, loading: false }
              : { ...own, loading: false },
        );
      });
  }, [own, first, document, variables, connection]);
  return { rows: own.rows, loadMore: own.next.hasNextPage ? loadMore : undefined };
}
