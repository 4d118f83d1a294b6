import { Fragment, useEffect, useRef, useState, type DragEvent } from "react";
import { UserPlus } from "lucide-react";
import { FAIR, GOOD } from "../../marks/bands";
import { Gauge, Person, Stance as StanceMark } from "../../marks/marks";
import { firstWord, humanized } from "../../words/format";
import { words } from "../../words/words";
import { columnOf, type Ghost, ROWS, rowOf, type Seat, STANCES, tiesOf } from "./seats";

const say = words("dealRoom");
const NEUTRAL = columnOf(null);

export interface RoomProps {
  seats: readonly Seat[];
  ghosts: readonly Ghost[];
  selected: string;
  justNow: string;
  select: (id: string) => void;
  move: (seat: Seat, right: number, down: number) => void;
  seatGhost: (ghost: Ghost) => void;
}

/** The people of the deal by what they say and by how they stand to us; missing seats are dashed. */
export function RoomGrid({ seats, ghosts, selected, justNow, select, move, seatGhost }: RoomProps) {
  const grid = useRef<HTMLDivElement>(null);
  const [dragged, setDragged] = useState<Seat | null>(null);
  const [over, setOver] = useState("");
  const before = useRef(selected);
  useEffect(() => {
    const had = grid.current?.contains(document.activeElement) || document.activeElement === document.body;
    if (before.current !== selected && had)
      grid.current?.querySelector<HTMLElement>(".seat-card[aria-pressed=true]")?.focus({ preventScroll: false });
    before.current = selected;
  }, [selected]);
  const drop = (row: number, column: number) => (event: DragEvent) => {
    event.preventDefault();
    setOver("");
    if (dragged) move(dragged, column - columnOf(dragged.stance), row - rowOf(dragged.say));
  };
  return (
    <div ref={grid} className="room" role="group" aria-label={say("gridLabel")}>
      <span />
      {STANCES.map((stance) => (
        <span key={stance} className="room-stance">
          {say(stance)}
        </span>
      ))}
      {ROWS.map(({ name }, row) => (
        <Fragment key={name}>
          <p className="room-say">{say(name)}</p>
          {STANCES.map((stance, column) => {
            const key = `${name} ${stance}`;
            const here = seats.filter((seat) => rowOf(seat.say) === row && columnOf(seat.stance) === column);
            const missing = column === NEUTRAL ? ghosts.filter((ghost) => ghost.row === row) : [];
            const empty = here.length + missing.length === 0;
            return (
              <div
                key={key}
                className={`room-cell${column < NEUTRAL ? " against" : ""}${empty ? " empty" : ""}${over === key ? " over" : ""}`}
                onDragOver={(event) => {
                  event.preventDefault();
                  setOver(key);
                }}
                onDragLeave={() => setOver("")}
                onDrop={drop(row, column)}
              >
                {missing.map((ghost) => (
                  <GhostCard key={ghost.key} ghost={ghost} press={() => seatGhost(ghost)} />
                ))}
                {here.map((seat) => (
                  <SeatCard
                    key={seat.contact.id}
                    seat={seat}
                    selected={seat.contact.id === selected}
                    fresh={seat.contact.id === justNow}
                    press={() => select(seat.contact.id)}
                    drag={setDragged}
                  />
                ))}
              </div>
            );
          })}
        </Fragment>
      ))}
      <span />
      <p className="room-axis">
        <span>{say("against")}</span>
        <span>{say("for")}</span>
      </p>
    </div>
  );
}

interface CardProps {
  seat: Seat;
  selected: boolean;
  fresh: boolean;
  press: () => void;
  drag: (seat: Seat | null) => void;
}

/** How a seat is read aloud. */
export function spoken({ contact, role, stance, strength }: Seat): string {
  return say("seatLabel", {
    name: contact.name,
    title: contact.jobTitle ?? "",
    role: role ? humanized(role) : say("noRole"),
    stance: say(stance ?? "unknownStance"),
    tie: strength === null ? say("never") : say("tie", { n: Math.round(strength) }),
  });
}

function SeatCard({ seat, selected, fresh, press, drag }: CardProps) {
  const { contact, strength } = seat;
  const knownBy = tiesOf(seat);
  const band = strength === null ? "none" : strength >= GOOD ? "good" : strength >= FAIR ? "fair" : "poor";
  const best = knownBy[0];
  return (
    <button
      type="button"
      className={`seat-card ${band}${seat.say === "DECIDES" ? " dec" : ""}${fresh ? " fresh" : ""}`}
      aria-pressed={selected}
      draggable
      onDragStart={() => drag(seat)}
      onDragEnd={() => drag(null)}
      onClick={press}
    >
      <span className="vh">{spoken(seat)}</span>
      <span className="h" aria-hidden="true">
        <Person name={contact.name} whose="theirs" />
        <span className="t">
          <b className="cut">{contact.name}</b>
          <span className="dim cut">{contact.jobTitle ?? seat.role ?? say("noRole")}</span>
        </span>
      </span>
      <span className="b" aria-hidden="true">
        <Gauge value={strength} />
        {best && (
          <span className="dimmer cut">
            {say(knownBy.length === 1 ? "knownByOnly" : "knownBy", { name: firstWord(best.user.name) })}
          </span>
        )}
      </span>
      <span className="on-phone" aria-hidden="true">
        <StanceMark
          value={seat.stance === null ? null : columnOf(seat.stance)}
          label={say(seat.stance ?? "unknownStance")}
        />{" "}
        {say(seat.stance ?? "unknownStance")}
      </span>
    </button>
  );
}

function GhostCard({ ghost, press }: { ghost: Ghost; press: () => void }) {
  const { kind, role, reason, contact } = ghost;
  const title =
    kind === "decider" ? say("whoDecides") : kind === "contact" ? contact!.name : say("missingRole", { role });
  const under = kind === "decider" ? say("whoDecidesHelp") : kind === "contact" ? say("notSeated") : reason;
  return (
    <div className="seat-card ghost">
      <span className="h">
        <Person name="" whose="unknown" />
        <span className="t">
          <b className="cut">{title}</b>
          <span className="dim" title={under}>
            {under}
          </span>
        </span>
      </span>
      <button type="button" className="btn sm" onClick={press}>
        <UserPlus aria-hidden="true" />{" "}
        <span className="cut">{contact ? say("seat", { name: contact.name }) : say("seatSomebody")}</span>
      </button>
    </div>
  );
}
