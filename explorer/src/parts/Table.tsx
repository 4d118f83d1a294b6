import { useEffect, useRef, type ReactNode } from "react";
import { ArrowDown, ArrowUp } from "lucide-react";
import { Link, useLocation } from "wouter";
import { useKeys } from "../app/keys";
import { useRowWindow } from "./useRowWindow";

export interface Column<Row> {
  key: string;
  label: string;
  /** The label is the heading of the table. */
  heading?: boolean;
  /** Figures stand at the end of their column. */
  end?: boolean;
  /** The width of the column; the others share the rest. */
  width?: string;
  /** Whether the column sorts, and in which direction first. */
  sort?: "ASC" | "DESC";
  /** Its place in the two lines of a row on a phone; a column without a place is left out there. */
  phone?: "main" | "figure" | "under" | "end";
  cell: (row: Row) => ReactNode;
}

interface Props<Row> {
  /** The name of the table for screen readers. */
  label: string;
  rows: readonly Row[];
  /** The number of all rows, also of those that are not loaded. */
  total: number;
  columns: readonly Column<Row>[];
  rowKey: (row: Row) => string;
  /** The address that a row opens. */
  href?: (row: Row) => string;
  /** Called before a row opens. */
  onOpen?: (row: Row) => void;
  /** The sorted column and direction, such as `name ASC`. */
  sort?: string;
  setSort?: (sort: string) => void;
  selected?: string;
  select?: (key: string) => void;
  /** Called when rows near the end of the loaded ones are on the screen. */
  loadMore?: (() => void) | undefined;
  foot?: ReactNode;
  /** Whether the table appears with its selected row on the screen. */
  follow?: boolean;
  rowHeight?: number;
}

const NEAR_THE_END = 50;
const PHONE = "(max-width: 479px)";
const PHONE_ROW = 68;

/** A table of any length: rows have one height, and only those near the window are in the document. */
export function Table<Row>(props: Props<Row>) {
  const { label, rows, total, columns, rowKey, href, onOpen, sort, setSort, selected, select, loadMore, foot } = props;
  const table = useRef<HTMLTableElement>(null);
  const height = matchMedia(PHONE).matches ? PHONE_ROW : (props.rowHeight ?? 32);
  const [, navigate] = useLocation();

  const { items, margin, height: whole, last: lastIndex, scrollTo } = useRowWindow(table, table, rows.length, height);
  const above = items.length > 0 ? items[0]!.start - margin : 0;
  const below = items.length > 0 ? whole - (items.at(-1)!.end - margin) : 0;

  useEffect(() => {
    if (loadMore && rows.length < total && lastIndex > rows.length - NEAR_THE_END) loadMore();
  }, [lastIndex, rows.length, total, loadMore]);

  const at = rows.findIndex((row) => rowKey(row) === selected);
  useEffect(() => {
    if (!props.follow || at < 0) return undefined;
    // The element that scrolls is known after the first frame.
    const frame = requestAnimationFrame(() => scrollTo(at));
    return () => cancelAnimationFrame(frame);
    // It follows once; afterwards the keys do.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  const open = (row: Row) => {
    onOpen?.(row);
    if (href) navigate(href(row));
  };
  const move = (step: number) => {
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + step))];
    if (!next || !select) return;
    select(rowKey(next));
    scrollTo(rows.indexOf(next));
    // A button that has the focus, such as a head that sorts, would take the Enter that opens the row.
    table.current?.focus({ preventScroll: true });
  };
  useKeys(
    select
      ? {
          j: () => move(1),
          k: () => move(-1),
          ArrowDown: () => move(1),
          ArrowUp: () => move(-1),
          ...(at >= 0 ? { Enter: () => open(rows[at]!) } : {}),
        }
      : {},
  );

  return (
    <table ref={table} className="table" role="table" aria-label={label} aria-rowcount={total + 1} tabIndex={-1}>
      <colgroup>
        {columns.map((column) => (
          <col key={column.key} style={column.width ? { width: column.width } : undefined} />
        ))}
      </colgroup>
      <thead role="rowgroup">
        <tr role="row" aria-rowindex={1}>
          {columns.map((column) => (
            <HeadCell key={column.key} column={column} sort={sort} setSort={setSort} />
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {above > 0 && <Spacer height={above} columns={columns.length} />}
        {items.map(({ index }) => {
          const row = rows[index]!;
          const key = rowKey(row);
          return (
            <tr
              key={key}
              role="row"
              aria-rowindex={index + 2}
              aria-current={key === selected ? "true" : undefined}
              style={{ height }}
              onClick={(event) => {
                if (select && !(event.target as Element).closest("a, button")) select(key);
              }}
              onDoubleClick={() => open(row)}
            >
              {columns.map((column, place) => (
                <td
                  key={column.key}
                  role="cell"
                  className={column.end ? "n" : undefined}
                  data-phone={column.phone ?? "none"}
                >
                  {place === 0 && href ? (
                    <Link href={href(row)} className="row-link" onClick={() => onOpen?.(row)}>
                      {column.cell(row)}
                    </Link>
                  ) : (
                    column.cell(row)
                  )}
                </td>
              ))}
            </tr>
          );
        })}
        {below > 0 && <Spacer height={below} columns={columns.length} />}
      </tbody>
      {foot && <tfoot role="rowgroup">{foot}</tfoot>}
    </table>
  );
}

interface FootProps<Row> {
  columns: readonly Column<Row>[];
  figures: Readonly<Record<string, string>>;
}

/** The row of sums under a table, each under its column. */
export function FootRow<Row>({ columns, figures }: FootProps<Row>) {
  return (
    <tr role="row" className="tot">
      {columns.map(({ key, end, phone = "none" }) => (
        <td key={key} role="cell" className={end ? "n" : undefined} data-phone={figures[key] ? phone : "none"}>
          {figures[key]}
        </td>
      ))}
    </tr>
  );
}

function Spacer({ height, columns }: { height: number; columns: number }) {
  return (
    <tr aria-hidden="true" className="spacer">
      <td colSpan={columns} style={{ height }} />
    </tr>
  );
}

interface HeadProps<Row> {
  column: Column<Row>;
  sort: string | undefined;
  setSort: ((sort: string) => void) | undefined;
}

function HeadCell<Row>({ column, sort, setSort }: HeadProps<Row>) {
  const [key, direction] = (sort ?? "").split(" ");
  const on = key === column.key;
  const className = column.end ? "n" : column.heading ? "heading" : undefined;
  if (!column.sort || !setSort)
    return (
      <th role="columnheader" scope="col" className={className} data-phone={column.phone ?? "none"}>
        {column.label}
      </th>
    );
  const next = on ? (direction === "ASC" ? "DESC" : "ASC") : column.sort;
  const Arrow = direction === "ASC" ? ArrowUp : ArrowDown;
  return (
    <th
      role="columnheader"
      scope="col"
      className={className}
      data-phone={column.phone ?? "none"}
      aria-sort={on ? (direction === "ASC" ? "ascending" : "descending") : "none"}
    >
      <button type="button" className={on ? "sort on" : "sort"} onClick={() => setSort(`${column.key} ${next}`)}>
        {column.label}
        {on && <Arrow aria-hidden="true" />}
      </button>
    </th>
  );
}
