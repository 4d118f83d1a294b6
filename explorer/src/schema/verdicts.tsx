import type { ReactNode } from "react";
import { daysUntil, fullDay, humanized, moneyInWords, percent, type Money } from "../words/format";
import { words } from "../words/words";
import { nameOf, type RecordShape, type Reference, type RelatedList } from "./records";
import type { RecordNode } from "./RecordPage";

const say = words("record");

type Rule = (node: RecordNode) => ReactNode | null;

/** The verdict of a deal: its chance and date, and the two values when they contradict. */
function deal(node: RecordNode): ReactNode | null {
  const chance = node["closeProbability"];
  const due = node["estimatedCloseDate"];
  const estimate = node["estimatedValue"] as Money | null;
  const lines = node["totalAmount"] as Money | null;
  if (node["state"] !== "OPEN" || typeof chance !== "number" || typeof due !== "string" || !estimate) return null;
  const days = daysUntil(due);
  const differ = lines !== null && lines.amount !== 0 && Math.abs(lines.amount - estimate.amount) >= 1;
  return (
    <>
      {say(days < 0 ? "dealOverdue" : "dealDue", {
        chance: percent(chance),
        money: moneyInWords(estimate),
        day: fullDay(due),
        n: Math.abs(days),
      })}{" "}
      <span className="soft">
        {differ && say("dealLines", { lines: moneyInWords(lines) })}{" "}
        {node.timeline.totalCount === 0 && say("dealSilent")}
      </span>
    </>
  );
}

/** The verdict of a person: the title and the account, and whether we ever spoke. */
function person(node: RecordNode): ReactNode | null {
  const account = (node["accounts"] as RelatedList | null)?.edges[0]?.node;
  const title = node["jobTitle"];
  const spoke = node["lastSpokeAt"];
  if (!account || typeof title !== "string") return null;
  return (
    <>
      {say("person", { name: nameOf(node as unknown as Reference), title: humanized(title), account: nameOf(account) })}{" "}
      <span className="soft">
        {typeof spoke === "string" ? say("personSpoke", { n: Math.max(0, -daysUntil(spoke)) }) : say("personNever")}
      </span>
    </>
  );
}

/** Rules of single types; a type without one has a plain sentence. */
const RULES: Readonly<Record<string, Rule>> = { Contact: person, Opportunity: deal };

/** The sentence over a record: the rule of its type, or one sentence of its kind, amount, state and account. */
export function verdictOf(shape: RecordShape, node: RecordNode): ReactNode {
  return RULES[shape.name]?.(node) ?? plain(shape, node);
}

function plain(shape: RecordShape, node: RecordNode): string {
  const value = (kind: string) => {
    const field = shape.fields.find(
      (each) => each.kind === kind && node[each.name] !== null && node[each.name] !== undefined,
    );
    return field ? node[field.name] : undefined;
  };
  const amount = value("money") as Money | undefined;
  const state = value("enum") as string | undefined;
  const account = shape.fields.find(({ kind, type, name }) => kind === "reference" && type === "Account" && node[name]);
  const reference = account ? (node[account.name] as Reference) : undefined;
  const kind = humanized(shape.name);
  return say("plain", {
    article: /^[aeio]/.test(kind) ? "An" : "A",
    kind,
    money: amount ? moneyInWords(amount) : "",
    hasMoney: amount ? "yes" : "no",
    state: state ? humanized(state) : "",
    hasState: state ? "yes" : "no",
    name: reference ? nameOf(reference) : "",
    hasName: reference ? "yes" : "no",
  });
}
