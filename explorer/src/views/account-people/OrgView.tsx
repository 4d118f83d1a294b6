import { ListTree, Network, Table2 } from "lucide-react";
import { useMemo, useState } from "react";
import { useLocation } from "wouter";
import { recordAddress } from "../../app/addresses";
import { useKeys } from "../../app/keys";
import type { ViewProps } from "../../app/registry";
import type { AccountPeopleQuery } from "../../generated/graphql";
import { FAIR, GOOD } from "../../marks/bands";
import { Page } from "../../parts/Page";
import { PersonChooser } from "../../parts/PersonChooser";
import { Empty } from "../../parts/States";
import { Verdict } from "../../parts/Verdict";
import { accountHead } from "../../subjects/account";
import { day } from "../../words/format";
import { words } from "../../words/words";
import { LooseEnds } from "./LooseEnds";
import "./org.css";
import { OrgChart } from "./OrgChart";
import { OrgTable, Outline } from "./OrgLists";
import { OrgPanel } from "./OrgPanel";
import { chainOf, isDraft, managersFor, type Seat, teamsOf } from "./seats";
import { useLines } from "./useLines";
import { FORMS, LAYERS, type OrgLens } from "./view";

const say = words("orgChart");
const ICONS = { chart: Network, outline: ListTree, table: Table2 } as const;
const DECIDES = "DECISION_MAKER";

/** Whether a person decides. */
export function decides({ roles }: Seat): boolean {
  return roles.includes(DECIDES);
}

/** Who decides here, who sways them, and whom do we know? */
export default function OrgView({ data, lens, setLens, again }: ViewProps<AccountPeopleQuery, OrgLens>) {
  const account = data.account!;
  const { orgChart } = account;
  const [, navigate] = useLocation();
  const lines = useLines(orgChart, again);
  const { seats, drafts } = lines;
  const [moving, setMoving] = useState<Seat | null>(null);
  const { byId, teams } = useMemo(
    () => ({ byId: new Map(seats.map((seat) => [seat.id, seat])), teams: teamsOf(seats) }),
    [seats],
  );
  const isHere = ({ contact }: Seat) => contact!.accounts.nodes.some(({ id }) => id === account.id);
  const here = seats.filter(isHere);
  const current = here.filter(({ leftOn }) => leftOn === null);
  const beyond = seats.filter((seat) => seat.leftOn === null && !isHere(seat));
  const main = orgChart.roots.find((id) => byId.get(id)?.leftOn === null) ?? orgChart.roots[0];
  const selected = byId.get(lens.sel) ?? swayer(current, byId)?.seat ?? (main ? byId.get(main) : undefined);
  const select = (sel: string | undefined) => sel !== undefined && setLens({ sel });
  const siblings = (seat: Seat) => seats.filter(({ managerId }) => managerId === seat.managerId);
  const beside = (by: number) => {
    if (!selected) return;
    const all = siblings(selected);
    select(all[all.findIndex(({ id }) => id === selected.id) + by]?.id);
  };
  const judge = (verb: "confirm" | "reject", seat: Seat | undefined) => {
    if (!seat || !isDraft(seat) || lens.at) return;
    lines[verb](seat);
    const at = drafts.findIndex(({ id }) => id === seat.id);
    select((drafts[at + 1] ?? drafts[at - 1])?.id);
  };
  useKeys({
    ArrowUp: () => select(selected?.managerId ?? undefined),
    ArrowDown: () => select(seats.find(({ managerId }) => managerId === selected?.id)?.id),
    ArrowLeft: () => beside(-1),
    ArrowRight: () => beside(1),
    d: () => select(selected?.dottedManagerIds.find((id) => byId.has(id))),
    i: () => toggle("influence"),
    t: () => setLens({ as: FORMS[(FORMS.indexOf(lens.as) + 1) % FORMS.length]! }),
    y: () => judge("confirm", selected),
    n: () => judge("reject", selected),
    m: () => selected && !lens.at && setMoving(selected),
    w: () => selected && navigate(`/way/${selected.id}`),
    o: () => selected && navigate(recordAddress("Contact", selected.id)),
  });
  const toggle = (layer: string) =>
    setLens({
      without: lens.without.includes(layer) ? lens.without.filter((each) => each !== layer) : [...lens.without, layer],
    });
  const top = byId.has(lens.top) ? lens.top : main;
  const from = (id: string) => setLens({ top: id === main ? "" : id, ...(id && { sel: id }) });
  const common = { seats, byId, teams, selected: selected?.id ?? "", select: (id: string) => setLens({ sel: id }) };
  return (
    <Page
      head={accountHead(account)}
      moment={lens.at}
      toNow={() => setLens({ at: "" })}
      verdict={<Sentence place={account.city ?? account.name} seats={current} beyond={beyond} byId={byId} />}
      panel={
        selected && (
          <OrgPanel seat={selected} {...common} judge={lens.at ? null : judge} move={lens.at ? null : setMoving} />
        )
      }
      honesty={{
        says: say("honesty", {
          here: current.length,
          others: seats.filter((seat) => seat.leftOn === null).length - current.length,
          left: seats.filter(({ leftOn }) => leftOn !== null).length,
          day: lens.at ? day(lens.at) : say("now"),
        }),
        hidden: account.orgChart.withheld,
      }}
    >
      {seats.length === 0 ? (
        <Empty>
          <p>{say("empty")}</p>
        </Empty>
      ) : (
        <>
          <Controls lens={lens} setLens={setLens} toggle={toggle} />
          {lens.as === "chart" && top && top !== main && <From top={top} byId={byId} from={from} />}
          {lens.as === "chart" && top && (
            <OrgChart
              {...common}
              top={top}
              from={from}
              account={account}
              without={lens.without}
              outline={() => setLens({ as: "outline" })}
            />
          )}
          {lens.as === "outline" && <Outline {...common} roots={orgChart.roots} />}
          {lens.as === "table" && <OrgTable {...common} />}
          {lens.as === "chart" && !lens.without.includes("left") && (
            <LooseEnds
              {...common}
              drafts={drafts}
              judge={lens.at ? null : judge}
              from={from}
              roots={orgChart.roots.filter((id) => id !== main)}
            />
          )}
        </>
      )}
      {moving && (
        <PersonChooser
          title={say("moveTitle", { name: moving.name })}
          label={say("choose")}
          people={managersFor(moving, seats, byId)}
          none={say("chooseNone")}
          choose={(manager) => lines.move(moving, manager)}
          close={() => setMoving(null)}
        />
      )}
    </Page>
  );
}

