import { Check, X } from "lucide-react";
import { words } from "../../words/words";
import type { Seat } from "./seats";

const say = words("orgChart");

/** Confirms or rejects the line of a person to the manager. */
export type Judge = (verb: "confirm" | "reject", seat: Seat) => void;

/** The two answers to an inferred line. */
export function Verbs({ seat, judge }: { seat: Seat; judge: Judge }) {
  return (
    <span className="org-verbs">
      <button type="button" className="btn sm" onClick={() => judge("confirm", seat)}>
        <Check aria-hidden="true" /> {say("confirm")} <kbd>Y</kbd>
      </button>
      <button type="button" className="btn sm" onClick={() => judge("reject", seat)}>
        <X aria-hidden="true" /> {say("reject")} <kbd>N</kbd>
      </button>
    </span>
  );
}
