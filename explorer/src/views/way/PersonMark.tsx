import { initials } from "../../words/format";
import type { WayPerson } from "./ways";

interface Props {
  who: WayPerson;
  me: boolean;
  /** What the mark does when it is pressed; without it the mark is no button. */
  label?: string;
  press?: () => void;
}

/** The large mark of a person on a way; those who can be left out are buttons. */
export function PersonMark({ who, me, label, press }: Props) {
  const className = `who xl ${who.ours ? "us" : "they"}${me ? " me" : ""}`;
  if (!press) return <span className={className} data-initials={initials(who.name)} aria-hidden="true" />;
  return (
    <button
      type="button"
      className={className}
      data-person={who.id}
      data-initials={initials(who.name)}
      aria-label={label}
      title={label}
      onClick={press}
    />
  );
}
