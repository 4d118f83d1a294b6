import type { ReactNode } from "react";
import { Link } from "wouter";
import { recordAddress } from "../app/addresses";
import type { SentenceTextFragment } from "../generated/graphql";
import { count, moneyInFull, percent } from "../words/format";
import { words } from "../words/words";
import { PanelSection } from "./Panel";
import { Figure, Sum } from "./Receipt";

const say = words("conclusion");

type Part = SentenceTextFragment["parts"][number];
type SentenceFigure = NonNullable<Part["figure"]>;

const MOST_ROWS = 50;

/** The name of the receipt of the figure at a place in a sentence. */
export function receiptName(place: number): string {
  return `f${place}`;
}

/** The place of the first figure of a sentence, for the key that opens a receipt. */
export function firstFigure(sentence: SentenceTextFragment): string {
  const place = sentence.parts.findIndex(({ figure }) => figure !== null);
  return place < 0 ? "" : receiptName(place);
}

interface Props {
  sentence: SentenceTextFragment;
  open: string;
  show: (name: string) => void;
  /** What stands for a record that is on the page; null for the others, which are links. */
  onPage?: (id: string, text: string) => ReactNode;
}

/** A sentence that Kith concludes: its records are links, its figures open receipts; what follows the first sentence is soft. */
export function Conclusion(props: Props) {
  const { parts } = props.sentence;
  const end = parts.findIndex(({ text, record, figure }) => text === " " && !record && !figure);
  const shown = (part: Part, place: number) => {
    if (part.record)
      return (
        props.onPage?.(part.record.id, part.text) ?? (
          <Link key={place} href={recordAddress(part.record.__typename ?? "", part.record.id)} className="named">
            {part.text}
          </Link>
        )
      );
    if (!part.figure) return part.text;
    return (
      <Figure key={place} name={receiptName(place)} open={props.open} show={props.show}>
        {part.text}
      </Figure>
    );
  };
  if (end < 0) return parts.map(shown);
  return (
    <>
      {parts.slice(0, end + 1).map(shown)}
      <span className="soft">{parts.slice(end + 1).map((part, index) => shown(part, index + end + 1))}</span>
    </>
  );
}

function written(value: number, { unit, currency }: SentenceFigure): string {
  if (unit === "MONEY") return moneyInFull({ amount: value, currency: currency ?? "USD" });
  return unit === "PERCENT" ? percent(value) : unit === "DAYS" ? say("days", { n: value }) : count(value);
}

/** Whether a sentence has a figure with that receipt. */
export function hasReceipt(sentence: SentenceTextFragment, open: string): boolean {
  return sentence.parts.some(({ figure }, place) => figure !== null && receiptName(place) === open);
}

/** The receipt of the open figure of a sentence: the records or terms that add up to it. */
export function Evidence({ sentence, open }: { sentence: SentenceTextFragment; open: string }) {
  const part = sentence.parts.find((_, place) => receiptName(place) === open);
  if (!part?.figure) return null;
  const { figure } = part;
  const rows = figure.evidence.slice(0, MOST_ROWS).map(({ text, value, record }, index) => ({
    key: String(index),
    label: record ? (
      <Link href={recordAddress(record.__typename ?? "", record.id)} className="link">
        {text}
      </Link>
    ) : (
      text
    ),
    value: written(value, figure),
  }));
  return (
    <PanelSection title={say("receipt", { figure: part.text })} count={figure.evidence.length}>
      <Sum rows={rows} total={{ label: say("total"), value: written(figure.value, figure) }} />
      {figure.evidence.length > rows.length && (
        <p className="dimmer">{say("more", { n: figure.evidence.length - rows.length })}</p>
      )}
    </PanelSection>
  );
}
