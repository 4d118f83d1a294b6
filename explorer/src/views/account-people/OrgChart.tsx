import { useLayoutEffect, useRef, useState } from "react";
import { words } from "../../words/words";
import { SeatBox } from "./SeatBox";
import { forest, layout, type Placed, type Seat } from "./seats";

const say = words("orgChart");
const WIDTH = 154;
const MOST_WIDTH = 320;
const HEIGHT = 40;
const ACROSS = 168;
const DOWN = 70;
const STEP = 44;
const INDENT = 10;
const MOST_ROWS = 14;
const PAD = 14;

export interface SeatsProps {
  seats: readonly Seat[];
  byId: ReadonlyMap<string, Seat>;
  selected: string;
  select: (id: string) => void;
}

interface Props extends SeatsProps {
  root: string;
  account: { id: string };
  without: readonly string[];
  outline: () => void;
}

interface Box {
  x: number;
  y: number;
  width: number;
}

function boxOf({ column, level, row, indent }: Placed, seatWidth: number, left: number): Box {
  const shift = indent * INDENT;
  return { x: left + column * ACROSS + shift, y: PAD + 20 + level * DOWN + row * STEP, width: seatWidth - shift };
}

/** The chart: a tidy tree as wide as the window, and a comb for the levels that do not fit. */
export function OrgChart({ seats, byId, selected, select, root, account, without, outline }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(840);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(entry!.contentRect.width));
    observer.observe(host.current!);
    return () => observer.disconnect();
  }, []);
  const most = Math.max(1, Math.floor((width - WIDTH) / ACROSS + 1));
  const found = layout(forest(seats, [root])[0]!, most, MOST_ROWS);
  const seatWidth = found.columns === 1 ? Math.max(WIDTH, Math.min(MOST_WIDTH, width - 4)) : WIDTH;
  const left = Math.max(2, (width - (found.columns - 1) * ACROSS - seatWidth) / 2);
  const boxes = new Map(found.placed.map((each) => [each.id, boxOf(each, seatWidth, left)]));
  const height = PAD * 2 + 20 + found.across * DOWN + HEIGHT + found.rows * STEP;
  const parents = found.placed.filter(({ id }) => {
    const works = byId.get(id)!.contact!.accounts.nodes;
    return works.length > 0 && !works.some((each) => each.id === account.id);
  });
  return (
    <div className="org" ref={host} role="group" aria-label={say("chart")} style={{ height }}>
      <Hull placed={parents} boxes={boxes} byId={byId} rest={found.placed} />
      <svg className="org-lines" aria-hidden="true" width="100%" height={height}>
        <defs>
          <marker id="sway" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
            <path d="M0 0 8 4 0 8Z" />
          </marker>
        </defs>
        {found.placed.map((each) => (
          <Lines key={each.id} placed={each} seat={byId.get(each.id)!} boxes={boxes} />
        ))}
        {!without.includes("influence") && <Influence seat={byId.get(selected)} boxes={boxes} />}
      </svg>
      {found.placed.map(({ id }) => {
        const { x, y, width: wide } = boxes.get(id)!;
        return (
          <SeatBox
            key={id}
            seat={byId.get(id)!}
            on={id === selected}
            select={select}
            ties={!without.includes("ties")}
            style={{ left: x, top: y, width: wide, height: HEIGHT }}
          />
        );
      })}
      {[...found.more].map(([id, n]) => {
        const box = boxes.get(id)!;
        return (
          <button
            key={id}
            type="button"
            className="chip more"
            style={{ left: box.x + INDENT, top: box.y + (MOST_ROWS + 1) * STEP }}
            onClick={outline}
          >
            {say("more", { n })}
          </button>
        );
      })}
    </div>
  );
}

function Lines({ placed, seat, boxes }: { placed: Placed; seat: Seat; boxes: ReadonlyMap<string, Box> }) {
  const to = boxes.get(placed.id)!;
  const from = seat.managerId === null ? undefined : boxes.get(seat.managerId);
  const middle = to.x + to.width / 2;
  const solid =
    from === undefined
      ? ""
      : placed.row > 0
        ? `M${from.x + 5} ${from.y + HEIGHT}V${to.y + HEIGHT / 2}H${to.x}`
        : `M${from.x + from.width / 2} ${from.y + HEIGHT}V${to.y - 15}H${middle}V${to.y}`;
  return (
    <>
      {solid && <path className="solid" d={solid} />}
      {seat.dottedManagerIds.map((id) => {
        const manager = boxes.get(id);
        if (!manager || placed.row > 0) return null;
        const x = manager.x + manager.width / 5;
        return <path key={id} className="dotted" d={`M${x} ${manager.y + HEIGHT}V${to.y - 8}H${to.x + 34}V${to.y}`} />;
      })}
    </>
  );
}

function Influence({ seat, boxes }: { seat: Seat | undefined; boxes: ReadonlyMap<string, Box> }) {
  const from = seat && boxes.get(seat.id);
  if (!from) return null;
  return seat.contact!.influences.edges.map(({ node }) => {
    const to = boxes.get(node.id);
    if (!to) return null;
    const right = to.x > from.x;
    const [x1, y1] = [right ? from.x + from.width : from.x, from.y + HEIGHT / 2];
    const path =
      Math.abs(to.y - from.y) < 4
        ? `M${from.x + from.width / 2} ${from.y}V${from.y - 22}H${to.x + to.width - 24}V${to.y - 1}`
        : `M${x1} ${y1}H${right ? x1 + 8 : x1 - 8}V${to.y + HEIGHT / 2}H${right ? to.x - 1 : to.x + to.width + 1}`;
    return <path key={node.id} className="sway" d={path} markerEnd="url(#sway)" />;
  });
}

interface HullProps {
  placed: readonly Placed[];
  rest: readonly Placed[];
  boxes: ReadonlyMap<string, Box>;
  byId: ReadonlyMap<string, Seat>;
}

/** The people of another account, if they stand together. */
function Hull({ placed, rest, boxes, byId }: HullProps) {
  const all = placed.map(({ id }) => boxes.get(id)!);
  if (all.length === 0) return null;
  const left = Math.min(...all.map(({ x }) => x)) - PAD;
  const right = Math.max(...all.map(({ x, width }) => x + width)) + PAD;
  const top = Math.min(...all.map(({ y }) => y)) - PAD - 16;
  const bottom = Math.max(...all.map(({ y }) => y)) + HEIGHT + PAD / 2;
  const ids = new Set(placed.map(({ id }) => id));
  const mixed = rest.some(({ id }) => {
    const { x, y } = boxes.get(id)!;
    return !ids.has(id) && y < bottom && y + HEIGHT > top && x < right && x + WIDTH > left;
  });
  const names = new Set(placed.flatMap(({ id }) => byId.get(id)!.contact!.accounts.nodes[0]?.name ?? []));
  if (mixed || names.size !== 1) return null;
  return (
    <div className="hull" style={{ left, top, width: right - left, height: bottom - top }}>
      {[...names][0]}
    </div>
  );
}
