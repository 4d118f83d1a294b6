import type { LucideIcon } from "lucide-react";

interface Props {
  /** What it does, for screen readers and as a hint. */
  label: string;
  icon: LucideIcon;
  /** Without it the button cannot be pressed. */
  press: (() => void) | null;
  /** Whether it is on, for a button that is switched. */
  on?: boolean;
  className?: string;
}

/** A button that is an icon. */
export function IconButton({ label, icon: Icon, press, on, className = "" }: Props) {
  return (
    <button
      type="button"
      className={`btn ghost icon ${className}`.trim()}
      aria-label={label}
      title={label}
      disabled={press === null}
      onClick={press ?? undefined}
      {...(on === undefined ? {} : { "aria-pressed": on })}
    >
      <Icon aria-hidden="true" />
    </button>
  );
}
