import type { Money } from "../../words/format";
import { nameOf, type InputShape, type Reference } from "../records";

/** A record that was chosen for a link. */
export interface Choice {
  __typename: string;
  id: string;
  name: string;
}

export interface MoneyDraft {
  amount: string;
  currency: string;
}

/** What stands in a control: a text, an amount, a chosen record or the controls of a group; an empty text is no value. */
export type Draft = string | MoneyDraft | Choice | null | Drafts;
export interface Drafts {
  [field: string]: Draft;
}

export function isChoice(draft: Draft | undefined): draft is Choice {
  return typeof draft === "object" && draft !== null && "id" in draft && "__typename" in draft;
}

export function isMoney(draft: Draft | undefined): draft is MoneyDraft {
  return typeof draft === "object" && draft !== null && "amount" in draft && "currency" in draft;
}

/** The local time of a moment, as the control for dates and times writes it. */
function localTime(iso: string): string {
  const date = new Date(iso);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** What stands in the control of a field that has a value. */
export function draftOf(field: InputShape, value: unknown): Draft {
  if (field.kind === "group") {
    const inner = (value ?? {}) as Record<string, unknown>;
    return Object.fromEntries((field.fields ?? []).map((each) => [each.name, draftOf(each, inner[each.name])]));
  }
  if (field.kind === "reference") {
    if (value === null || value === undefined) return null;
    const reference = value as Reference;
    return { __typename: reference.__typename, id: reference.id, name: nameOf(reference) };
  }
  if (field.kind === "money") {
    const money = value as Money | null | undefined;
    return { amount: money ? String(money.amount) : "", currency: money?.currency ?? "" };
  }
  if (value === null || value === undefined) return "";
  if (field.many) return (value as readonly unknown[]).map(String).join(", ");
  return field.type === "DateTime" ? localTime(String(value)) : String(value as string | number | boolean);
}

/** The drafts of all fields of an input. */
export function draftsOf(fields: readonly InputShape[], values: Readonly<Record<string, unknown>>): Drafts {
  return Object.fromEntries(fields.map((field) => [field.name, draftOf(field, values[field.name])]));
}

export function isEmptyDraft(draft: Draft | undefined): boolean {
  if (draft === null || draft === undefined || draft === "") return true;
  if (typeof draft === "string" || isChoice(draft)) return false;
  if (isMoney(draft)) return draft.amount.trim() === "";
  return Object.values(draft).every(isEmptyDraft);
}

function scalar(field: InputShape, text: string): unknown {
  if (text.trim() === "") return null;
  if (field.many)
    return text
      .split(",")
      .map((each) => each.trim())
      .filter(Boolean);
  if (field.type === "Boolean") return text === "true";
  // A text that is no number is sent as it is, so that the server names the field and the rule.
  if (field.type === "Int" || field.type === "Float") return Number.isNaN(Number(text)) ? text : Number(text);
  if (field.type === "DateTime") return new Date(text).toISOString();
  return text;
}

/** The value of an input field; null for an empty control. */
export function valueOf(field: InputShape, draft: Draft | undefined): unknown {
  if (isEmptyDraft(draft)) return null;
  if (isChoice(draft)) return field.many ? [draft.id] : draft.id;
  if (isMoney(draft)) return { amount: Number(draft.amount), ...(draft.currency ? { currency: draft.currency } : {}) };
  if (typeof draft === "object" && draft !== null) {
    const value = Object.fromEntries(
      (field.fields ?? []).flatMap((each) => {
        const inner = valueOf(each, draft[each.name]);
        return inner === null ? [] : [[each.name, inner] as const];
      }),
    );
    return field.many ? [value] : value;
  }
  return scalar(field, draft ?? "");
}

/** The fields whose drafts differ. */
export function changedFields(fields: readonly InputShape[], before: Drafts, after: Drafts): InputShape[] {
  return fields.filter(({ name }) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}

/** A draft as a page shows the value of a field, before the server has answered. */
export function shownValue(field: InputShape, draft: Draft): unknown {
  if (isChoice(draft)) return draft;
  if (isMoney(draft)) {
    return isEmptyDraft(draft) ? null : { amount: Number(draft.amount), currency: draft.currency || "USD" };
  }
  return valueOf(field, draft);
}
