import { useState } from "react";
import { LayoutGrid, Table2, UserPlus } from "lucide-react";
import { useLocation } from "wouter";
import { recordAddress } from "../../app/addresses";
import { useKeys } from "../../app/keys";
import type { ViewProps } from "../../app/registry";
import type { DealRoomQuery } from "../../generated/graphql";
import { RecordMark } from "../../marks/marks";
import { Conclusion, Evidence, firstFigure } from "../../parts/Conclusion";
import { Insights } from "../../parts/Insights";
import { Page } from "../../parts/Page";
import { PersonChooser } from "../../parts/PersonChooser";
import { Figure } from "../../parts/Receipt";
import { Empty } from "../../parts/States";
import { Verdict } from "../../parts/Verdict";
import { DealActions, dealSubject } from "../../subjects/deal";
import { day, humanized, money, percent } from "../../words/format";
import { words } from "../../words/words";
import "./deal-room.css";
import { RoomGrid } from "./RoomGrid";
import { RoomPanel } from "./RoomPanel";
import { SeatTable } from "./SeatTable";
import { type Ghost, ghostsOf, type Room, ROWS } from "./seats";
import { useMoves } from "./useMoves";
import type { DealRoomLens } from "./view";

const say = words("dealRoom");

/** Who decides on this deal, for or against us, and who is missing? */
export default function DealRoom({ data, lens, setLens, again, stale }: ViewProps<DealRoomQuery, DealRoomLens>) {
  const room = data.buyingCommittee!;
  const deal = room.opportunity;
  const { seats, justNow, move, seatPerson } = useMoves(room, again);
  const [choosing, setChoosing] = useState<string | null>(null);
  const [, navigate] = useLocation();
  const selected = seats.find(({ contact }) => contact.id === lens.sel) ?? seats[0];
  const select = (sel: string) => setLens({ sel });
  const step = (by: number) => {
    const at = seats.findIndex(({ contact }) => contact.id === selected?.contact.id);
    const next = seats[Math.min(seats.length - 1, Math.max(0, at + by))];
    if (next) select(next.contact.id);
  };
  const by = (right: number, down: number) => {
    if (!selected) return;
    if (lens.sel !== selected.contact.id) select(selected.contact.id);
    move(selected, right, down);
  };
  useKeys({
    ...(lens.as === "grid"
      ? {
          j: () => step(1),
          k: () => step(-1),
          ArrowLeft: () => by(-1, 0),
          ArrowRight: () => by(1, 0),
          ArrowUp: () => by(0, -1),
          ArrowDown: () => by(0, 1),
        }
      : {}),
    t: () => setLens({ as: lens.as === "grid" ? "table" : "grid" }),
    s: () => setChoosing(ROWS.at(-1)!.role),
    e: () => setLens({ e: lens.e || !deal.headline ? "" : firstFigure(deal.headline) }),
    o: () => selected && navigate(recordAddress("Contact", selected.contact.id)),
  });
  const seatGhost = ({ contact, role }: Ghost) => (contact ? seatPerson(contact, role) : setChoosing(role));
  return (
    <Page
      head={headOf(room)}
      actions={<DealActions deal={deal} again={again} />}
      verdict={<Sentence room={room} lens={lens} setLens={setLens} />}
      panel={
        <>
          {deal.headline && <Evidence sentence={deal.headline} open={lens.e} />}
          <RoomPanel
            room={room}
            seats={seats}
            selected={selected}
            me={data.me?.user?.id ?? ""}
            select={select}
            move={move}
          />
        </>
      }
      honesty={{ says: say("honesty", { n: seats.length }) }}
    >
      <div className="room-controls">
        <div className="seg" role="group" aria-label={say("form")}>
          {(["grid", "table"] as const).map((as) => {
            const Icon = as === "grid" ? LayoutGrid : Table2;
            return (
              <button key={as} type="button" aria-pressed={lens.as === as} onClick={() => setLens({ as })}>
                <Icon aria-hidden="true" /> {say(as)}
              </button>
            );
          })}
        </div>
        <button type="button" className="btn sm" onClick={() => setChoosing(ROWS.at(-1)!.role)}>
          <UserPlus aria-hidden="true" /> {say("seatSomebody")} <kbd>S</kbd>
        </button>
      </div>
      <div aria-busy={stale}>
        {lens.as === "grid" ? (
          <RoomGrid
            seats={seats}
            ghosts={deal.state === "OPEN" ? ghostsOf(room) : []}
            selected={selected?.contact.id ?? ""}
            justNow={justNow}
            select={select}
            move={move}
            seatGhost={seatGhost}
          />
        ) : (
          <SeatTable seats={seats} selected={selected?.contact.id ?? ""} select={select} />
        )}
        {seats.length === 0 && (
          <Empty>
            <p>{say("empty")}</p>
          </Empty>
        )}
        <Insights insights={deal.insights} title={say("todo")} />
      </div>
      {choosing && (
        <PersonChooser
          title={say("chooseTitle", { role: choosing.toLowerCase() })}
          label={say("chooseLabel", { account: deal.account?.name ?? "" })}
          people={(deal.account?.contacts.nodes ?? []).filter(
            ({ id }) => !room.seats.some(({ contact }) => contact.id === id),
          )}
          none={say("chooseNone", { account: deal.account?.name ?? "" })}
          choose={(person) => seatPerson(person, choosing)}
          close={() => setChoosing(null)}
        />
      )}
    </Page>
  );
}

function headOf({ opportunity, seats }: Room) {
  const { id, name, account, estimatedValue, salesStage, closeProbability, estimatedCloseDate } = opportunity;
  const title = name ?? "";
  const detail = [
    estimatedValue && money(estimatedValue),
    salesStage && humanized(salesStage),
    closeProbability !== null && percent(closeProbability),
    estimatedCloseDate && day(estimatedCloseDate),
  ];
  return {
    title,
    mark: <RecordMark kind="deal" />,
    detail: detail.filter(Boolean).join(", "),
    subject: dealSubject(id, title),
    counts: { committee: seats.length },
    ...(account ? { crumbs: [{ label: account.name, href: `/account/${account.id}` }] } : {}),
  };
}

interface SentenceProps {
  room: Room;
  lens: DealRoomLens;
  setLens: (patch: Partial<DealRoomLens>) => void;
}

/** What Kith concludes about the deal; the people it names are their seats. */
function Sentence({ room, lens, setLens }: SentenceProps) {
  const { headline } = room.opportunity;
  if (!headline) return <Verdict>{say("plain", { n: room.seats.length })}</Verdict>;
  const seat = (id: string, name: string) =>
    room.seats.some(({ contact }) => contact.id === id) ? (
      <Figure key={id} name={id} open={lens.sel} show={(sel) => setLens({ sel })}>
        {name}
      </Figure>
    ) : null;
  return (
    <Verdict wide>
      <Conclusion sentence={headline} open={lens.e} show={(e) => setLens({ e })} onPage={seat} />
    </Verdict>
  );
}
