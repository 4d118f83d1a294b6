import { useEffect, useRef, useState } from "react";
import { ChevronDown, ChevronRight } from "lucide-react";
import { useKeys } from "../../app/keys";
import { Bars, RecordMark, type Span } from "../../marks/marks";
import { useRowWindow } from "../../parts/useRowWindow";
import { day, money, moneyOrNone, NONE } from "../../words/format";
import { words } from "../../words/words";
import { accountMark } from "../../subjects/account";
import { fitted } from "./folding";
import type { GroupData } from "./Group";
import { PAGE, type Row, type Rows } from "./pages";
import { type GroupLens, otherOf } from "./view";

const say = words("group");
const ROW_HEIGHT = 25;
const PHONE = "(max-width: 479px)";
const PHONE_ROW = 60;
const INDENT = 12;
const PHONE_INDENT = 8;
const DEEPEST = 12;

interface Props {
  account: GroupData;
  rows: Rows;
  total: number;
  lens: GroupLens;
  fit: Row | undefined;
  moved: string;
  stale: boolean;
  selected: string;
  select: (id: string) => void;
  isOpen: (row: Row) => boolean;
  toggle: (row: Row, unfold: boolean) => void;
  open: (row: Row) => void;
  drop: (row: Row, parent: Row) => void;
}

/** The tree of a group as a table: each bar begins where its elder sibling ends, and lies inside that of its parent. */
export function TreeGrid(props: Props) {
  const { account, rows, total, lens, selected, select, isOpen, toggle } = props;
  const grid = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const [dragged, setDragged] = useState<Row | null>(null);
  const focusNext = useRef(false);
  const phone = matchMedia(PHONE).matches;
  const height = phone ? PHONE_ROW : ROW_HEIGHT;
  const { items, margin, height: whole, first, last, scrollTo } = useRowWindow(grid, body, total, height);
  const [from, to] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  // The rows above and below are read before they come near the window, so that scrolling meets no unread row.
  useEffect(() => rows.ensure(from - PAGE, Math.min(total - 1, to + PAGE)));
  // The row that a key went to, while its page is read.
  const goal = useRef<number | null>(null);

  const find = (id: string | null): number => {
    for (let index = from; index <= to; index++) if (rows.at(index)?.account.id === id) return index;
    for (let index = 0; index < total; index++) if (rows.at(index)?.account.id === id) return index;
    return -1;
  };
  const go = (to: number) => {
    const index = Math.min(total - 1, Math.max(0, to));
    const row = rows.at(index);
    goal.current = row ? null : index;
    scrollTo(index);
    if (!row) return rows.ensure(index, index);
    focusNext.current = true;
    select(row.account.id);
  };
  useEffect(() => {
    if (!focusNext.current) return;
    focusNext.current = false;
    grid.current?.querySelector<HTMLElement>("[role=row][aria-selected=true]")?.focus({ preventScroll: true });
  });
  useEffect(() => {
    if (goal.current !== null && rows.at(goal.current)) go(goal.current);
  });
  const at = () => goal.current ?? Math.max(0, find(selected));
  const left = () => {
    const row = rows.at(at());
    if (!row) return;
    if (row.childCount > 0 && isOpen(row)) toggle(row, false);
    else go(find(row.parentId));
  };
  const right = () => {
    const row = rows.at(at());
    if (!row || row.childCount === 0) return;
    if (isOpen(row)) go(at() + 1);
    else toggle(row, true);
  };
  useKeys({
    j: () => go(at() + 1),
    k: () => go(at() - 1),
    ArrowDown: () => go(at() + 1),
    ArrowUp: () => go(at() - 1),
    ArrowLeft: left,
    ArrowRight: right,
    Home: () => go(0),
    End: () => go(total - 1),
    PageDown: () => go(at() + Math.max(1, last - first)),
    PageUp: () => go(at() - Math.max(1, last - first)),
  });
  const comparing = lens.cmp;
  const differing = new Map(account.compareHierarchies.rows.map((row) => [row.account.id, row]));
  const below = (row: Row, parent: Row) => {
    for (let id: string | null = parent.account.id; id !== null; id = rows.at(find(id))?.parentId ?? null)
      if (id === row.account.id) return true;
    return false;
  };

  return (
    <div
      ref={grid}
      className={`tree${comparing ? " comparing" : ""}${lens.as === "figures" ? " figures" : ""}`}
      role="treegrid"
      aria-label={say("tree", { hierarchy: say(lens.h) })}
      aria-rowcount={total + 1}
      aria-busy={props.stale}
    >
      <TreeHead lens={lens} />
      <div role="rowgroup" ref={body} className="tree-body" style={{ height: whole }}>
        {items.map(({ index, start }) => {
          const row = rows.at(index);
          const style = { height, transform: `translateY(${start - margin}px)` };
          if (!row)
            return (
              <div key={index} role="row" aria-rowindex={index + 2} className="tree-row unread" style={style}>
                <span role="gridcell">{say("reading")}</span>
              </div>
            );
          return (
            <TreeRow
              key={row.account.id}
              {...props}
              row={row}
              index={index}
              style={style}
              indent={Math.min(DEEPEST, row.depth) * (phone ? PHONE_INDENT : INDENT)}
              difference={differing.get(row.account.id)}
              dragged={dragged}
              setDragged={setDragged}
              allows={dragged !== null && !below(dragged, row) && dragged.parentId !== row.account.id}
            />
          );
        })}
      </div>
    </div>
  );
}

