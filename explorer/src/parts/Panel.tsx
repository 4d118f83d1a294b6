import type { ReactNode } from "react";

interface SectionProps {
  title: string;
  count?: ReactNode;
  /** A word beside the title, with its tone. */
  tag?: { text: string; tone: string } | undefined;
  children: ReactNode;
}

/** A block of the panel. */
export function PanelSection({ title, count, tag, children }: SectionProps) {
  return (
    <section className="p-sec">
      <h2>
        {title}
        {count !== undefined && <span className="c">{count}</span>}
        {tag && <span className={`tag ${tag.tone}`}>{tag.text}</span>}
      </h2>
      {children}
    </section>
  );
}

/** Labels with their values. */
export function Facts({ rows }: { rows: readonly (readonly [label: string, value: ReactNode])[] }) {
  return (
    <dl className="kv">
      {rows.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
