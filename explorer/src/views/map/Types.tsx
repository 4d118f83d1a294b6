import { ChevronDown } from "lucide-react";
import { useRef } from "react";
import { capitalized, count } from "../../words/format";
import { words } from "../../words/words";
import type { TypeCount } from "./model";
import { typeWords } from "./sentences";

const say = words("map");
/** The types whose names the chip says; of the others it says the number. */
const NAMED = 2;

interface Props {
  types: readonly TypeCount[];
  hidden: readonly string[];
  change: (hidden: readonly string[]) => void;
}

/** A chip with the types of relationship that are shown, and a list of all of them with their numbers. */
export function Types({ types, hidden, change }: Props) {
  const box = useRef<HTMLDetailsElement>(null);
  const close = () => {
    if (box.current) box.current.open = false;
  };
  const shown = types.filter(({ type }) => !hidden.includes(type)).map(({ type }) => typeWords(type));
  const more = shown.length - NAMED;
  const names = more > 1 ? [...shown.slice(0, NAMED), say("moreTypes", { n: more })] : shown;
  return (
    <details
      ref={box}
      className="map-types"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !box.current?.open) return;
        event.stopPropagation();
        close();
        box.current.querySelector("summary")?.focus();
      }}
      onBlur={({ relatedTarget, currentTarget }) => {
        if (relatedTarget && !currentTarget.contains(relatedTarget)) close();
      }}
    >
      <summary className="chip">
        <span className="vh">{say("typesShown")}</span>{" "}
        {capitalized(names.length > 0 ? names.join(", ") : say("noType"))} <ChevronDown aria-hidden="true" />
      </summary>
      <ul aria-label={say("types")}>
        {types.map(({ type, count: n }) => {
          const on = !hidden.includes(type);
          return (
            <li key={type}>
              <label>
                <input
                  type="checkbox"
                  checked={on}
                  onChange={() => change(on ? [...hidden, type] : hidden.filter((one) => one !== type))}
                />
                <span>{capitalized(typeWords(type))}</span>
                <span className="num dimmer">{count(n)}</span>
              </label>
            </li>
          );
        })}
      </ul>
    </details>
  );
}
