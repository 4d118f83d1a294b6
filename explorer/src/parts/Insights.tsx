import type { ReactNode } from "react";
import { Pencil, type LucideIcon } from "lucide-react";
import { Link } from "wouter";
import { recordAddress } from "../app/addresses";
import { loaded } from "../app/code";
import { useAgain } from "../app/lens";
import { editAddress } from "../app/records";
import { addressOf, VIEWS } from "../app/views";
import type { InsightRowFragment } from "../generated/graphql";
import { Expected, Severity, type SeverityKind } from "../marks/marks";
import type { Action } from "../schema/actions/remedy";
import { TYPES } from "../schema/records";
import { money } from "../words/format";
import { words } from "../words/words";
import { Empty } from "./States";

const say = words("insights");

interface Remedy {
  label: string;
  /** The address that it opens; without one it is done on the page. */
  href?: string;
  icon?: LucideIcon | undefined;
}

const UPDATE = "update";
/** How many parts of its evidence an insight shows. */
const FIRST = 2;

/** Whether a verb is done on the page: the form of an activity, or a mutation, whose name has a noun. */
function isDoneHere(verb: string): boolean {
  return verb === "log" || /^[a-z]+[A-Z]/.test(verb);
}

/** What the button of a finding does: opens the view of its action, carries out a mutation, or opens its record. */
function remedyOf({ action, subject }: InsightRowFragment): Remedy | null {
  if (!action) return null;
  const edited = TYPES.find(({ name }) => action.verb === UPDATE + name);
  const [only] = action.args;
  // Nothing is known but the record, so the reader edits it.
  if (edited && only?.name === "id" && action.args.length === 1)
    return { href: editAddress(edited.name, only.value), label: action.label, icon: Pencil };
  if (isDoneHere(action.verb)) return { label: action.label };
  const view = VIEWS.find(({ opens }) => opens === action.verb) ?? VIEWS.find(({ name }) => name === action.verb);
  const values = Object.fromEntries(action.args.map(({ name, value }) => [name, value]));
  const address = view ? addressOf(view, values) : "";
  if (!view || !address || address.includes(":")) {
    const type = subject.__typename ?? "";
    const label = RECORD_LABELS[type] ?? "openRecord";
    return { href: recordAddress(type, subject.id), label: say(label) };
  }
  const search = new URLSearchParams();
  for (const name of Object.keys(view.lens)) if (values[name] !== undefined) search.set(name, values[name]);
  const href = search.size > 0 ? `${address}?${search.toString()}` : address;
  return { href, label: action.label, icon: view.tab?.icon };
}

const RECORD_LABELS: Readonly<Record<string, "openDeal" | "openAccount" | "openPerson">> = {
  Opportunity: "openDeal",
  Account: "openAccount",
  Contact: "openPerson",
};

/** Findings by severity, each with its evidence, the money in it and one remedy. */
export function Insights({ insights, title }: { insights: readonly InsightRowFragment[]; title: string }) {
  const first = insights.findIndex((insight) => remedyOf(insight) !== null);
  return (
    <section className="block">
      <h2>
        {title}
        <span className="c">{say("count", { n: insights.length })}</span>
      </h2>
      {insights.length === 0 && (
        <Empty>
          <p>{say("none")}</p>
        </Empty>
      )}
      <ul className="insights">
        {insights.map((insight, index) => (
          <InsightRow
            key={`${insight.rule} ${insight.subject.id} ${insight.says}`}
            insight={insight}
            filled={index === first}
          />
        ))}
      </ul>
    </section>
  );
}

interface RowProps {
  insight: InsightRowFragment;
  filled: boolean;
  /** The account that it is about, unless the page or the sentence names it. */
  account?: string | null;
  /** Whether its row is selected; without a selection the row with the filled button stands out. */
  selected?: boolean;
  select?: () => void;
  /** Further actions, after the remedy. */
  children?: ReactNode;
}

/** One finding; the first one of a page has the filled button. */
export function InsightRow({ insight, filled, account = null, selected = filled, select, children }: RowProps) {
  const kind = insight.severity.toLowerCase() as SeverityKind;
  const parts = [...insight.because.slice(0, FIRST).map(({ text }) => text), ...insight.also.map(({ says }) => says)];
  const remedy = remedyOf(insight);
  const value = insight.money
    ? money({ amount: insight.money.value, currency: insight.money.currency ?? "USD" })
    : null;
  return (
    <li
      className={selected ? "ins sel" : "ins"}
      onClick={(event) => {
        if (!(event.target as Element).closest("a, button")) select?.();
      }}
    >
      <Severity kind={kind} />
      <div>
        <p className="title">
          {account && say("at", { account })} <span className="t">{insight.says}</span>
        </p>
        <p className="e">
          {parts.slice(0, FIRST).map((text, at) => (
            <span key={at}>{text}</span>
          ))}
          {parts.length > FIRST && <span>{say("also", { n: parts.length - FIRST })}</span>}
        </p>
      </div>
      {value && <span className="money">{kind === "opening" ? <Expected>{value}</Expected> : value}</span>}
      {remedy && <RemedyButton action={insight.action!} remedy={remedy} filled={filled} />}
      {children}
    </li>
  );
}

/** The button of a finding: opens something, or does something that can be undone. */
function RemedyButton({ action, remedy, filled }: { action: Action; remedy: Remedy; filled: boolean }) {
  const again = useAgain();
  const className = filled ? "btn sm pri" : "btn sm";
  const Icon = remedy.icon;
  if (remedy.href !== undefined)
    return (
      <Link href={remedy.href} className={className}>
        {Icon && <Icon aria-hidden="true" />} {remedy.label}
      </Link>
    );
  const act = () =>
    void loaded(() => import("../schema/actions/remedy")).then(({ carryOut }) => carryOut(action, again));
  return (
    <button type="button" className={className} onClick={act}>
      {remedy.label}
    </button>
  );
}
