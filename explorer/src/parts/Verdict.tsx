import { createContext, use, type ReactNode } from "react";
import { words } from "../words/words";

const say = words("frame");

/** Whether records behind the page are hidden from the reader, so that its conclusion is about the others. */
export const Qualified = createContext(false);

interface Props {
  children: ReactNode;
  wide?: boolean;
  /** The sentence itself says that it is about records that the reader may see. */
  qualified?: boolean;
}

/** What Kith concludes, in one or two sentences; its figures are receipts. */
export function Verdict({ children, wide = false, qualified = false }: Props) {
  const hides = use(Qualified) && !qualified;
  return (
    <section className={wide ? "verdict wide" : "verdict"} role="status">
      <p>
        {hides && <span className="soft">{say("asFar")} </span>}
        {children}
      </p>
    </section>
  );
}
