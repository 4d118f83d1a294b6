import { useEffect, useRef } from "react";
import { useKeys } from "../../app/keys";
import { Expected, RecordMark } from "../../marks/marks";
import { useRowWindow } from "../../parts/useRowWindow";
import { accountMark } from "../../subjects/account";
import { NONE, moneyOrNone, shortName } from "../../words/format";
import { words } from "../../words/words";
import { bestOf, type Cell, cellKey, type Matrix, placeOf, type Row, thousands, tone, type Tones } from "./matrix";
import { parts } from "./sentences";
import type { WhiteSpaceLens } from "./view";

const say = words("whiteSpace");
const ROW_HEIGHT = 29;
const PHONE_ROW = 44;
const PHONE = "(max-width: 479px)";
const INDENT = 11;
const DEEPEST = 8;
/** Up to this number of columns the matrix fits the width of a page. */
const FITS = 9;

export interface GridProps {
  name: string;
  matrix: Matrix;
  rows: readonly Row[];
  lens: WhiteSpaceLens;
  tones: Tones;
  selected: string;
  justNow: string;
  select: (key: string) => void;
}

/** Accounts by what they can buy: bought is teal, open is hatched, and expected is gold with a plus. */
export function MatrixGrid({ name, matrix, rows, lens, tones, selected, justNow, select }: GridProps) {
  const grid = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const focusNext = useRef(false);
  const height = matchMedia(PHONE).matches ? PHONE_ROW : ROW_HEIGHT;
  const { items, margin, height: whole, scrollTo } = useRowWindow(grid, body, rows.length, height);
  const count = matrix.columns.length;

  const [account, column] = selected.split(".");
  const rowAt = rows.findIndex((row) => row.account.id === account);
  const columnAt = matrix.columns.findIndex((each) => each.column === column);
  const go = (down: number, right: number) => {
    const row = rows[Math.min(rows.length - 1, Math.max(0, rowAt + down))];
    if (!row) return;
    const place = columnAt < 0 ? bestOf(row) : Math.min(count - 1, Math.max(0, columnAt + right));
    focusNext.current = true;
    select(cellKey(row, row.cells[place]!));
    scrollTo(rows.indexOf(row));
  };
  useEffect(() => {
    if (!focusNext.current) return;
    focusNext.current = false;
    const cell = grid.current?.querySelector<HTMLElement>("[role=gridcell][aria-selected=true]");
    cell?.focus({ preventScroll: true });
    cell?.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
  useKeys({
    ArrowDown: () => go(1, 0),
    ArrowUp: () => go(-1, 0),
    ArrowRight: () => go(0, 1),
    ArrowLeft: () => go(0, -1),
    Home: () => go(0, -count),
    End: () => go(0, count),
  });
  const style = { gridTemplateColumns: `var(--name) repeat(${count}, minmax(64px, 1fr)) 70px 74px` };
  const first = rowAt < 0 ? rows[0] && cellKey(rows[0], rows[0].cells[0]!) : selected;
  return (
    <div className={count > FITS ? "white wide" : "white"}>
      <div
        ref={grid}
        className="white-grid"
        role="grid"
        aria-label={say("grid", { by: lens.by })}
        aria-rowcount={rows.length + 2}
        aria-colcount={count + 3}
      >
        <div role="rowgroup" className="white-head">
          <div role="row" aria-rowindex={1} className="white-row" style={style}>
            <span role="columnheader" className="name">
              {say("account")}
              <span className="unit dimmer">{say("unit", { currency: matrix.bought.currency })}</span>
            </span>
            {matrix.columns.map((each) => (
              <span key={each.column} role="columnheader" title={each.name}>
                <span className="of">{each.name}</span>
                <span className="dimmer">{say("owners", { n: each.owners, all: matrix.accounts })}</span>
              </span>
            ))}
            <span role="columnheader" className="n">
              {say("bought")}
            </span>
            <span role="columnheader" className="n">
              {say("expected")}
            </span>
          </div>
        </div>
        <div role="rowgroup" ref={body} className="white-body" style={{ height: whole }}>
          {items.map(({ index, start }) => {
            const row = rows[index]!;
            const indent = Math.min(DEEPEST, row.depth) * INDENT;
            return (
              <div
                key={row.account.id}
                role="row"
                aria-rowindex={index + 2}
                className="white-row"
                style={{ ...style, height, transform: `translateY(${start - margin}px)` }}
              >
                <span role="rowheader" className="name" style={{ paddingLeft: indent }} title={row.account.name}>
                  <RecordMark
                    kind={accountMark({ ...row.account, parent: row.depth > 0 || null, accounts: matrix.accounts })}
                  />
                  <span className="cut">{shortName(row.account.name, name)}</span>
                </span>
                {row.cells.map((cell, at) => {
                  const { key, column: of } = placeOf(matrix, row, at);
                  return (
                    <CellBox
                      key={key}
                      cell={cell}
                      tones={tones}
                      label={say("cellLabel", { account: row.account.name, column: of.name, parts: parts(cell) })}
                      selected={key === selected}
                      tabIndex={key === first ? 0 : -1}
                      fresh={key === justNow}
                      press={() => select(key)}
                    />
                  );
                })}
                <span role="gridcell" className="n">
                  {moneyOrNone(row.bought)}
                </span>
                <span role="gridcell" className="n">
                  {row.expected.amount > 0 ? <Expected>{moneyOrNone(row.expected)}</Expected> : NONE}
                </span>
              </div>
            );
          })}
        </div>
        <Totals matrix={matrix} style={style} rows={rows.length} />
      </div>
    </div>
  );
}

interface BoxProps {
  cell: Cell;
  tones: Tones;
  label: string;
  selected: boolean;
  fresh: boolean;
  tabIndex: 0 | -1;
  press: () => void;
}

function look(cell: Cell, tones: Tones): string {
  if (cell.state === "BOUGHT") return `own l${tone(cell.bought.amount, tones)}${cell.open.amount > 0 ? " op" : ""}`;
  if (cell.state === "OPEN") return "opn";
  return cell.state === "WHITE" ? "w" : "gone";
}

function figure(cell: Cell): string {
  switch (cell.state) {
    case "BOUGHT":
      return thousands(cell.bought.amount);
    case "OPEN":
      return thousands(cell.open.amount);
    case "LOST":
      return `× ${thousands(cell.lost.amount)}`;
    case "CANCELED":
      return `⊘ ${thousands(cell.canceled.amount)}`;
    case "DISMISSED":
      return say("stateDISMISSED");
    default:
      return "";
  }
}

function CellBox({ cell, tones, label, selected, fresh, tabIndex, press }: BoxProps) {
  return (
    <span
      role="gridcell"
      className={`cell ${look(cell, tones)}${fresh ? " fresh" : ""}`}
      aria-selected={selected}
      tabIndex={tabIndex}
      onClick={press}
    >
      <span className="vh">{label}</span>
      <span className="shown" aria-hidden="true">
        <span className="cut">{figure(cell)}</span>
        {cell.expected.amount > 0 && <Expected>{thousands(cell.expected.amount)}</Expected>}
      </span>
      {cell.state === "BOUGHT" && cell.open.amount > 0 && <i />}
    </span>
  );
}

function Totals({ matrix, rows, style }: { matrix: Matrix; rows: number; style: { gridTemplateColumns: string } }) {
  return (
    <div role="rowgroup" className="white-foot">
      <div role="row" aria-rowindex={rows + 2} className="white-row" style={style}>
        <span role="rowheader" className="name">
          {say("together", { n: matrix.accounts })}
        </span>
        {matrix.columns.map(({ column, bought, expected }) => (
          <span key={column} role="gridcell" className="sum">
            <span>{bought.amount > 0 ? thousands(bought.amount) : ""}</span>
            {expected.amount > 0 && <Expected>{thousands(expected.amount)}</Expected>}
          </span>
        ))}
        <span role="gridcell" className="n">
          {moneyOrNone(matrix.bought)}
        </span>
        <span role="gridcell" className="n">
          {matrix.expected.amount > 0 ? <Expected>{moneyOrNone(matrix.expected)}</Expected> : NONE}
        </span>
      </div>
    </div>
  );
}
