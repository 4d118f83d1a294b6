import { useState } from "react";
import { TriangleAlert } from "lucide-react";
import { mutate } from "../../app/client";
import { ChangeImportMappingDocument } from "../../generated/graphql";
import { toast } from "../../parts/toasts";
import { labelOf } from "../../schema/labels";
import { words } from "../../words/words";
import type { StepProps } from "./JobPage";
import { isOpen, lacking, type Job } from "./work";

const say = words("data");

/** Step 2: what each column becomes. A change is saved at once. */
export function Mapping({ job, verbs }: StepProps) {
  const open = isOpen(job.state);
  const [saving, setSaving] = useState(false);
  const change = (patch: Record<string, unknown>) => {
    setSaving(true);
    void mutate(ChangeImportMappingDocument, { id: job.id, ...patch }).then(({ failure }) => {
      setSaving(false);
      if (failure) toast({ message: say("notDone", { message: failure.message }), refused: true });
      verbs.again();
    });
  };
  const missing = lacking(job);
  return (
    <section className="block" aria-busy={saving}>
      <div className="mapping-head">
        <Choice
          label={say("type")}
          value={job.target}
          options={job.targetTypes}
          disabled={!open}
          change={(target) => change({ target })}
        />
        <SourceField key={job.source} job={job} disabled={!open} change={(source) => change({ source })} />
        <Choice
          label={say("key")}
          value={job.keyColumn ?? ""}
          options={job.columns.map(({ name }) => name)}
          none={job.keyColumn ? undefined : say("noKey")}
          disabled={!open}
          change={(keyColumn) => change({ keyColumn })}
        />
      </div>
      {missing.length > 0 && (
        <p className="refusal" role="status">
          <TriangleAlert aria-hidden="true" />{" "}
          {say("needed", { fields: missing.map((name) => labelOf({ name })).join(", ") })}
        </p>
      )}
      <table className="table mapping">
        <thead>
          <tr>
            <th scope="col">{say("theirs")}</th>
            <th scope="col">{say("samples")}</th>
            <th scope="col">{say("ours")}</th>
          </tr>
        </thead>
        <tbody>
          {job.columns.map((column) => (
            <tr key={column.name}>
              <th scope="row">
                <span className="cut">{column.name}</span>
              </th>
              <td className="dim">
                <span className="cut samples">
                  {column.samples.map((sample, index) => (
                    <span key={index}>{sample}</span>
                  ))}
                </span>
              </td>
              <td>
                <FieldChoice job={job} column={column} disabled={!open} change={change} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="step-main">
        <button
          type="button"
          className="btn pri"
          disabled={!open || missing.length > 0 || verbs.busy || saving}
          onClick={verbs.check}
        >
          {say("check", { n: job.rows })}
        </button>
        <span className="dim">{say("checkHelp")}</span>
      </p>
    </section>
  );
}

interface FieldProps {
  job: Job;
  column: Job["columns"][number];
  disabled: boolean;
  change: (patch: Record<string, unknown>) => void;
}

function FieldChoice({ job, column, disabled, change }: FieldProps) {
  const chosen = job.targetFields.find(({ name }) => name === column.field);
  return (
    <select
      aria-label={say("fieldFor", { column: column.name })}
      className={column.field ? "select" : "select none"}
      value={column.field ?? ""}
      disabled={disabled}
      title={chosen?.description}
      onChange={(event) => change({ columns: [{ column: column.name, field: event.target.value || null }] })}
    >
      <option value="">{say("nothing")}</option>
      {job.targetFields.map(({ name, kind }) => (
        <option key={name} value={name}>
          {/^[A-Z]/.test(kind) ? `${labelOf({ name })} (${say("linked", { type: kind })})` : labelOf({ name })}
        </option>
      ))}
    </select>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  options: readonly string[];
  none?: string | undefined;
  disabled: boolean;
  change: (value: string) => void;
}

function Choice({ label, value, options, none, disabled, change }: ChoiceProps) {
  return (
    <label>
      <span>{label}</span>
      <select className="select" value={value} disabled={disabled} onChange={(event) => change(event.target.value)}>
        {none !== undefined && <option value="">{none}</option>}
        {options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    </label>
  );
}

function SourceField({ job, disabled, change }: { job: Job; disabled: boolean; change: (source: string) => void }) {
  const [text, setText] = useState(job.source);
  const save = () => {
    if (text.trim() && text !== job.source) change(text.trim());
    else setText(job.source);
  };
  return (
    <label>
      <span>{say("source")}</span>
      <input
        type="text"
        className="select"
        value={text}
        maxLength={200}
        disabled={disabled}
        onChange={(event) => setText(event.target.value)}
        onBlur={save}
        onKeyDown={(event) => {
          if (event.key === "Enter") save();
        }}
      />
    </label>
  );
}
