import { Link } from "wouter";
import { recordAddress } from "../../app/addresses";
import { FAIR } from "../../marks/bands";
import { Gauge, Person } from "../../marks/marks";
import { Facts, PanelSection } from "../../parts/Panel";
import { NONE, capitalized, day, decimal, firstWord, humanized, percent } from "../../words/format";
import { words } from "../../words/words";
import { columnOf, knowers, type Room, ROWS, rowOf, type Seat, STANCES, threadsOf, tiesOf } from "./seats";

const say = words("dealRoom");
const MOST_KNOWERS = 2;

interface Props {
  room: Room;
  seats: readonly Seat[];
  selected: Seat | undefined;
  me: string;
  select: (id: string) => void;
  move: (seat: Seat, right: number, down: number) => void;
}

/** How well the committee is known, who knows whom, what won deals had, and the selected seat. */
export function RoomPanel({ room, seats, selected, me, select, move }: Props) {
  const known = seats.filter(({ strength }) => (strength ?? 0) >= FAIR).length;
  const threads = threadsOf(seats, FAIR);
  const { similar, missing } = room;
  return (
    <>
      {selected && <SelectedSeat seat={selected} move={move} />}
      <PanelSection title={say("coverage")}>
        {room.judged ? (
          <p className="room-coverage">
            <span className="big">{say("coverageOf", { known, seats: seats.length })}</span>
            <span className="dim">
              {say("coverageHelp", { seats: seats.length })}{" "}
              {capitalized(
                say("threads", {
                  n: threads.length,
                  names: threads.map(({ name, n }) => say("thread", { name: firstWord(name), n })).join(", "),
                }),
              )}{" "}
              {room.effectiveThreads !== null &&
                say("effective", { n: decimal(Math.round(room.effectiveThreads * 10) / 10) })}
            </span>
          </p>
        ) : (
          <p className="dim">{say("notJudged", { reason: room.why ?? "" })}</p>
        )}
      </PanelSection>
      {seats.length > 0 && <WhoKnowsWhom seats={seats} me={me} select={select} />}
      <PanelSection title={say("compared")}>
        {similar.judged ? (
          <>
            <p className="dim">{say("comparedWith", { won: similar.won, lost: similar.lost })}</p>
            {missing.length === 0 && <p>{say("nothingMissing")}</p>}
            <ul className="room-missing">
              {missing.map(({ role, reason }) => (
                <li key={role}>
                  <b>{role}</b> <span className="dim">{reason}</span>
                </li>
              ))}
            </ul>
          </>
        ) : (
          <p className="dim">{say("notJudged", { reason: similar.why ?? "" })}</p>
        )}
      </PanelSection>
    </>
  );
}

function SelectedSeat({ seat, move }: { seat: Seat; move: Props["move"] }) {
  const { contact, role, stance, strength, setBy, setAt, note, influence } = seat;
  const [column, row] = [columnOf(stance), rowOf(seat.say)];
  return (
    <section className="p-sec room-seat">
      <div className="org-subject">
        <Person name={contact.name} whose="theirs" size="lg" />
        <span>
          <h2>{contact.name}</h2>
          <span className="dim">
            {[contact.jobTitle, role && humanized(role)].filter(Boolean).join(", ") || say("noRole")}
          </span>
        </span>
      </div>
      <div className="room-set">
        <span className="dim">{say("stance")}</span>
        <span className="seg steps5" role="group" aria-label={say("stance")}>
          {STANCES.map((each, at) => (
            <button
              key={each}
              type="button"
              aria-label={say(each)}
              title={say(each)}
              aria-pressed={each === stance}
              onClick={() => move(seat, at - column, 0)}
            >
              <i aria-hidden="true" />
            </button>
          ))}
        </span>
        <span>{say(stance ?? "unknownStance")}</span>
        <span className="dim">{say("say")}</span>
        <span className="seg rows3" role="group" aria-label={say("say")}>
          {ROWS.map(({ name }, at) => (
            <button key={name} type="button" aria-pressed={at === row} onClick={() => move(seat, 0, at - row)}>
              {say(name).split(",")[0]}
            </button>
          ))}
        </span>
      </div>
      <Facts
        rows={[
          [say("tieTitle"), <Gauge key="tie" value={strength} figureFirst />],
          [
            say("knownColumn"),
            tiesOf(seat)
              .map(({ user }) => user.name)
              .join(", ") || say("noOne"),
          ],
          ...(influence > 0 ? [[say("influence"), percent(influence * 100)] as const] : []),
        ]}
      />
      {note && <p className="dim small">{note}</p>}
      {setAt && (
        <p className="dimmer small">{say(setBy ? "setBy" : "setOn", { name: setBy?.name ?? "", day: day(setAt) })}</p>
      )}
      <p className="p-verbs">
        <Link href={recordAddress("Contact", contact.id)} className="btn sm">
          {say("open")}
        </Link>
        <Link href={`/way/${contact.id}`} className="btn sm">
          {say("findWay")}
        </Link>
      </p>
    </section>
  );
}

function WhoKnowsWhom({ seats, me, select }: { seats: readonly Seat[]; me: string; select: (id: string) => void }) {
  const users = knowers(seats, me, MOST_KNOWERS);
  return (
    <PanelSection title={say("whom")}>
      {users.length === 0 ? (
        <p className="dim">{say("nobodyKnows")}</p>
      ) : (
        <table className="who-knows">
          <thead>
            <tr>
              <th scope="col">{say("seatColumn")}</th>
              {users.map(({ id, name }) => (
                <th key={id} scope="col" title={name}>
                  {id === me ? say("you") : firstWord(name)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {seats.map(({ contact, knownBy }) => (
              <tr key={contact.id}>
                <th scope="row">
                  <button type="button" className="jump cut" onClick={() => select(contact.id)}>
                    {contact.name}
                  </button>
                </th>
                {users.map(({ id }) => {
                  const tie = knownBy.find(({ user }) => user.id === id)?.strength;
                  return (
                    <td key={id} className={tie !== undefined && tie >= FAIR ? "us" : undefined}>
                      {tie === undefined ? NONE : Math.round(tie)}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </PanelSection>
  );
}
