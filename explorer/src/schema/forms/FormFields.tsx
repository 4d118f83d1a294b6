import { useId } from "react";
import type { Failure } from "../../app/client";
import { words } from "../../words/words";
import { groupsOf } from "../groups";
import type { InputShape } from "../records";
import { labelOf } from "../labels";
import { Control } from "./Control";
import { isChoice, type Draft, type Drafts } from "./drafts";

const say = words("forms");

interface Props {
  fields: readonly InputShape[];
  drafts: Drafts;
  change: (drafts: Drafts) => void;
  failures: readonly Failure[];
  /** The field that has the focus at first; by default the first one. */
  focus?: string | undefined;
  /** The field that names the record; it stands first, with those that are needed. */
  lead?: string | null | undefined;
  /** One column, as in a dialog. */
  narrow?: boolean;
}

/** The failures that no field of a form shows. */
export function generalFailures(fields: readonly InputShape[], failures: readonly Failure[]): Failure[] {
  const names = new Set(fields.map(({ name }) => name));
  return failures.filter(({ field }) => !field || !names.has(field.split(".")[0]!));
}

/** Controls in two columns by their kind, each with the refusal of the server below it. */
export function FormFields({ fields, drafts, change, failures, focus, lead, narrow = false }: Props) {
  const leads = fields.filter(({ name, required }) => required || name === lead);
  const groups = groupsOf(
    fields.filter((field) => !leads.includes(field)),
    drafts,
  );
  const columns = narrow ? [fields] : [[...leads, ...groups.left], groups.right];
  const first = focus ?? columns[0]?.[0]?.name ?? fields[0]?.name;
  const row = (field: InputShape) => (
    <Row
      key={field.name}
      field={field}
      draft={drafts[field.name]}
      change={(draft) => change({ ...drafts, [field.name]: draft })}
      failures={failures.filter((each) => each.field?.split(".")[0] === field.name)}
      autoFocus={field.name === first}
    />
  );
  return (
    <>
      {columns.map((column, index) => (
        <div className="column" key={index}>
          {column.filter(({ kind }) => kind !== "group").map(row)}
        </div>
      ))}
      {(narrow ? fields.filter(({ kind }) => kind === "group") : groups.long).map((field) =>
        field.kind === "group" ? (
          <GroupRow
            key={field.name}
            field={field}
            draft={drafts[field.name]}
            change={(draft) => change({ ...drafts, [field.name]: draft })}
            failures={failures}
          />
        ) : (
          <div className="column long" key={field.name}>
            {row(field)}
          </div>
        ),
      )}
    </>
  );
}

interface RowProps {
  field: InputShape;
  draft: Draft | undefined;
  change: (draft: Draft) => void;
  failures: readonly Failure[];
  autoFocus?: boolean;
}

function Row({ field, draft, change, failures, autoFocus = false }: RowProps) {
  const id = useId();
  const refused = failures.length > 0;
  const label = labelOf(field);
  return (
    <div className={refused ? "row refused" : "row"}>
      <label htmlFor={id} title={field.description}>
        {label}
        {field.required && <span className="required"> {say("required")}</span>}
      </label>
      <div>
        <Control
          id={id}
          label={field.required ? say("requiredLabel", { field: label }) : label}
          field={field}
          draft={draft}
          change={change}
          autoFocus={autoFocus}
          required={field.required}
          aria-invalid={refused}
          aria-describedby={refused ? `${id}refusal` : undefined}
        />
        {refused && (
          <p className="refusal" id={`${id}refusal`} role="alert">
            {failures.map(({ message, remedy }) => (
              <span key={message}>
                {message} <span className="dim">{remedy}</span>
              </span>
            ))}
          </p>
        )}
      </div>
    </div>
  );
}

/** The fields of an object within an input. */
function GroupRow({ field, draft, change, failures }: RowProps) {
  const drafts: Drafts = typeof draft === "object" && draft !== null && !isChoice(draft) ? (draft as Drafts) : {};
  const own = failures
    .filter((each) => each.field?.startsWith(`${field.name}.`))
    .map((each) => ({ ...each, field: each.field!.slice(field.name.length + 1) }));
  return (
    <fieldset className="group">
      <legend title={field.description}>{labelOf(field)}</legend>
      <FormFields fields={field.fields ?? []} drafts={drafts} change={change} failures={own} focus="" />
    </fieldset>
  );
}
