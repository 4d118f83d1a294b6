import type { ReactNode } from "react";

/** What Kith concludes, in one or two sentences; its figures are receipts. */
export function Verdict({ children, wide = false }: { children: ReactNode; wide?: boolean }) {
  return (
    <section className={wide ? "verdict wide" : "verdict"} role="status">
      <p>{children}</p>
    </section>
  );
}
