import { useState } from "react";
import { Plus, X } from "lucide-react";
import { useKeys } from "../../app/keys";
import { IconButton } from "../../parts/IconButton";
import { words } from "../../words/words";

const say = words("home");
const DIGITS = 9;

export interface Chip {
  key: string;
  label: string;
  count: number;
  on: boolean;
  choose: () => void;
  /** Removes a filter that the reader saved. */
  remove?: () => void;
}

interface Props {
  chips: readonly Chip[];
  /** Saves the filters and the order on the page under a name; undefined when they are the usual ones. */
  save: ((name: string) => void) | undefined;
}

/** The filters of the accounts, those of the reader last, each with the number of its accounts and a digit as its key. */
export function Chips({ chips, save }: Props) {
  const [naming, setNaming] = useState(false);
  useKeys(Object.fromEntries(chips.slice(0, DIGITS).map(({ choose }, index) => [String(index + 1), choose])));
  return (
    <span className="chips">
      {chips.map(({ key, label, count, on, choose, remove }, index) => (
        <span key={key} className="chip-with">
          <button
            type="button"
            className="chip"
            aria-pressed={on}
            {...(index < DIGITS ? { "aria-keyshortcuts": String(index + 1) } : {})}
            onClick={choose}
          >
            {label}
            <span className="c">{count}</span>
          </button>
          {on && remove && <IconButton label={say("removeFilter", { name: label })} icon={X} press={remove} />}
        </span>
      ))}
      {save && !naming && (
        <button type="button" className="chip" onClick={() => setNaming(true)}>
          <Plus aria-hidden="true" /> {say("saveFilter")}
        </button>
      )}
      {save && naming && (
        <form
          className="name-filter"
          onSubmit={(event) => {
            event.preventDefault();
            const name = String(new FormData(event.currentTarget).get("name")).trim();
            if (!name) return;
            save(name);
            setNaming(false);
          }}
        >
          <span className="field">
            {/* The reader opened the field, so the focus may move there. */}
            <input
              name="name"
              aria-label={say("filterName")}
              placeholder={say("filterName")}
              maxLength={40}
              ref={(input) => input?.focus()}
              onKeyDown={(event) => event.key === "Escape" && setNaming(false)}
            />
          </span>
          <button type="submit" className="btn sm">
            {say("save")}
          </button>
        </form>
      )}
    </span>
  );
}
