import type { InputShape } from "../records";
import type { Draft } from "./drafts";

export interface ControlProps {
  id: string;
  label: string;
  field: InputShape;
  draft: Draft | undefined;
  change: (draft: Draft) => void;
  autoFocus?: boolean;
  required?: boolean;
  "aria-invalid"?: boolean;
  "aria-describedby"?: string | undefined;
}

/** The attributes that every element of a control has. */
export function attributesOf(props: ControlProps) {
  const { id, autoFocus, required } = props;
  return {
    id,
    autoFocus,
    required,
    "aria-label": props.label,
    "aria-invalid": props["aria-invalid"],
    "aria-describedby": props["aria-describedby"],
  };
}
