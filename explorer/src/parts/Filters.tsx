import { useEffect, useState } from "react";
import { Search } from "lucide-react";

interface Option {
  name: string;
  label: string;
  count?: number;
}

interface Props {
  q: string;
  on: readonly string[];
  options: readonly Option[];
  change: (patch: { q?: string; f?: readonly string[] }) => void;
  /** What the text filters by. */
  label: string;
}

const PAUSE_MS = 250;

/** Filters of a list: a text, and chips that are on or off. */
export function Filters({ q, on, options, change, label }: Props) {
  const [text, setText] = useState(q);
  useEffect(() => {
    if (text === q) return undefined;
    const timer = window.setTimeout(() => change({ q: text }), PAUSE_MS);
    return () => window.clearTimeout(timer);
  }, [text, q, change]);
  return (
    <div className="filters">
      <span className="field">
        <Search aria-hidden="true" />
        <input
          type="search"
          aria-label={label}
          placeholder={label}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </span>
      <span className="chips">
        {options.map(({ name, label: shown, count }) => {
          const pressed = on.includes(name);
          const next = pressed ? on.filter((each) => each !== name) : [...on, name];
          return (
            <button
              key={name}
              type="button"
              className="chip"
              aria-pressed={pressed}
              onClick={() => change({ f: next })}
            >
              {shown}
              {count !== undefined && <span className="c">{count}</span>}
            </button>
          );
        })}
      </span>
    </div>
  );
}
