import { useState } from "react";
import { Dialog } from "../../app/KeySheet";
import { words } from "../../words/words";
import { chainOf, type Seat } from "./seats";

const say = words("orgChart");
const MOST = 12;

interface Props {
  seat: Seat;
  seats: readonly Seat[];
  byId: ReadonlyMap<string, Seat>;
  choose: (manager: Seat) => void;
  close: () => void;
}

/** The people who can be the manager of a person: all others in the chart who do not report to that person. */
export function ManagerChooser({ seat, seats, byId, choose, close }: Props) {
  const [text, setText] = useState("");
  const typed = text.trim().toLowerCase();
  const found = seats
    .filter(({ id, leftOn }) => id !== seat.id && id !== seat.managerId && leftOn === null)
    .filter(({ name, jobTitle }) => `${name} ${jobTitle ?? ""}`.toLowerCase().includes(typed))
    .filter(({ id }) => !chainOf(id, byId).includes(seat.id))
    .slice(0, MOST);
  const take = (manager: Seat, element: HTMLElement) => {
    element.closest("dialog")?.close();
    choose(manager);
  };
  return (
    <Dialog close={close} label={say("moveTitle", { name: seat.name })} className="manager-dialog">
      <form
        className="manager-chooser"
        onSubmit={(event) => {
          event.preventDefault();
          if (found[0]) take(found[0], event.currentTarget);
        }}
      >
        <h2>{say("moveTitle", { name: seat.name })}</h2>
        <input
          type="text"
          autoFocus
          autoComplete="off"
          aria-label={say("filter")}
          placeholder={say("filter")}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        {found.length === 0 && <p className="dim">{say("chooseNone")}</p>}
        <ul aria-label={say("choose")}>
          {found.map((manager) => (
            <li key={manager.id}>
              <button type="button" onClick={(event) => take(manager, event.currentTarget)}>
                <b>{manager.name}</b> {manager.jobTitle && <span className="dim">{manager.jobTitle}</span>}
              </button>
            </li>
          ))}
        </ul>
        <p className="verbs">
          <button type="button" className="btn" onClick={(event) => event.currentTarget.closest("dialog")?.close()}>
            {say("cancel")}
          </button>
        </p>
      </form>
    </Dialog>
  );
}