interface FromProps {
  top: string;
  byId: ReadonlyMap<string, Seat>;
  from: (id: string) => void;
}

/** The managers above the top of a part of the chart; each draws the chart from there. */
function From({ top, byId, from }: FromProps) {
  const above = chainOf(top, byId).reverse();
  return (
    <nav className="org-above" aria-label={say("above")}>
      {above.map((id) => (
        <button key={id} type="button" className="jump" onClick={() => from(id)}>
          {byId.get(id)!.name}
        </button>
      ))}
      <b>{byId.get(top)!.name}</b>
      <button type="button" className="btn sm" onClick={() => from("")}>
        {say("whole")}
      </button>
    </nav>
  );
}

interface ControlProps {
  lens: OrgLens;
  setLens: (patch: Partial<OrgLens>) => void;
  toggle: (layer: string) => void;
}

function Controls({ lens, setLens, toggle }: ControlProps) {
  return (
    <div className="org-controls">
      <div className="seg" role="group" aria-label={say("form")}>
        {FORMS.map((form) => {
          const Icon = ICONS[form];
          return (
            <button key={form} type="button" aria-pressed={lens.as === form} onClick={() => setLens({ as: form })}>
              <Icon aria-hidden="true" /> {say(form)}
            </button>
          );
        })}
      </div>
      <span className="org-legend">
        <i className="good" /> {say("good")} <i className="fair" /> {say("fair")} <i className="poor" /> {say("poor")}{" "}
        <i className="never" /> {say("never")} <i className="decides" /> {say("decides")}
      </span>
      <span className="chips">
        {LAYERS.map((layer) => (
          <button
            key={layer}
            type="button"
            className="chip"
            aria-pressed={!lens.without.includes(layer)}
            onClick={() => toggle(layer)}
          >
            {say(layer)}
          </button>
        ))}
      </span>
    </div>
  );
}

/** The person who sways the most of those who decide, and to whom we have no good tie. */
function swayer(seats: readonly Seat[], byId: ReadonlyMap<string, Seat>): { seat: Seat; n: number } | undefined {
  return seats
    .filter(({ strength }) => (strength ?? 0) < GOOD)
    .map((seat) => ({
      seat,
      n: seat.contact!.influences.edges.filter(({ node }) => {
        const swayed = byId.get(node.id);
        return swayed !== undefined && decides(swayed);
      }).length,
    }))
    .filter(({ n }) => n > 0)
    .sort((one, other) => other.n - one.n)[0];
}

interface SentenceProps {
  place: string;
  /** The people of the account. */
  seats: readonly Seat[];
  /** The people of other accounts on the chart. */
  beyond: readonly Seat[];
  byId: ReadonlyMap<string, Seat>;
}

const isKnown = ({ strength }: Seat) => (strength ?? 0) >= FAIR;

function Sentence({ place, seats, beyond, byId }: SentenceProps) {
  const known = seats.filter(isKnown);
  const via = [...new Set(known.map(({ bestKnownBy }) => bestKnownBy?.user.name))];
  const best = swayer(seats, byId);
  const others = beyond.filter(isKnown).length;
  const rest = beyond.length;
  const slots = { known: known.length, people: seats.length, place, via: via[0] ?? "", others, rest };
  const key =
    rest > 0
      ? "verdictBeyond"
      : known.length === 0
        ? "verdictNone"
        : via.length === 1 && known.length > 1
          ? "verdictThread"
          : "verdict";
  return (
    <Verdict>
      {say(key, slots)}{" "}
      {best && (
        <span className="soft">
          {say(best.seat.lastSpokeAt === null ? "sways" : "swaysWeak", {
            name: best.seat.name,
            n: best.n,
            tie: Math.round(best.seat.strength ?? 0),
          })}
        </span>
      )}
    </Verdict>
  );
}