function TreeHead({ lens }: { lens: GroupLens }) {
  return (
    <div role="rowgroup" className="tree-head">
      <div role="row" aria-rowindex={1} className="tree-row">
        <span role="columnheader">{say("account")}</span>
        {lens.as === "bars" ? (
          <span role="columnheader" className="legend">
            <span>
              <i className="own" /> {say("own")}
            </span>
            <span>
              <i className="below" /> {say("below")}
            </span>
          </span>
        ) : (
          <>
            <span role="columnheader" className="n">
              {say("ownWon")}
            </span>
            <span role="columnheader" className="n">
              {say("belowWon")}
            </span>
          </>
        )}
        <span role="columnheader" className="n">
          {say("won")}
        </span>
        {lens.cmp ? (
          <>
            <span role="columnheader">{say("parentIn", { hierarchy: say(lens.h) })}</span>
            <span role="columnheader">{say("parentIn", { hierarchy: say(otherOf(lens.h)) })}</span>
          </>
        ) : (
          <>
            <span role="columnheader" className="n">
              {say("open")}
            </span>
            <span role="columnheader" className="n">
              {say("peopleKnown")}
            </span>
            <span role="columnheader" className="n">
              {say("lastSpoke")}
            </span>
          </>
        )}
      </div>
    </div>
  );
}

interface RowProps extends Props {
  row: Row;
  index: number;
  style: { height: number; transform: string };
  indent: number;
  difference: GroupData["compareHierarchies"]["rows"][number] | undefined;
  dragged: Row | null;
  setDragged: (row: Row | null) => void;
  allows: boolean;
}

function TreeRow(props: RowProps) {
  const { row, index, style, lens, selected, select, isOpen, toggle, open, drop, dragged, setDragged, allows } = props;
  const { account, childCount, sum, own } = row;
  const unfolded = childCount > 0 ? isOpen(row) : undefined;
  const on = account.id === selected;
  const [over, setOver] = useState(false);
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-level={row.depth + 1}
      aria-posinset={row.position}
      aria-setsize={row.siblingCount}
      aria-expanded={unfolded}
      aria-selected={on}
      tabIndex={on ? 0 : -1}
      className={`tree-row${childCount > 0 ? " branch" : ""}${over ? (allows ? " drop" : " no-drop") : ""}`}
      style={style}
      draggable={row.depth > 0}
      onClick={() => select(account.id)}
      onDoubleClick={() => open(row)}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || event.target !== event.currentTarget) return;
        event.preventDefault();
        open(row);
      }}
      onDragStart={(event) => {
        event.dataTransfer.effectAllowed = "move";
        event.dataTransfer.setData("text/plain", account.name);
        setDragged(row);
      }}
      onDragEnd={() => setDragged(null)}
      onDragOver={(event) => {
        if (!dragged) return;
        setOver(true);
        if (allows) event.preventDefault();
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (dragged && allows) drop(dragged, row);
        setDragged(null);
      }}
    >
      <span role="gridcell" className="name" style={{ paddingLeft: props.indent }}>
        <Twisty unfolded={unfolded} name={account.name} toggle={() => toggle(row, !unfolded)} />
        <RecordMark kind={accountMark({ ...account, parent: row.parentId, accounts: row.accounts })} />
        <span className="cut">{account.name}</span>
        {row.accounts > 1 && <span className="n-below">{row.accounts}</span>}
        {lens.cmp && props.difference !== undefined && (
          <span className="differs" role="img" aria-label={say("differs")} title={say("differs")} />
        )}
        {props.moved === account.id && <span className="tag you">{say("justNow")}</span>}
      </span>
      {lens.as === "bars" ? (
        <span role="gridcell" className="tile">
          <TileBar row={row} top={props.fit ?? props.account.tree.rows[0]!} />
        </span>
      ) : (
        <>
          <span role="gridcell" className="n ownwon">
            {moneyOrNone(own.won)}
          </span>
          <span role="gridcell" className="n belowwon">
            {moneyOrNone({ ...sum.won, amount: sum.won.amount - own.won.amount })}
          </span>
        </>
      )}
      <span role="gridcell" className="n won">
        {moneyOrNone(sum.won)}
      </span>
      {lens.cmp ? <Parents {...props} /> : <Reach row={row} />}
    </div>
  );
}

