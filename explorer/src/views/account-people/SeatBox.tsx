import type { CSSProperties } from "react";
import { bandOf } from "../../marks/bands";
import { day, NONE } from "../../words/format";
import { words } from "../../words/words";
import { decides } from "./OrgView";
import type { Seat } from "./seats";

const say = words("orgChart");

interface Props {
  seat: Seat;
  on: boolean;
  select: (id: string) => void;
  style?: CSSProperties;
  /** Whether ties fill the seat. */
  ties?: boolean;
}

/** A seat: the fill is our best tie, the border is the say. */
export function SeatBox({ seat, on, select, style, ties = true }: Props) {
  const { strength, leftOn, name, jobTitle } = seat;
  const band = !ties ? "plain" : strength === null ? "never" : bandOf(strength);
  const tie = strength === null ? say("neverSpoken") : say("tie", { n: Math.round(strength) });
  const under = leftOn ? say("leftOn", { day: day(leftOn) }) : (jobTitle ?? say("noTitle"));
  return (
    <button
      type="button"
      className={`seat ${band}${decides(seat) ? " decides" : ""}${leftOn ? " left" : ""}`}
      aria-pressed={on}
      style={style}
      onClick={() => select(seat.id)}
    >
      <span className="person">
        <span className="cut name">{name}</span>
        <span className="vh">, </span>
        <span className="cut title">{under}</span>
        <span className="vh">{say(decides(seat) ? "heardDecides" : "heard", { tie })}</span>
      </span>
      {ties && (
        <span className="figure" aria-hidden="true">
          {strength === null ? NONE : Math.round(strength)}
        </span>
      )}
    </button>
  );
}
