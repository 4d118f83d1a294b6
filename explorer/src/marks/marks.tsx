import type { ReactNode } from "react";
import { Lock } from "lucide-react";
import { count, initials } from "../words/format";
import { words } from "../words/words";
import { bandOf, GOOD, FAIR } from "./bands";

const say = words("marks");

interface PersonProps {
  name: string;
  /** Whose person it is; `you` is the reader, `left` has left, `unknown` is a seat without a person. */
  whose: "ours" | "theirs" | "you" | "left" | "unknown";
  size?: "xs" | "md" | "lg";
  /** Whether a name stands beside the mark, so that screen readers need no second one. */
  named?: boolean;
}

const PERSON_CLASS = { ours: "us", theirs: "they", you: "us me", left: "they left", unknown: "ghost" } as const;

/** A person: a filled disc is ours, a ring theirs, a disc in a second ring you. */
export function Person({ name, whose, size = "md", named = true }: PersonProps) {
  return (
    <span
      className={`who ${PERSON_CLASS[whose]} ${size}`}
      {...(named ? { "aria-hidden": true } : { role: "img", "aria-label": say(whose, { name }) })}
    >
      {whose === "unknown" ? "?" : initials(name)}
    </span>
  );
}

const RECORD_CLASS = { root: "sq root", account: "sq", prospect: "sq pros", deal: "deal", record: "sq dot" } as const;
export type RecordMarkKind = keyof typeof RECORD_CLASS;

/** An account or a deal: a double square is the root of a group, dashed is not yet a customer, a diamond is a deal. */
export function RecordMark({ kind }: { kind: RecordMarkKind }) {
  return <span className={RECORD_CLASS[kind]} role="img" aria-label={say(kind)} />;
}

interface GaugeProps {
  /** 0 to 100; null for never, `hidden` for a figure that may not be seen. */
  value: number | null | "hidden";
  /** The figure before the bar. */
  figureFirst?: boolean;
  /** Ties among theirs are ink, ties with one of us teal. */
  among?: boolean;
}

/** A tie or a score from 0 to 100 with the thresholds 40 and 60 on it. */
export function Gauge({ value, figureFirst = false, among = false }: GaugeProps) {
  const order = figureFirst ? " r" : "";
  if (value === "hidden")
    return (
      <span className={`tie hid${order}`} role="img" aria-label={say("hidden")}>
        <i />
        <Lock aria-hidden="true" />
      </span>
    );
  if (value === null)
    return (
      <span className={`tie none${order}`} role="img" aria-label={say("never")}>
        <i />
        <b>—</b>
      </span>
    );
  const n = Math.round(value);
  return (
    <span
      className={`tie ${bandOf(value)}${among ? " ink" : ""}${order}`}
      role="img"
      aria-label={say("tie", { n, band: say(bandOf(value)) })}
    >
      <i>
        <s style={{ width: `${Math.min(100, Math.max(0, value))}%` }} />
      </i>
      <b>{n}</b>
    </span>
  );
}

const MOST_DOTS = 12;

/** How many of their people we know: one dot each, filled from tie 60, half from 40; above 12 the figures alone. */
export function Dots({ ties, total, figures = true }: { ties: readonly number[]; total: number; figures?: boolean }) {
  const known = ties.filter((tie) => tie >= FAIR).length;
  const label = say("known", { known, total });
  const sorted = [...ties].sort((one, other) => other - one);
  return (
    <span className="ppl" role="img" aria-label={label}>
      {total <= MOST_DOTS &&
        Array.from({ length: total }, (_, index) => {
          const tie = sorted[index] ?? 0;
          return <i key={index} className={tie >= GOOD ? "g" : tie >= FAIR ? "f" : ""} />;
        })}
      {figures && <span className="num">{say("knownShort", { known, total })}</span>}
    </span>
  );
}

/** How many of their people we know, without the ties: the known ones teal. */
export function Known({ known, total }: { known: number; total: number }) {
  return (
    <span className="known num">
      {say.rich("knownOf", { known: <b className={known > 0 ? "us" : ""}>{count(known)}</b>, total })}
    </span>
  );
}

