import "./forms.css";
import type { ComponentType, KeyboardEvent } from "react";
import { labelOf } from "../labels";
import { words } from "../../words/words";
import type { InputShape } from "../records";
import { attributesOf, type ControlProps } from "./attributes";
import { isMoney, type Draft } from "./drafts";
import { RecordPicker } from "./RecordPicker";

const say = words("forms");
const CURRENCY_LETTERS = 3;

function textOf(draft: Draft | undefined): string {
  return typeof draft === "string" ? draft : "";
}

/** A text that grows with its lines; Enter alone does not end a line, because most texts have one. */
function TextControl(props: ControlProps) {
  const { draft, change } = props;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.shiftKey && !textOf(draft).includes("\n")) event.preventDefault();
  };
  return (
    <textarea
      {...attributesOf(props)}
      rows={1}
      value={textOf(draft)}
      onChange={(event) => change(event.target.value)}
      onKeyDown={onKeyDown}
    />
  );
}

function InputControl(props: ControlProps) {
  const { field, draft, change } = props;
  const types: Readonly<Record<string, string>> = { Date: "date", DateTime: "datetime-local" };
  const number = field.type === "Int" || field.type === "Float";
  return (
    <span className="unit">
      <input
        {...attributesOf(props)}
        type={types[field.type] ?? "text"}
        {...(number ? { inputMode: "decimal" as const } : {})}
        value={textOf(draft)}
        onChange={(event) => change(event.target.value)}
      />
      {field.percent && <span className="detail">{say("percent")}</span>}
    </span>
  );
}

function SelectControl(props: ControlProps) {
  const { field, draft, change } = props;
  const yesOrNo = [
    { name: "true", shown: say("yes"), description: "" },
    { name: "false", shown: say("no"), description: "" },
  ];
  // What the record has now is offered too, also when a form of another state would not accept it.
  const accepted = ({ name }: { name: string }) => !field.among || field.among.includes(name) || name === draft;
  const values = field.values?.filter(accepted).map((each) => ({ ...each, shown: labelOf(each) })) ?? yesOrNo;
  return (
    <select {...attributesOf(props)} value={textOf(draft)} onChange={(event) => change(event.target.value)}>
      <option value="">{say("none")}</option>
      {values.map(({ name, shown, description }) => (
        <option key={name} value={name} title={description}>
          {shown}
        </option>
      ))}
    </select>
  );
}

function MoneyControl(props: ControlProps) {
  const { label, draft, change } = props;
  const money = isMoney(draft) ? draft : { amount: "", currency: "" };
  return (
    <span className="unit">
      <input
        {...attributesOf(props)}
        type="text"
        inputMode="decimal"
        value={money.amount}
        onChange={(event) => change({ ...money, amount: event.target.value.replaceAll(",", "") })}
      />
      <input
        type="text"
        className="currency"
        aria-label={say("currencyOf", { field: label })}
        placeholder={say("base")}
        maxLength={CURRENCY_LETTERS}
        value={money.currency}
        onChange={(event) => change({ ...money, currency: event.target.value.toUpperCase() })}
      />
    </span>
  );
}

const BY_KIND: Readonly<Partial<Record<InputShape["kind"], ComponentType<ControlProps>>>> = {
  enum: SelectControl,
  money: MoneyControl,
  reference: RecordPicker,
};
const BY_TYPE: Readonly<Record<string, ComponentType<ControlProps>>> = {
  Boolean: SelectControl,
  Date: InputControl,
  DateTime: InputControl,
  Float: InputControl,
  Int: InputControl,
};

/** The control of a field, by its kind and its type. */
export function Control(props: ControlProps) {
  const Chosen = BY_KIND[props.field.kind] ?? BY_TYPE[props.field.type] ?? TextControl;
  return <Chosen {...props} />;
}
