import { useState, type ReactNode } from "react";
import { Link } from "wouter";
import { recordAddress } from "../../app/addresses";
import type { HomeQuery } from "../../generated/graphql";
import { day, daysUntil, firstWord, moneyInWords, time } from "../../words/format";
import { words } from "../../words/words";

const say = words("home");
const FIRST_AHEAD = 6;
const FIRST_CHANGES = 6;

type Today = NonNullable<NonNullable<HomeQuery["today"]>["user"]>;
type Item = Today["agenda"][number];
type Change = Today["changes"][number];

function nameOf(of: Item["of"]): string {
  return ("subject" in of ? of.subject : "name" in of ? of.name : null) ?? "";
}

function textOf(item: Item): string {
  const { kind, of, account, person } = item;
  if (kind === "CLOSING")
    return account && !nameOf(of).startsWith(firstWord(account.name))
      ? say("closingAt", { account: account.name, deal: nameOf(of) })
      : say("closing", { deal: nameOf(of) });
  if (kind === "TASK") return nameOf(of) || say("task");
  return person?.__typename === "Contact" ? say("meeting", { person: person.name }) : nameOf(of) || say("meetingAlone");
}

function endOf({ kind, at, money, own, person }: Item): string {
  if (kind === "CLOSING") return money ? moneyInWords(money) : "";
  if (kind === "MEETING") return at ? time(at) : "";
  return own || !person ? "" : firstWord(person.name);
}

interface LineProps {
  href: string;
  date: string;
  overdue?: boolean;
  text: string;
  end: string;
}

function Line({ href, date, overdue = false, text, end }: LineProps) {
  return (
    <li>
      <Link href={href} title={text}>
        <span className={overdue ? "dt risk" : "dt"}>{date}</span>
        <span className="cut">{text}</span>
        <span className="r num">{end}</span>
      </Link>
    </li>
  );
}

/** A list of lines of which the first are shown. */
function Lines({
  title,
  lines,
  first,
  none,
}: {
  title: string;
  lines: readonly ReactNode[];
  first: number;
  none: string;
}) {
  const [all, setAll] = useState(false);
  return (
    <section>
      <h2>
        {title}
        {lines.length > 0 && <span className="c">{lines.length}</span>}
      </h2>
      {lines.length === 0 ? (
        <p className="dim">{none}</p>
      ) : (
        <ul className="ahead">{all ? lines : lines.slice(0, first)}</ul>
      )}
      {lines.length > first && (
        <button type="button" className="link small" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? say("fewer") : say("allAhead", { n: lines.length })}
        </button>
      )}
    </section>
  );
}

/** What is planned, soonest first; a day before today is a task that is overdue. */
export function Ahead({ items }: { items: readonly Item[] }) {
  const lines = items.map((item) => (
    <Line
      key={item.of.id}
      href={recordAddress(item.of.__typename ?? "", item.of.id)}
      date={daysUntil(item.date) === 0 ? say("today") : day(item.date)}
      overdue={daysUntil(item.date) < 0}
      text={textOf(item)}
      end={endOf(item)}
    />
  ));
  return <Lines title={say("ahead")} lines={lines} first={FIRST_AHEAD} none={say("aheadNone")} />;
}

/** What changed since the last visit, newest first. */
export function Changed({ changes, since }: { changes: readonly Change[]; since: string | null }) {
  const lines = changes.map(({ at, says, by, record }, index) => (
    <Line
      key={`${record.id} ${index}`}
      href={recordAddress(record.__typename ?? "", record.id)}
      date={daysUntil(at) === 0 ? say("today") : day(at)}
      text={says.text.replace(/\.$/, "")}
      end={by ? firstWord(by.name) : ""}
    />
  ));
  const title = since ? say("changedSince", { day: day(since) }) : say("changedLately");
  return <Lines title={title} lines={lines} first={FIRST_CHANGES} none={say("changedNone")} />;
}