function Twisty({ unfolded, name, toggle }: { unfolded: boolean | undefined; name: string; toggle: () => void }) {
  if (unfolded === undefined) return <span className="twisty" />;
  const Icon = unfolded ? ChevronDown : ChevronRight;
  return (
    <button
      type="button"
      className="twisty"
      tabIndex={-1}
      aria-label={say(unfolded ? "fold" : "unfold", { name })}
      onClick={(event) => {
        event.stopPropagation();
        toggle();
      }}
    >
      <Icon aria-hidden="true" />
    </button>
  );
}

function Reach({ row }: { row: Row }) {
  const { known, contacts, lastSpokeAt } = row.account.reach;
  return (
    <>
      <span role="gridcell" className="n open">
        {moneyOrNone(row.sum.openPipeline)}
      </span>
      <span role="gridcell" className="n people">
        {contacts > 0
          ? say.rich("knownOf", {
              known: (
                <b key="known" className={known ? "known" : "none"}>
                  {known}
                </b>
              ),
              people: contacts,
            })
          : NONE}
      </span>
      <span role="gridcell" className={lastSpokeAt ? "n last" : "n last dimmer"}>
        {lastSpokeAt ? day(lastSpokeAt) : say("never")}
      </span>
    </>
  );
}

function Parents({ difference, row, rows }: RowProps) {
  const parent = rows.loaded.find(({ account }) => account.id === row.parentId)?.account.name;
  const same = difference === undefined;
  return (
    <>
      <span role="gridcell" className="cut parent">
        {(same ? parent : difference.parentA?.name) ?? (
          <span className="dimmer">{say(row.depth ? "noLine" : "top")}</span>
        )}
      </span>
      <span role="gridcell" className={same ? "cut parent dimmer" : "cut parent"}>
        {same
          ? say(row.depth ? "same" : "top")
          : (difference.parentB?.name ?? <span className="dimmer">{say("noLine")}</span>)}
      </span>
    </>
  );
}

function TileBar({ row, top }: { row: Row; top: Row }) {
  const scale = { start: top.offset.won.amount, length: top.sum.won.amount };
  const { own, sum, offset } = row;
  const starts = offset.won.amount;
  const spans: Span[] = [
    { ...fitted({ start: starts, length: own.won.amount }, scale), look: "won" },
    { ...fitted({ start: starts + own.won.amount, length: sum.won.amount - own.won.amount }, scale), look: "below" },
  ];
  const label = say("barLabel", {
    own: money(own.won),
    below: money({ ...sum.won, amount: sum.won.amount - own.won.amount }),
  });
  if (sum.won.amount > 0) return <Bars bare wide spans={spans} label={label} />;
  const at = scale.length > 0 ? Math.min(1, Math.max(0, (starts - scale.start) / scale.length)) : 0;
  return (
    <span className="lane wide bare" role="img" aria-label={label}>
      <i className="tick" style={{ left: `${at * 100}%` }} />
    </span>
  );
}
