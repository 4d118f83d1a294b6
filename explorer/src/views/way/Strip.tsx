import { useState } from "react";
import { firstWord, fullDay } from "../../words/format";
import { words } from "../../words/words";
import { person, type Contact, type Hop } from "./ways";
import type { WayFragment } from "../../generated/graphql";

const say = words("way");
const WIDTH = 816;
const LEFT = 116;
const ROW = 22;
const TOP = 12;
const DAY = 86_400_000;
const MOST_DAYS = 430;
const MARK = 8;
const FORMAT = new Intl.DateTimeFormat("en-US", { month: "short" });
const FORMAT_YEAR = new Intl.DateTimeFormat("en-US", { month: "short", year: "numeric" });
const FORMAT_LONG = new Intl.DateTimeFormat("en-US", { month: "long", year: "numeric" });

/** The contacts of each hop over time: a lane for each hop. */
export function Strip({ way, me }: { way: WayFragment; me: string | undefined }) {
  const [now] = useState(() => Date.now());
  const earliest = now - MOST_DAYS * DAY;
  const hops = way.hops.filter(({ contacts }) => contacts.length > 0);
  const times = hops.flatMap(({ contacts }) => contacts.map(({ at }) => Date.parse(at))).filter((at) => at >= earliest);
  if (times.length === 0) return null;
  const first = new Date(Math.min(...times));
  const start = new Date(first.getFullYear(), first.getMonth(), 1).getTime();
  const x = (at: number) => LEFT + ((at - start) / (now - start)) * (WIDTH - LEFT - MARK);
  const height = TOP + hops.length * ROW + 14;
  const since = FORMAT_LONG.format(first);
  return (
    <section className="strip" aria-label={say("strip")}>
      <h2>
        {say("strip")} <span className="c">{say("since", { month: since })}</span>
        <span className="legend">
          <i className="meeting" /> {say("meeting")} <i className="call" /> {say("call")} <i className="mail" />{" "}
          {say("mail")}
        </span>
      </h2>
      <svg viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={say("stripLabel", { month: since })}>
        {hops.map((hop, index) => (
          <Lane key={hop.from.id + hop.to.id} hop={hop} y={TOP + index * ROW} x={x} start={start} me={me} />
        ))}
        {months(start, now).map((month) => (
          <text key={month} x={x(month)} y={height - 3} className="month">
            {(month === start || new Date(month).getMonth() === 0 ? FORMAT_YEAR : FORMAT).format(month)}
          </text>
        ))}
      </svg>
    </section>
  );
}

function months(start: number, now: number): number[] {
  const found: number[] = [];
  const first = new Date(start);
  const count = (new Date(now).getFullYear() - first.getFullYear()) * 12 + new Date(now).getMonth() - first.getMonth();
  const step = Math.max(1, Math.ceil((count + 1) / 8));
  for (let at = 0; at <= count; at += step) {
    found.push(new Date(first.getFullYear(), first.getMonth() + at, 1).getTime());
  }
  return found;
}

interface LaneProps {
  hop: Hop;
  y: number;
  x: (at: number) => number;
  start: number;
  me: string | undefined;
}

function Lane({ hop, y, x, start, me }: LaneProps) {
  const ours = person(hop.from).ours;
  return (
    <g className={ours ? "ours" : "theirs"}>
      <text x={0} y={y + 4} className="pair">
        {pairOf(hop, me)}
      </text>
      <line x1={LEFT} x2={WIDTH} y1={y} y2={y} />
      {hop.contacts
        .filter(({ at }) => Date.parse(at) >= start)
        .map((contact, index) => (
          <Mark key={index} contact={contact} x={x(Date.parse(contact.at))} y={y} />
        ))}
    </g>
  );
}

function Mark({ contact, x, y }: { contact: Contact; x: number; y: number }) {
  const title = <title>{say("contactTitle", { day: fullDay(contact.at), subject: contact.subject ?? "" })}</title>;
  if (contact.kind === "MEETING")
    return (
      <rect className="full" x={x - MARK / 2} y={y - MARK / 2} width={MARK} height={MARK} rx={1.5}>
        {title}
      </rect>
    );
  if (contact.kind === "CALL")
    return (
      <circle className="full" cx={x} cy={y} r={4.2}>
        {title}
      </circle>
    );
  return (
    <circle className="open" cx={x} cy={y} r={2.8}>
      {title}
    </circle>
  );
}

/** The two people of a hop by their first names. */
export function pairOf(hop: Hop, me: string | undefined): string {
  const from = hop.from.id === me ? say("you") : firstWord(hop.from.name);
  return say("pair", { from, to: firstWord(hop.to.name) });
}
