import { useEffect, useRef, useState } from "react";
import { count, day, firstWord } from "../../words/format";
import { words } from "../../words/words";
import type { GroupData } from "./Group";

const say = words("group");
const WIDTH = 300;
const HEIGHT = 34;
const DAY_MS = 86_400_000;
const SETTLES_MS = 250;
const LABEL_FROM = 0.25;
const MONTHS = 6;

export interface Step {
  day: string;
  accounts: number;
  by: number;
}

/** The number of accounts after the last change of each day, and by how many it changed. */
export function stepsOf(history: GroupData["sizeHistory"]): Step[] {
  const found: Step[] = [];
  let before = 0;
  const today = new Date().toISOString();
  for (const { at, accounts } of history) {
    if (at === null || at > today) {
      if (at === null) before = accounts;
      continue;
    }
    const on = at.slice(0, 10);
    const last = found.at(-1);
    if (last?.day === on) Object.assign(last, { accounts, by: last.by + accounts - before });
    else found.push({ day: on, accounts, by: accounts - before });
    before = accounts;
  }
  return found;
}

/** The change that made a quarter of the group or more, and the first word of most names that came; null without one. */
export function biggestStep(account: GroupData): (Step & { name: string | undefined }) | null {
  const steps = stepsOf(account.sizeHistory).slice(1);
  const most = steps.reduce<Step | null>((best, step) => (step.by > (best?.by ?? 0) ? step : best), null);
  if (!most || most.by < 2 || most.by < LABEL_FROM * most.accounts) return null;
  const own = firstWord(account.name);
  const names = new Map<string, number>();
  for (const { parentSince, account: came } of account.tree.rows) {
    const word = firstWord(came.name);
    // The name of the group itself does not tell who came.
    if (word !== own && parentSince?.slice(0, 10) === most.day) names.set(word, (names.get(word) ?? 0) + 1);
  }
  const [name] = [...names.entries()].sort(([, one], [, other]) => other - one)[0] ?? [];
  return { ...most, name };
}

interface Props {
  account: GroupData;
  at: string;
  setAt: (at: string) => void;
}

const dayAt = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** The moment of the view on a track that is the size of the group over time. */
export function SizeTrack({ account, at, setAt }: Props) {
  const steps = stepsOf(account.sizeHistory);
  const [now] = useState(() => Date.now());
  const [dragged, setDragged] = useState<string | null>(null);
  const timer = useRef(0);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  if (steps.length < 2) return null;
  const first = Date.parse(steps[0]!.day);
  const days = Math.max(1, Math.floor((now - first) / DAY_MS));
  const shown = dragged ?? at;
  const place = shown === "" ? days : Math.min(days, Math.max(0, Math.round((Date.parse(shown) - first) / DAY_MS)));
  const most = Math.max(...steps.map(({ accounts }) => accounts));
  const x = (on: string) => ((Date.parse(on) - first) / DAY_MS / days) * WIDTH;
  const y = (accounts: number) => HEIGHT - 1 - (accounts / most) * (HEIGHT - 3);
  const line =
    steps
      .map(
        ({ day: on, accounts }, index) =>
          `${index ? "H" : "M"}${x(on).toFixed(1)}${index ? "V" : " "}${y(accounts).toFixed(1)}`,
      )
      .join("") + `H${WIDTH}`;
  const sizeThen = steps.findLast(({ day: on }) => shown === "" || on <= shown)?.accounts ?? 1;
  const jump = biggestStep(account);
  const text = say(shown === "" ? "sizeNow" : "sizeThen", { n: sizeThen, day: shown === "" ? "" : day(shown) });
  const change = (value: number) => {
    const next = value >= days ? "" : dayAt(first + value * DAY_MS);
    setDragged(next);
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => {
      setDragged(null);
      setAt(next);
    }, SETTLES_MS);
  };
  return (
    <div className="size-track">
      <span className="size-label">
        <span className="dim">{say("accountsTrack")}</span>
        <b className={shown === "" ? undefined : "past"}>
          {shown === "" ? say("asOfNow") : say("countOn", { n: count(sizeThen), day: day(shown) })}
        </b>
      </span>
      <span className="track">
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          <path className="area" d={`${line}V${HEIGHT}H0Z`} />
          <path className="step" d={line} />
        </svg>
        {jump && (
          <span className="jump" aria-hidden="true" style={{ right: `${100 - (x(jump.day) / WIDTH) * 100}%` }}>
            {jump.name
              ? say("jumpNamed", { day: day(jump.day), name: jump.name, n: jump.by })
              : say("jumpLabel", { day: day(jump.day), n: jump.by })}
          </span>
        )}
        <span className="cursor" aria-hidden="true" style={{ left: `${(place / days) * 100}%` }} />
        <input
          type="range"
          min={0}
          max={days}
          value={place}
          aria-label={say("moment")}
          aria-valuetext={text}
          onChange={(event) => change(Number(event.target.value))}
        />
        <span className="ticks" aria-hidden="true">
          {monthsBetween(first, now).map(({ label, share }) => (
            <span key={label + share} style={{ left: `${share * 100}%` }}>
              {label}
            </span>
          ))}
        </span>
      </span>
    </div>
  );
}

/** At most six beginnings of a month. */
function monthsBetween(first: number, now: number): { label: string; share: number }[] {
  const starts: number[] = [];
  const date = new Date(first);
  for (let month = new Date(date.getFullYear(), date.getMonth() + 1, 1); month.getTime() < now;) {
    starts.push(month.getTime());
    month = new Date(month.getFullYear(), month.getMonth() + 1, 1);
  }
  const every = Math.max(1, Math.ceil(starts.length / MONTHS));
  return starts
    .filter((_, index) => index % every === 0)
    .map((start) => {
      const words = day(new Date(start).toISOString()).split(" ");
      return { label: words.slice(1).join(" "), share: (start - first) / (now - first) };
    })
    .filter(({ share }) => share < 0.94);
}
