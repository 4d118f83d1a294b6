import "./list.css";
import { useState } from "react";
import { Columns3, ListFilter, X } from "lucide-react";
import { session, useStore } from "../../app/session";
import { Filters } from "../../parts/Filters";
import { fullDay } from "../../words/format";
import { words } from "../../words/words";
import { Control } from "../forms/Control";
import { isChoice, type Draft } from "../forms/drafts";
import { nameOf, type FieldShape, type InputShape, type RecordShape, type Reference } from "../records";
import { labelInText, labelOf } from "../labels";
import { columnFields } from "./columns";
import {
  filterFields,
  operatorsOf,
  readCondition,
  textField,
  writeCondition,
  type Condition,
  type Operator,
} from "./conditions";
import type { RecordsLens } from "./request";

const say = words("records");
const MOST_CHIPS = 6;

interface Props {
  shape: RecordShape;
  rows: readonly Reference[];
  /** The columns on the screen. */
  shown: readonly FieldShape[];
  lens: RecordsLens;
  setLens: (patch: Partial<RecordsLens>) => void;
}

/** The filters of a generated list: a text, the values of a state as chips, any other field, and the columns. */
export function FilterBar({ shape, rows, shown, lens, setLens }: Props) {
  const { user } = useStore(session);
  const [open, setOpen] = useState<"filter" | "columns" | null>(null);
  const fields = filterFields(shape);
  const quick = fields.find(({ values }) => values && values.length <= MOST_CHIPS);
  const named = fields.find(({ name }) => name === textField(shape)) ?? { name: "name" };
  const chips = [
    ...(quick?.values ?? []).map((value) => ({
      name: `${quick!.name}.is.${value.name}`,
      label: labelOf(value),
    })),
    ...(user && fields.some(({ name }) => name === "owner")
      ? [{ name: `owner.is.${user.id}`, label: say("mine") }]
      : []),
  ];
  const others = lens.f.filter((each) => !chips.some(({ name }) => name === each));
  const toggle = (which: "filter" | "columns") => setOpen(open === which ? null : which);
  return (
    <>
      <div className="filter-bar">
        <Filters
          q={lens.q}
          on={lens.f}
          options={chips}
          change={setLens}
          label={say("filterBy", { field: labelInText(named) })}
        />
        {others.map((each) => (
          <button
            key={each}
            type="button"
            className="chip"
            aria-pressed="true"
            title={say("removeFilter")}
            onClick={() => setLens({ f: lens.f.filter((one) => one !== each) })}
          >
            {conditionText(fields, each, rows)} <X aria-hidden="true" />
          </button>
        ))}
        <button type="button" className="chip" aria-expanded={open === "filter"} onClick={() => toggle("filter")}>
          <ListFilter aria-hidden="true" /> {say("addFilter")}
        </button>
        <button type="button" className="chip" aria-expanded={open === "columns"} onClick={() => toggle("columns")}>
          <Columns3 aria-hidden="true" /> {say("columns")}
        </button>
      </div>
      {open === "filter" && (
        <FilterForm
          fields={fields}
          add={(condition) => {
            setLens({ f: [...new Set([...lens.f, writeCondition(condition)])] });
            setOpen(null);
          }}
          close={() => setOpen(null)}
        />
      )}
      {open === "columns" && <ColumnChoice shape={shape} shown={shown} lens={lens} setLens={setLens} />}
    </>
  );
}

function conditionText(fields: readonly FieldShape[], text: string, rows: readonly Reference[]): string {
  const condition = readCondition(text);
  const field = fields.find(({ name }) => name === condition?.field);
  if (!condition || !field) return text;
  const { operator, value } = condition;
  return say("condition", { field: labelOf(field), operator, value: valueText(field, value, rows) });
}

function valueText(field: FieldShape, value: string, rows: readonly Reference[]): string {
  if (value === "") return say("empty");
  if (field.kind === "enum") return labelInText(field.values?.find(({ name }) => name === value) ?? { name: value });
  if (field.type === "Boolean") return say(value === "true" ? "yes" : "no");
  if (field.type === "Date" || field.type === "DateTime") return fullDay(value);
  if (field.kind !== "reference") return value;
  // The address has the id; every row that matches has the name.
  const found = rows.map((row) => row[field.name] as Reference | null).find((each) => each?.id === value);
  return found ? nameOf(found) : say("oneRecord");
}

function FilterForm({
  fields,
  add,
  close,
}: {
  fields: readonly FieldShape[];
  add: (condition: Condition) => void;
  close: () => void;
}) {
  const [name, setName] = useState(fields[0]?.name ?? "");
  const field = fields.find((each) => each.name === name);
  const operators = field ? operatorsOf(field) : [];
  const [picked, setPicked] = useState<Operator | null>(null);
  const [draft, setDraft] = useState<Draft>("");
  if (!field) return null;
  const operator = picked && operators.includes(picked) ? picked : operators[0]!;
  const value = isChoice(draft) ? draft.id : typeof draft === "string" ? draft.trim() : "";
  return (
    <form
      className="filter-form"
      onSubmit={(event) => {
        event.preventDefault();
        add({ field: field.name, operator: value === "" ? "is" : operator, value });
      }}
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      <select
        autoFocus
        aria-label={say("field")}
        value={name}
        onChange={(event) => {
          setName(event.target.value);
          setDraft("");
        }}
      >
        {fields.map((each) => (
          <option key={each.name} value={each.name}>
            {labelOf(each)}
          </option>
        ))}
      </select>
      <select
        aria-label={say("operator")}
        value={operator}
        onChange={(event) => setPicked(event.target.value as Operator)}
      >
        {operators.map((each) => (
          <option key={each} value={each}>
            {say("operatorWord", { operator: each })}
          </option>
        ))}
      </select>
      <Control id="filter-value" label={say("value")} field={inputOf(field)} draft={draft} change={setDraft} />
      <button type="submit" className="btn">
        {say(value === "" ? "addEmpty" : "add")}
      </button>
    </form>
  );
}

/** The control of a condition: an amount and a time are compared by a number and a day. */
function inputOf(field: FieldShape): InputShape {
  const kind = field.kind === "enum" || field.kind === "reference" ? field.kind : "scalar";
  const type = field.kind === "money" ? "Float" : field.type === "DateTime" ? "Date" : field.type;
  const { name, description, values, kinds } = field;
  return {
    name,
    description,
    required: false,
    many: false,
    kind,
    type,
    ...(values ? { values } : {}),
    ...(kinds !== undefined ? { kinds } : {}),
  };
}

function ColumnChoice({ shape, shown, lens, setLens }: Omit<Props, "rows">) {
  const on = new Set(shown.map(({ name }) => name));
  const all = columnFields(shape);
  const toggle = (name: string) =>
    setLens({ c: all.map((each) => each.name).filter((each) => (each === name ? !on.has(name) : on.has(each))) });
  return (
    <fieldset className="column-choice">
      <legend className="vh">{say("columns")}</legend>
      {all.map((field) => (
        <label key={field.name} title={field.description}>
          <input type="checkbox" checked={on.has(field.name)} onChange={() => toggle(field.name)} /> {labelOf(field)}
        </label>
      ))}
      {lens.c.length > 0 && (
        <button type="button" className="link" onClick={() => setLens({ c: [] })}>
          {say("usual")}
        </button>
      )}
    </fieldset>
  );
}
