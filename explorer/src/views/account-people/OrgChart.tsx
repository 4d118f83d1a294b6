import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { words } from "../../words/words";
import { layout } from "./layout";
import { HEIGHT, type Place, type Way } from "./parts";
import { SeatBox } from "./SeatBox";
import { chainOf, isDraft, LIMITS, type Seat, visible } from "./seats";
import { dotted, sway } from "./ways";

const say = words("orgChart");

export interface SeatsProps {
  seats: readonly Seat[];
  byId: ReadonlyMap<string, Seat>;
  teams: ReadonlyMap<string, readonly string[]>;
  selected: string;
  select: (id: string) => void;
}

interface Props extends SeatsProps {
  /** The person at the top of the chart. */
  top: string;
  account: { id: string };
  without: readonly string[];
  /** Draws the chart from a person down. */
  from: (id: string) => void;
  outline: () => void;
}

/** The name of the company of a person: this account if the person works here. */
function companyOf({ contact }: Seat, account: { id: string }): string | null {
  const { nodes } = contact!.accounts;
  return nodes.some(({ id }) => id === account.id) ? account.id : (nodes[0]?.name ?? null);
}

/** From whom down a chart is drawn, so that the selection is in it. */
function topOf(top: string, selected: string, byId: ReadonlyMap<string, Seat>): { top: string; kept: Set<string> } {
  const chain = [selected, ...chainOf(selected, byId)];
  const depth = chain.indexOf(top);
  if (depth < LIMITS.levels) return { top, kept: new Set(depth < 0 ? [] : chain.slice(0, depth)) };
  const above = Math.floor(LIMITS.levels / 2);
  return { top: chain[above]!, kept: new Set(chain.slice(0, above)) };
}

/** The chart: the upper levels across, deeper ones stacked, each company in its box. */
export function OrgChart({ byId, teams, selected, select, top, account, without, from, outline }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(840);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry!.contentRect.width)));
    observer.observe(host.current!);
    return () => observer.disconnect();
  }, []);
  const drawn = topOf(top, selected, byId);
  const found = useMemo(() => {
    const tree = visible(drawn.top, teams, drawn.kept);
    return layout(tree, width, (id) => companyOf(byId.get(id)!, account), account.id);
    // The people who are kept follow from the selection.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [drawn.top, teams, selected, width, byId, account]);
  const places = new Map(found.seats.map((each) => [each.id, each]));
  return (
    <div className="org" ref={host} role="group" aria-label={say("chart")} style={{ height: found.height }}>
      {found.frames.map(({ company, x, y, width: wide, height }) => (
        <div key={`${x} ${y}`} className="org-company" style={{ left: x, top: y, width: wide, height }}>
          <span className="cut">{company}</span>
        </div>
      ))}
      <Lines
        ways={found.ways}
        byId={byId}
        places={places}
        selected={selected}
        without={without}
        height={found.height}
      />
      {found.seats.map(({ id, x, y, width: wide }) => (
        <SeatBox
          key={id}
          seat={byId.get(id)!}
          on={id === selected}
          select={select}
          ties={!without.includes("ties")}
          style={{ left: x, top: y, width: wide, height: HEIGHT }}
        />
      ))}
      {found.ways.map(({ to, from: manager, mark }) =>
        isDraft(byId.get(to)!) ? (
          <button
            key={to}
            type="button"
            className="draft-mark"
            aria-label={say("draftMark", { name: byId.get(to)!.name, manager: byId.get(manager)!.name })}
            style={{ left: mark.x, top: mark.y }}
            onClick={() => select(to)}
          >
            ?
          </button>
        ) : (
          byId.get(to)!.confidence === "ASSUMED" && (
            <i key={to} className="assumed-mark" aria-hidden="true" style={{ left: mark.x, top: mark.y }} />
          )
        ),
      )}
      {found.folds.map(({ id, n, x, y }) => (
        <button
          key={id}
          type="button"
          className="chip more"
          aria-label={say("moreBelow", { n, name: byId.get(id)!.name })}
          style={{ left: x, top: y }}
          onClick={() => (id === drawn.top ? outline() : from(id))}
        >
          {say("folded", { n })}
        </button>
      ))}
    </div>
  );
}

interface LinesProps {
  ways: readonly Way[];
  byId: ReadonlyMap<string, Seat>;
  places: ReadonlyMap<string, Place>;
  selected: string;
  without: readonly string[];
  height: number;
}

/** Lines of managers, dotted ones, and whom the selected person sways. */
function Lines({ ways, byId, places, selected, without, height }: LinesProps) {
  const near = (way: Way) => way.from === selected || way.to === selected;
  const all = [...places.values()];
  const sorted = [...ways.filter((way) => !near(way)), ...ways.filter(near)];
  return (
    <svg className="org-lines" aria-hidden="true" width="100%" height={height}>
      <defs>
        <marker id="sway" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
          <path d="M0 0 8 4 0 8Z" />
        </marker>
      </defs>
      {sorted.map((way) => (
        <path key={way.to} className={near(way) ? "solid on" : "solid"} d={way.path} />
      ))}
      {all.flatMap((to) =>
        byId.get(to.id)!.dottedManagerIds.map((id) => {
          const from = places.get(id);
          const on = id === selected || to.id === selected;
          return (
            from && <path key={`${id} ${to.id}`} className={on ? "dotted on" : "dotted"} d={dotted(from, to, all)} />
          );
        }),
      )}
      {!without.includes("influence") && <Influence seat={byId.get(selected)} places={places} />}
    </svg>
  );
}

function Influence({ seat, places }: { seat: Seat | undefined; places: ReadonlyMap<string, Place> }) {
  const from = seat && places.get(seat.id);
  if (!from) return null;
  return seat.contact!.influences.edges.map(({ node }) => {
    const to = places.get(node.id);
    if (!to) return null;
    return <path key={node.id} className="sway" d={sway(from, to)} markerEnd="url(#sway)" />;
  });
}
