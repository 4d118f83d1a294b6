import type { KeyboardEvent, ReactNode } from "react";
import { TriangleAlert } from "lucide-react";
import type { Failure } from "../../app/client";
import { Caps } from "../../parts/Page";
import { sentenceOf } from "../../parts/States";
import { words } from "../../words/words";
import type { InputShape } from "../records";
import type { Drafts } from "./drafts";
import { FormFields, generalFailures } from "./FormFields";

const say = words("forms");

interface Props {
  label: string;
  fields: readonly InputShape[];
  drafts: Drafts;
  change: (drafts: Drafts) => void;
  failures: readonly Failure[];
  save: () => void;
  /** The text of the button that saves. */
  saveLabel: string;
  cancel: () => void;
  busy: boolean;
  focus?: string | undefined;
  lead?: string | null;
  narrow?: boolean;
  /** What a refusal offers beside trying again. */
  remedies?: ReactNode;
  children?: ReactNode;
}

/** A form of the fields of an input: ⌘↵ saves all, Esc reverts, and a refusal stands beside its field. */
export function Form(props: Props) {
  const { label, fields, drafts, change, failures, save, saveLabel, cancel, busy, focus, narrow } = props;
  const general = generalFailures(fields, failures);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) save();
    else if (event.key === "Escape") cancel();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <form
      className={narrow ? "form narrow" : "form"}
      aria-label={label}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
      onKeyDown={onKeyDown}
    >
      {failures.length > 0 && (
        <div className="refusals" role="alert">
          <TriangleAlert aria-hidden="true" />
          <div>
            <p className="strong">{say("notSaved")}</p>
            {general.map((failure) => (
              <p key={failure.message}>
                {sentenceOf(failure)} <span className="dim">{failure.remedy}</span>
              </p>
            ))}
            {props.remedies}
          </div>
        </div>
      )}
      {props.children}
      <FormFields
        fields={fields}
        drafts={drafts}
        change={change}
        failures={failures}
        focus={focus}
        lead={props.lead}
        {...(narrow ? { narrow } : {})}
      />
      <p className="form-foot">
        <button type="submit" className="btn pri" disabled={busy}>
          {saveLabel} <Caps keys={["⌘↵"]} />
        </button>
        <button type="button" className="btn" onClick={cancel}>
          {say("cancel")} <Caps keys={["Esc"]} />
        </button>
      </p>
    </form>
  );
}
