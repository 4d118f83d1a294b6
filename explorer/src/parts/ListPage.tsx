import type { ReactNode } from "react";
import { recordAddress } from "../app/addresses";
import { neighbours } from "../app/session";
import { usePages, type Connection } from "../app/usePages";
import { count } from "../words/format";
import { words } from "../words/words";
import { Filters } from "./Filters";
import { Page, type Head } from "./Page";
import { Empty } from "./States";
import { FootRow, Table, type Column } from "./Table";
import { Verdict } from "./Verdict";

const say = words("list");

/** The lens of every list. */
export interface ListLens {
  q: string;
  /** The filters that are on. */
  f: readonly string[];
  /** The sorted column and its direction, such as `name ASC`. */
  sort: string;
  sel: string;
}

interface Props<Data, Node extends { id: string }> {
  /** The record type of the rows, or of each row. */
  type: string | ((row: Node) => string);
  /** The head of the page; a list of its own counts its rows there. */
  head: Head;
  verdict: ReactNode;
  first: Connection<Node>;
  document: { toString(): string };
  variables: (after: string | null) => Record<string, unknown>;
  connection: (data: Data) => Connection<Node>;
  /** The columns for the rows that are loaded, whose bars share a scale. */
  columns: (rows: readonly Node[]) => Column<Node>[];
  /** The figures of all rows that match, by the columns under which they stand. */
  foot?: Readonly<Record<string, string>>;
  filters?: readonly { name: string; label: string }[];
  /** What the text filters by; the default is the name. */
  filter?: string;
  /** The filters of a list that has more than a text and chips. */
  bar?: (rows: readonly Node[]) => ReactNode;
  actions?: ReactNode;
  /** The address of a row, by default that of its record; null for rows that open nothing. */
  href?: ((row: Node) => string) | null;
  lens: ListLens;
  setLens: (patch: Partial<ListLens>) => void;
  stale: boolean;
}

/** A list of records: filters, a table of any length, and what is loaded of it. */
export function ListPage<Data, Node extends { id: string }>(props: Props<Data, Node>) {
  const { head, verdict, first, lens, setLens, stale } = props;
  const { rows, loadMore } = usePages(first, props.document, props.variables, props.connection);
  const total = first.totalCount;
  const unfinished = rows.length < total;
  const filtered = lens.q !== "" || lens.f.length > 0;
  const columns = props.columns(rows);
  const typeOf = typeof props.type === "string" ? () => props.type as string : props.type;
  return (
    <Page
      head={head.subject ? head : { ...head, detail: count(total) }}
      actions={props.actions}
      honesty={{
        says: say("honesty", { n: total, loaded: rows.length, all: unfinished ? "no" : "yes" }),
        hidden: first.withheld,
        unfinished,
      }}
      verdict={<Verdict wide>{verdict}</Verdict>}
    >
      {props.bar?.(rows) ?? (
        <Filters
          q={lens.q}
          on={lens.f}
          options={props.filters ?? []}
          change={setLens}
          label={props.filter ?? say("filter")}
        />
      )}
      {total === 0 ? (
        <Empty>
          <p>{say(filtered ? "empty" : "none")}</p>
          {filtered && (
            <button type="button" className="btn" onClick={() => setLens({ q: "", f: [] })}>
              {say("clear")}
            </button>
          )}
        </Empty>
      ) : (
        <div className="list" aria-busy={stale}>
          <Table<Node>
            label={head.title}
            rows={rows}
            total={total}
            columns={columns}
            rowKey={({ id }) => id}
            {...(props.href === null ? {} : { href: props.href ?? ((row) => recordAddress(typeOf(row), row.id)) })}
            onOpen={(row) => openedFrom(typeOf, row, rows)}
            sort={lens.sort}
            setSort={(sort) => setLens({ sort })}
            selected={lens.sel}
            select={(sel) => setLens({ sel })}
            loadMore={loadMore}
            foot={props.foot && <FootRow columns={columns} figures={props.foot} />}
          />
        </div>
      )}
    </Page>
  );
}

/** Remembers the rows of the same type, which the next and previous keys go through. */
function openedFrom<Node extends { id: string }>(typeOf: (row: Node) => string, row: Node, rows: readonly Node[]) {
  const type = typeOf(row);
  neighbours.set({ type, ids: rows.filter((each) => typeOf(each) === type).map(({ id }) => id) });
}
