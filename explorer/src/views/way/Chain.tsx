import type { CSSProperties } from "react";
import { PersonMark } from "./PersonMark";
import { bandOf } from "../../marks/bands";
import { day } from "../../words/format";
import { words } from "../../words/words";
import { columnsOf, lineWidth, peopleOf, tally, type Hop } from "./ways";
import type { WayFragment } from "../../generated/graphql";

const say = words("way");
const marks = words("marks");
const GOOD_HOP = 60;

interface Props {
  way: WayFragment;
  /** The columns that all ways share. */
  columns: number;
  me: string | undefined;
  /** Whether the titles stand below the names. */
  titles: boolean;
  /** Leaves a person out; without it, people cannot be left out. */
  leaveOut?: ((id: string) => void) | undefined;
}

/** A way as people and lines; the figure of a hop stands on its line, and the evidence under it. */
export function Chain({ way, columns, me, titles, leaveOut }: Props) {
  const people = peopleOf(way);
  const places = columnsOf(people, columns);
  return (
    <ol className="chain" style={{ "--columns": columns } as CSSProperties}>
      {people.map((who, index) => {
        const hop = way.hops[index];
        const ends = index === 0 || index === people.length - 1;
        return (
          <li
            key={who.id}
            style={{ "--at": places[index], "--to": places[index + 1] ?? places[index] } as CSSProperties}
          >
            <span className="person">
              <PersonMark
                who={who}
                me={who.id === me}
                {...(ends || !leaveOut
                  ? {}
                  : { label: say("leaveOut", { name: who.name }), press: () => leaveOut(who.id) })}
              />
              <span className="name">{who.id === me ? say("you") : who.name}</span>
              {titles && who.title && <span className="title">{who.title}</span>}
            </span>
            {hop && <Line hop={hop} ours={who.ours} />}
          </li>
        );
      })}
    </ol>
  );
}

function Line({ hop, ours }: { hop: Hop; ours: boolean }) {
  const weak = hop.strength < GOOD_HOP;
  const band = marks(bandOf(hop.strength));
  const className = `hop${ours ? " ours" : ""}${weak ? " weak" : ""}${hop.kind === "REPORTS_TO" ? " assumed" : ""}`;
  return (
    <span className={className} style={{ "--width": `${lineWidth(hop.strength)}px` } as CSSProperties}>
      <span className="line" aria-hidden="true" />
      <span className="value num" role="img" aria-label={marks("tie", { n: Math.round(hop.strength), band })}>
        {hop.kind === "REPORTS_TO" && <i className="assumption" />}
        {Math.round(hop.strength)}
      </span>
      <span className="evidence">
        <span>{consistsOf(hop)}</span>
        <span className="dimmer">
          {hop.lastAt ? say(hop.interactions === 1 ? "on" : "last", { day: day(hop.lastAt) }) : say("assumed")}
        </span>
      </span>
    </span>
  );
}

/** What a hop consists of, in a few words. */
export function consistsOf(hop: Hop): string {
  if (hop.kind === "REPORTS_TO") return say("reportingLine");
  const counts = tally(hop);
  if (!counts) return say("contacts", { n: hop.interactions });
  const { meetings, calls, sent, received, copies } = counts;
  const alone = meetings + calls === 0;
  const kind =
    sent === received
      ? "each"
      : sent > 0 && received > 0
        ? "both"
        : copies && alone
          ? "copies"
          : alone
            ? "one"
            : "other";
  return [
    meetings > 0 ? say("meetings", { n: meetings }) : "",
    calls > 0 ? say("calls", { n: calls }) : "",
    sent + received > 0 ? say("mails", { n: kind === "each" ? sent : sent + received, kind }) : "",
  ]
    .filter(Boolean)
    .join(", ");
}
