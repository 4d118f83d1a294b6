import type { ReactNode } from "react";
import { Lock } from "lucide-react";
import { Link } from "wouter";
import { recordAddress } from "../app/addresses";
import { session, useStore } from "../app/session";
import { markOf, PEOPLE } from "../app/subjects";
import { Person, RecordMark } from "../marks/marks";
import { day, daysUntil, decimal, fullDay, moment, moneyInFull, money, percent, type Money } from "../words/format";
import { words } from "../words/words";
import { valueLabel } from "./labels";
import { nameOf, type FieldShape, type Reference } from "./records";

const say = words("record");

export function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

const SCALARS: Readonly<Record<string, (value: never) => ReactNode>> = {
  Boolean: (value: boolean) => say(value ? "yes" : "no"),
  Date: (value: string) => <DateValue value={value} />,
  DateTime: (value: string) => <time dateTime={value}>{moment(value)}</time>,
  Int: (value: number) => decimal(value),
  Float: (value: number) => decimal(value),
};

function DateValue({ value }: { value: string }) {
  const days = daysUntil(value);
  return (
    <>
      <time dateTime={value}>{fullDay(value)}</time>
      {days > 0 && days <= 400 && <span className="detail"> {say("inDays", { n: days })}</span>}
    </>
  );
}

/** A value as its field is written: money, a date, a code in words, or a link to a record. */
export function Value({ field, value, short = false }: { field: FieldShape; value: unknown; short?: boolean }) {
  if (isEmpty(value)) return <span className="dimmer">—</span>;
  if (field.kind === "money") {
    const amount = value as Money;
    return <span className="num">{short || amount.amount % 1 === 0 ? money(amount) : moneyInFull(amount)}</span>;
  }
  if (field.kind === "enum") return valueLabel(field.values, String(value));
  if (field.kind === "reference") return <RecordLink reference={value as Reference} />;
  if (field.share && typeof value === "number") return percent(value * 100);
  if (field.percent && typeof value === "number") return percent(value);
  if (short && (field.type === "Date" || field.type === "DateTime") && typeof value === "string")
    return <time dateTime={value}>{day(value)}</time>;
  const write = SCALARS[field.type];
  return write ? write(value as never) : <span className="text">{String(value)}</span>;
}

/** Stands for a value that the reader may not see, whether there is one or not. */
export function Withheld() {
  return (
    <span className="dimmer">
      <Lock aria-hidden="true" /> {say("withheld")}
    </span>
  );
}

/** A link to a record with its mark. */
export function RecordLink({ reference }: { reference: Reference }) {
  const { user } = useStore(session);
  const { __typename: type, id } = reference;
  const name = nameOf(reference);
  const mine = id === user?.id;
  return (
    <Link href={recordAddress(type, id)} className="row-link">
      {PEOPLE.has(type) ? (
        <Person name={name} whose={mine ? "you" : type === "User" ? "ours" : "theirs"} />
      ) : (
        <RecordMark kind={markOf(type)} />
      )}
      <span className="cut">{mine ? say("you") : name}</span>
    </Link>
  );
}
