import { Link } from "wouter";
import { Bars, Known, RecordMark } from "../../marks/marks";
import { day, money, moneyInFull, NONE, type Money } from "../../words/format";
import { words } from "../../words/words";
import type { AccountData } from "./Account";

const say = words("account");
const MOST = 12;

type Part = AccountData["rollup"]["byChild"][number];

/** The account itself and each child: bars that begin where the one above ends, so that they tile their sum. */
export function Waterfall({ account }: { account: AccountData }) {
  const { byChild, won, openPipeline, accounts } = account.rollup;
  const own = byChild.filter((part) => part.own);
  const below = byChild
    .filter((part) => !part.own)
    .sort((one, other) => other.won.amount - one.won.amount || other.openPipeline.amount - one.openPipeline.amount);
  const parts = [...own, ...below];
  const shown = parts.slice(0, MOST);
  const rest = parts.slice(MOST);
  const inFull = parts.some((part) => part.won.amount % 1 !== 0 || part.openPipeline.amount % 1 !== 0);
  const write = (value: Money) => (value.amount === 0 ? NONE : inFull ? moneyInFull(value) : money(value));
  const starts = shown.map((_, index) => ({
    won: sum(parts.slice(0, index), "won"),
    open: sum(parts.slice(0, index), "openPipeline"),
  }));
  return (
    <table className="table waterfall" aria-label={say("waterfall")}>
      <colgroup>
        <col />
        <col className="c-bar" />
        <col className="c-money" />
        <col className="c-bar" />
        <col className="c-money" />
        <col className="c-known" />
        <col className="c-day" />
      </colgroup>
      <thead>
        <tr>
          <th scope="col">{say("account")}</th>
          <th scope="col" className="n" colSpan={2}>
            {say("won")}
          </th>
          <th scope="col" className="n" colSpan={2}>
            {say("openColumn")}
          </th>
          <th scope="col" className="n">
            {say("known")}
          </th>
          <th scope="col" className="n">
            {say("spoke")}
          </th>
        </tr>
      </thead>
      <tbody>
        {shown.map((part, index) => (
          <tr key={part.account.id + String(part.own)}>
            <td data-phone="main" className={part.own ? undefined : "child"}>
              <Name part={part} top={account.parent === null && accounts > 1} />
            </td>
            <td className="bar">
              <Bars
                label={money(part.won)}
                spans={span(starts[index]!.won, part.won.amount, won.amount, part.own ? "won" : "below")}
                wide
              />
            </td>
            <td className="n" data-phone="none">
              {write(part.won)}
            </td>
            <td className="bar">
              <Bars
                label={money(part.openPipeline)}
                spans={span(starts[index]!.open, part.openPipeline.amount, openPipeline.amount, "open")}
                wide
              />
            </td>
            <td className="n" data-phone="figure">
              {write(part.openPipeline)}
            </td>
            <td className="n" data-phone="under">
              <Known known={part.known} total={part.contacts} />
            </td>
            <td className="n" data-phone="end">
              <Spoke at={part.lastSpokeAt} people={part.contacts} />
            </td>
          </tr>
        ))}
        {rest.length > 0 && (
          <tr>
            <td data-phone="main" className="child dim">
              {say("more", { n: rest.length })}
            </td>
            <td />
            <td className="n" data-phone="none">
              {write({ ...won, amount: sum(rest, "won") })}
            </td>
            <td />
            <td className="n" data-phone="figure">
              {write({ ...openPipeline, amount: sum(rest, "openPipeline") })}
            </td>
            <td className="n" data-phone="under">
              <Known known={add(rest, "known")} total={add(rest, "contacts")} />
            </td>
            <td />
          </tr>
        )}
        <tr className="tot">
          <td data-phone="main">{say("together")}</td>
          <td className="bar">
            <Bars label={money(won)} spans={span(0, won.amount, won.amount, "won")} wide />
          </td>
          <td className="n" data-phone="none">
            {write(won)}
          </td>
          <td className="bar">
            <Bars label={money(openPipeline)} spans={span(0, openPipeline.amount, openPipeline.amount, "open")} wide />
          </td>
          <td className="n" data-phone="figure">
            {write(openPipeline)}
          </td>
          <td className="n" data-phone="under">
            <Known known={account.rollup.known} total={account.rollup.contacts} />
          </td>
          <td className="n" data-phone="end">
            <Spoke at={account.rollup.lastSpokeAt} people={account.rollup.contacts} />
          </td>
        </tr>
      </tbody>
    </table>
  );
}

function Name({ part, top }: { part: Part; top: boolean }) {
  const { account, own } = part;
  const kind = account.relationship !== "CUSTOMER" ? "prospect" : own && top ? "root" : "account";
  const text = (
    <span className="cut">
      <b className="strong">{account.name}</b>{" "}
      <span className="detail">{[account.city, own ? say("itself") : null].filter(Boolean).join(", ")}</span>
    </span>
  );
  if (own)
    return (
      <span className="row-link">
        <RecordMark kind={kind} />
        {text}
      </span>
    );
  return (
    <Link href={`/account/${account.id}`} className="row-link">
      <RecordMark kind={kind} />
      {text}
    </Link>
  );
}

function sum(parts: readonly Part[], field: "won" | "openPipeline"): number {
  return parts.reduce((total, part) => total + part[field].amount, 0);
}

function add(parts: readonly Part[], field: "known" | "contacts"): number {
  return parts.reduce((total, part) => total + part[field], 0);
}

function Spoke({ at, people }: { at: string | null; people: number }) {
  if (at) return day(at);
  return people > 0 ? <span className="risk">{say("never")}</span> : NONE;
}

function span(start: number, length: number, total: number, look: "won" | "below" | "open") {
  return total > 0 ? [{ start: start / total, length: length / total, look }] : [];
}
