import { useRef } from "react";
import { useLocation } from "wouter";
import { ChevronDown, Table2, UserX, X } from "lucide-react";
import { writeLens } from "../../app/codec";
import { useKeys } from "../../app/keys";
import type { WayQuery } from "../../generated/graphql";
import { Person } from "../../marks/marks";
import { IconButton } from "../../parts/IconButton";
import { words } from "../../words/words";
import { LENS, MOST_HOPS, type WayLens } from "./lens";
import { peopleOf, type WayPerson } from "./ways";

const say = words("way");

interface Props {
  data: WayQuery;
  lens: WayLens;
  setLens: (patch: Partial<WayLens>) => void;
  target: { id: string; name: string; person: boolean };
  colleagues: readonly { id: string; name: string }[];
  me: { id: string; name: string } | null;
  /** Whether the ways are shown as a table; null if there are none. */
  table: { on: boolean; set: (on: boolean) => void } | null;
}

/** From whom, to whom, over how many hops, and without whom. */
export function Controls({ data, lens, setLens, target, colleagues, me, table }: Props) {
  const from = useRef<HTMLSelectElement>(null);
  const to = useRef<HTMLSelectElement>(null);
  const [, navigate] = useLocation();
  useKeys({ f: () => from.current?.focus(), o: () => to.current?.focus() });
  const users = data.colleagues?.nodes.filter(({ id, isDisabled }) => id !== me?.id && isDisabled !== true) ?? [];
  const between = data.introductions?.flatMap((way) => peopleOf(way).slice(1, -1)) ?? [];
  const others = unique(between).filter(({ id }) => !lens.not.includes(id));
  const known = new Map(data.leftOut?.nodes.map(({ id, name }) => [id, name]));
  return (
    <div className="controls">
      <label>
        <span className="dimmer">{say("from")}</span>
        <span className="btn pick">
          <Person size="xs" whose={lens.from ? "ours" : "you"} name={data.start?.name ?? me?.name ?? say("you")} />
          <select ref={from} value={lens.from} onChange={({ target: { value } }) => setLens({ from: value, pick: 1 })}>
            <option value="">{say("you")}</option>
            {lens.from && !users.some(({ id }) => id === lens.from) && (
              <option value={lens.from}>{data.start?.name ?? say("colleague")}</option>
            )}
            {users.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
          <ChevronDown aria-hidden="true" />
        </span>
      </label>
      <label>
        <span className="dimmer">{say("to")}</span>
        <span className="btn pick">
          {target.person && <Person size="xs" whose="theirs" name={target.name} />}
          <select ref={to} value={target.id} onChange={({ target: { value } }) => navigate(addressFor(value, lens))}>
            <option value={target.id}>{target.name}</option>
            {colleagues
              .filter(({ id }) => id !== target.id)
              .map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
          </select>
          <ChevronDown aria-hidden="true" />
        </span>
      </label>
      <label className="wide-only">
        <span className="dimmer">{say("over")}</span>
        <span className="btn pick">
          <select value={lens.hops} onChange={({ target: { value } }) => setLens({ hops: Number(value), pick: 1 })}>
            {Array.from({ length: MOST_HOPS }, (_, index) => (
              <option key={index} value={index + 1}>
                {say("hops", { n: index + 1 })}
              </option>
            ))}
          </select>
          <ChevronDown aria-hidden="true" />
        </span>
      </label>
      {others.length > 0 && (
        <span className="btn ghost pick wide-only">
          <UserX aria-hidden="true" />
          <select
            aria-label={say("leaveSomebody")}
            value=""
            onChange={({ target: { value } }) => setLens({ not: [...lens.not, value], pick: 1 })}
          >
            <option value="">{say("leaveSomebody")}</option>
            {others.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </span>
      )}
      {lens.not.map((id) => {
        const name = known.get(id) ?? say("somebody");
        return (
          <button
            key={id}
            type="button"
            className="chip"
            aria-label={say("takeBack", { name })}
            onClick={() => setLens({ not: lens.not.filter((one) => one !== id), pick: 1 })}
          >
            {say("without", { name })} <X aria-hidden="true" />
          </button>
        );
      })}
      {table && (
        <IconButton
          label={say("asTable")}
          icon={Table2}
          on={table.on}
          press={() => table.set(!table.on)}
          className="twin"
        />
      )}
    </div>
  );
}

/** The address of the way to somebody else, from the same person. */
function addressFor(id: string, lens: WayLens): string {
  const state = writeLens(LENS, { ...lens, not: [], pick: 1 });
  return state ? `/way/${id}?${state}` : `/way/${id}`;
}

function unique(people: readonly WayPerson[]): WayPerson[] {
  return [...new Map(people.map((one) => [one.id, one])).values()];
}
