import { humanized, moneyInWords, type Money } from "../words/format";
import { words } from "../words/words";
import { nameOf, type RecordShape, type Reference } from "./records";
import type { RecordNode } from "./RecordPage";

const say = words("record");

/** The sentence over a record whose type has no verdict of its own: its kind, amount, state and account. */
export function verdictOf(shape: RecordShape, node: RecordNode): string {
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