export interface Span {
  /** Where the bar begins and how long it is, as shares of the column from 0 to 1. */
  start: number;
  length: number;
  look: "won" | "below" | "open";
}

/** Bars in one lane of a column; the lanes of a column share their scale, so that bars tile their sum. */
export function Bars({
  spans,
  label,
  wide = false,
  bare = false,
}: {
  spans: readonly Span[];
  label: string;
  wide?: boolean;
  bare?: boolean;
}) {
  return (
    <span className={`lane${wide ? " wide" : ""}${bare ? " bare" : ""}`} role="img" aria-label={label}>
      {spans
        .filter(({ length }) => length > 0)
        .map(({ start, length, look }) => (
          <i
            key={`${look}${start}`}
            className={`mbar ${look}`}
            style={{ left: `${start * 100}%`, width: `max(2px, ${length * 100}%)` }}
          />
        ))}
    </span>
  );
}

const SPARK_WIDTH = 72;
const SPARK_HEIGHT = 18;

/** Values of consecutive weeks, 0 to 100, with the threshold 40; a missing week is a gap. */
export function Sparkline({ values }: { values: readonly (number | null)[] }) {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return <span className="dimmer">{say("notJudged")}</span>;
  const x = (index: number) => (index / Math.max(1, values.length - 1)) * (SPARK_WIDTH - 4) + 2;
  const y = (value: number) => SPARK_HEIGHT - 2 - (value / 100) * (SPARK_HEIGHT - 4);
  const path = values.map((value, index) => {
    if (value === null) return "";
    const starts = index === 0 || values[index - 1] === null;
    return `${starts ? "M" : "L"}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
  });
  const last = values.at(-1);
  const label = say("spark", { first: Math.round(known[0]!), last: Math.round(known.at(-1)!), n: values.length });
  return (
    <svg className="spark" width={SPARK_WIDTH} height={SPARK_HEIGHT} role="img" aria-label={label}>
      <path className="threshold" d={`M2 ${y(FAIR)}H${SPARK_WIDTH - 2}`} />
      <path className="line" d={path.join("")} />
      {last !== null && last !== undefined && <circle cx={x(values.length - 1)} cy={y(last)} r="1.75" />}
    </svg>
  );
}

const SEVERITY = {
  act: (
    <>
      <path d="M8 1.8 15 14H1Z" />
      <path className="cut" d="M8 6.2v3.6M8 11.8v.2" />
    </>
  ),
  watch: <path d="M8 1.8 15 14H1Z" />,
  opening: (
    <>
      <path d="M8 1.2 14.8 8 8 14.8 1.2 8Z" />
      <path className="cut" d="M8 5.2v5.6M5.2 8h5.6" />
    </>
  ),
  note: <circle cx="8" cy="8" r="5" />,
} as const;
export type SeverityKind = keyof typeof SEVERITY;

/** How much a finding matters; the shape says it without colour. */
export function Severity({ kind }: { kind: SeverityKind }) {
  return (
    <svg className={`sev ${kind}`} viewBox="0 0 16 16" role="img" aria-label={say(kind)}>
      {SEVERITY[kind]}
    </svg>
  );
}

/** How far a deal is: a box for each stage, filled up to the one that it is in. */
export function Steps({ at, of }: { at: number; of: number }) {
  return (
    <span className="steps" aria-hidden="true">
      {Array.from({ length: of }, (_, index) => (
        <i key={index} className={index < at ? "past" : index === at ? "on" : ""} />
      ))}
    </span>
  );
}

const STANCES = 5;

/** Against us on the left, for us on the right: five dots, one filled; null is unknown. */
export function Stance({ value, label }: { value: number | null; label: string }) {
  return (
    <span className="stance" role="img" aria-label={label}>
      {Array.from({ length: STANCES }, (_, index) => (
        <i key={index} className={index === value ? "on" : ""} />
      ))}
    </span>
  );
}

/** Money that is expected, not sold. */
export function Expected({ children }: { children: ReactNode }) {
  return <span className="opp-mark">+{children}</span>;
}
