import { useState } from "react";
import { Dialog } from "../../app/KeySheet";
import { words } from "../../words/words";
import type { Room } from "./seats";

const say = words("dealRoom");
type Someone = { id: string; name: string; jobTitle: string | null };

interface Props {
  room: Room;
  role: string;
  choose: (person: Someone) => void;
  close: () => void;
}

/** The people of the account who have no seat yet. */
export function SeatChooser({ room, role, choose, close }: Props) {
  const [text, setText] = useState("");
  const { account } = room.opportunity;
  const people = (account?.contacts.nodes ?? []).filter(
    ({ id }) => !room.seats.some(({ contact }) => contact.id === id),
  );
  const typed = text.trim().toLowerCase();
  const found = people.filter(({ name, jobTitle }) => `${name} ${jobTitle ?? ""}`.toLowerCase().includes(typed));
  const take = (person: Someone, button: HTMLElement) => {
    button.closest("dialog")?.close();
    choose(person);
  };
  return (
    <Dialog close={close} label={say("chooseTitle", { role: role.toLowerCase() })} className="seat-dialog">
      <form
        className="seat-chooser"
        onSubmit={(event) => {
          event.preventDefault();
          if (found[0]) take(found[0], event.currentTarget);
        }}
      >
        <h2>{say("chooseTitle", { role: role.toLowerCase() })}</h2>
        <input
          type="text"
          autoFocus
          autoComplete="off"
          aria-label={say("filter")}
          placeholder={say("filter")}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        {people.length === 0 && <p className="dim">{say("chooseNone", { account: account?.name ?? "" })}</p>}
        <ul aria-label={say("chooseLabel", { account: account?.name ?? "" })}>
          {found.map((person) => (
            <li key={person.id}>
              <button type="button" onClick={(event) => take(person, event.currentTarget)}>
                <b>{person.name}</b> {person.jobTitle && <span className="dim">{person.jobTitle}</span>}
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
