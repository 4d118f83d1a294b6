import { useState } from "react";
import { Dialog } from "../app/KeySheet";
import { words } from "../words/words";

const say = words("personChooser");
const MOST = 60;

export interface Person {
  id: string;
  name: string;
  jobTitle: string | null;
}

interface Props<One extends Person> {
  title: string;
  /** What the people are, for screen readers. */
  label: string;
  people: readonly One[];
  /** What is said without any people. */
  none: string;
  choose: (person: One) => void;
  close: () => void;
}

/** A dialog in which one of some people is chosen; Enter takes the first whose name or title has the typed text. */
export function PersonChooser<One extends Person>({ title, label, people, none, choose, close }: Props<One>) {
  const [text, setText] = useState("");
  const typed = text.trim().toLowerCase();
  const found = people
    .filter(({ name, jobTitle }) => `${name} ${jobTitle ?? ""}`.toLowerCase().includes(typed))
    .slice(0, MOST);
  const take = (person: One, element: HTMLElement) => {
    element.closest("dialog")?.close();
    choose(person);
  };
  return (
    <Dialog close={close} label={title} className="person-dialog">
      <form
        className="person-chooser"
        onSubmit={(event) => {
          event.preventDefault();
          if (found[0]) take(found[0], event.currentTarget);
        }}
      >
        <h2>{title}</h2>
        <input
          type="text"
          autoFocus
          autoComplete="off"
          aria-label={say("filter")}
          placeholder={say("filter")}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        {found.length === 0 && <p className="dim">{people.length === 0 ? none : say("noMatch")}</p>}
        <ul aria-label={label}>
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
