import { ChevronDown, X } from "lucide-react";
import { firstWord } from "../../words/format";
import { words } from "../../words/words";
import { GROUPINGS, LEAST_TIES, MONTHS, type MapLens } from "./lens";
import type { MapModel } from "./model";
import { Types } from "./Types";

const say = words("map");

interface Props {
  lens: MapLens;
  setLens: (patch: Partial<MapLens>) => void;
  model: MapModel;
  given: readonly string[];
  /** The start of a path whose end is not chosen yet. */
  from: string;
  endPath: () => void;
}

/** The path, which ties count, and what nodes are grouped by. */
export function Controls({ lens, setLens, model, given, from, endPath }: Props) {
  const name = (id: string | undefined) => {
    const node = model.nodes.get(id ?? "");
    return node?.you ? say("you") : (node?.name ?? "");
  };
  const ends = { from: firstWord(name(given[0])), to: firstWord(name(given.at(-1))) };
  return (
    <div className="map-controls">
      {given.length > 1 && (
        <button type="button" className="chip" aria-pressed="true" aria-label={say("endPath", ends)} onClick={endPath}>
          {say("pathChip", ends)} <X aria-hidden="true" />
        </button>
      )}
      {from && (
        <button type="button" className="chip" aria-pressed="true" onClick={endPath}>
          {say("pathFrom", { name: name(from) })} <X aria-hidden="true" />
        </button>
      )}
      <Choice
        label={say("ties")}
        value={lens.ties}
        options={LEAST_TIES}
        words={(n) => say("tiesFrom", { n })}
        choose={(ties) => setLens({ ties })}
      />
      <Types types={model.types} hidden={lens.hide} change={(hide) => setLens({ hide })} />
      <Choice
        label={say("since")}
        value={lens.since}
        options={MONTHS}
        words={(n) => say("sinceMonths", { n })}
        choose={(since) => setLens({ since })}
      />
      <button type="button" className="chip" aria-pressed={lens.us} onClick={() => setLens({ us: !lens.us })}>
        {say("amongUs")}
      </button>
      <span className="map-by">
        <span className="dimmer">{say("groupBy")}</span>
        <span className="seg" role="group" aria-label={say("groupBy")}>
          {GROUPINGS.map((by) => (
            <button key={by} type="button" aria-pressed={by === lens.by} onClick={() => setLens({ by })}>
              {say(by)}
            </button>
          ))}
        </span>
      </span>
    </div>
  );
}

interface ChoiceProps {
  label: string;
  value: number;
  options: readonly number[];
  words: (n: number) => string;
  choose: (n: number) => void;
}

/** A chip with a list of values; one that the address has besides is in the list too. */
function Choice({ label, value, options, words: written, choose }: ChoiceProps) {
  const all = options.includes(value) ? options : [...options, value];
  return (
    <span className="chip pick">
      <select aria-label={label} value={value} onChange={({ target }) => choose(Number(target.value))}>
        {all.map((one) => (
          <option key={one} value={one}>
            {written(one)}
          </option>
        ))}
      </select>
      <ChevronDown aria-hidden="true" />
    </span>
  );
}
