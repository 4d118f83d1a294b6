import type { ReactNode } from "react";

interface FigureProps {
  /** The name of the receipt, as the address holds it in `e`. */
  name: string;
  open: string;
  show: (name: string) => void;
  children: ReactNode;
}

/** A figure in a sentence that opens its receipt: the rows and the arithmetic behind it. */
export function Figure({ name, open, show, children }: FigureProps) {
  const on = open === name;
  return (
    <button type="button" className={on ? "rcpt on" : "rcpt"} aria-expanded={on} onClick={() => show(on ? "" : name)}>
      {children}
    </button>
  );
}

export interface SumRow {
  label: ReactNode;
  value: ReactNode;
  key: string;
}

/** Rows that add up to their last line. */
export function Sum({ rows, total }: { rows: readonly SumRow[]; total: { label: ReactNode; value: ReactNode } }) {
  return (
    <dl className="sum">
      {rows.map(({ key, label, value }) => (
        <div key={key}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
      <div className="eq">
        <dt>{total.label}</dt>
        <dd>{total.value}</dd>
      </div>
    </dl>
  );
}
