import type { Direction } from "../../app/lists";
import type { FieldShape, RecordShape } from "../records";
import { columnFields } from "./columns";

/** `is` a value or empty, at least, at most, or contains a text. */
export type Operator = "is" | "least" | "most" | "contains";

/** A condition of the address, such as `state.is.ACTIVE`. */
export interface Condition {
  field: string;
  operator: Operator;
  value: string;
}

const WRITTEN = /^(\w+)\.(is|least|most|contains)\.(.*)$/s;

export function readCondition(text: string): Condition | null {
  const found = WRITTEN.exec(text);
  return found ? { field: found[1]!, operator: found[2] as Operator, value: found[3]! } : null;
}

export function writeCondition({ field, operator, value }: Condition): string {
  return `${field}.${operator}.${value}`;
}

/** The operators of a field; the first one is the usual one. */
export function operatorsOf(field: FieldShape): Operator[] {
  if (field.kind === "reference" || field.kind === "enum" || field.type === "Boolean") return ["is"];
  if (field.kind === "money" || ["Int", "Float", "Date", "DateTime"].includes(field.type))
    return ["least", "most", "is"];
  return ["contains", "is"];
}

/** The fields that a list filters by. */
export function filterFields(shape: RecordShape): FieldShape[] {
  return [...shape.fields, ...shape.common].filter(
    ({ filter, many, kind }) => filter && !many && kind !== "connection",
  );
}

function typed(field: FieldShape, value: string): unknown {
  if (field.kind === "money" || field.type === "Int" || field.type === "Float") return Number(value);
  if (field.type === "Boolean") return value === "true";
  return value;
}

/** The first or the last moment of a day of the reader. */
function momentOf(day: string, last: boolean): string {
  return new Date(`${day}T${last ? "23:59:59.999" : "00:00"}`).toISOString();
}

const TESTS: Readonly<Record<Exclude<Operator, "is">, string>> = { least: "gte", most: "lte", contains: "contains" };

function whereOf(field: FieldShape, operator: Operator, values: readonly string[]): object {
  const full = values.filter((value) => value !== "");
  const empty = full.length < values.length;
  const isEmpty = field.kind === "reference" ? { exists: false } : { isNull: true };
  if (operator !== "is") {
    const [value = ""] = full;
    const at = field.type === "DateTime" ? momentOf(value, operator === "most") : typed(field, value);
    return { [field.name]: { [TESTS[operator]]: at, ...(operator === "contains" ? { ignoreCase: true } : {}) } };
  }
  const day = field.type === "DateTime" ? full[0] : undefined;
  const equals =
    field.kind === "reference"
      ? { is: { id: { in: full } } }
      : day !== undefined
        ? { gte: momentOf(day, false), lte: momentOf(day, true) }
        : full.length === 1
          ? { eq: typed(field, full[0]!) }
          : { in: full.map((value) => typed(field, value)) };
  if (full.length === 0) return { [field.name]: isEmpty };
  return empty ? { or: [{ [field.name]: equals }, { [field.name]: isEmpty }] } : { [field.name]: equals };
}

/** The `where` of a list: the values of one field are alternatives, everything else must hold. */
export function whereFor(shape: RecordShape, conditions: readonly Condition[], text: string): object | null {
  const fields = new Map(filterFields(shape).map((field) => [field.name, field]));
  const groups = new Map<string, { field: FieldShape; operator: Operator; values: string[] }>();
  for (const { field: name, operator, value } of conditions) {
    const field = fields.get(name);
    if (!field || !operatorsOf(field).includes(operator)) continue;
    const key = operator === "is" ? name : `${name} ${operator} ${value}`;
    const group = groups.get(key) ?? { field, operator, values: [] };
    group.values.push(value);
    groups.set(key, group);
  }
  const all = [...groups.values()].map(({ field, operator, values }) => whereOf(field, operator, values));
  const named = textField(shape);
  if (text && named) all.push({ [named]: { contains: text, ignoreCase: true } });
  return all.length > 0 ? { and: all } : null;
}

/** The field that the text of a list filters by. */
export function textField(shape: RecordShape): string | null {
  if (shape.label && filterFields(shape).some(({ name }) => name === shape.label)) return shape.label;
  return filterFields(shape).find(({ kind, type }) => kind === "scalar" && type === "String")?.name ?? null;
}

/** The `orderBy` of a list; by default the newest date first, or the name. */
export function orderFor(shape: RecordShape, sort: string): object[] {
  const [name, direction] = (sort || initialSort(shape)).split(" ");
  const way: Direction = direction === "DESC" ? "DESC" : "ASC";
  if (name === shape.label) return [{ [name!]: way }];
  const field = columnFields(shape).find((each) => each.name === name);
  if (!field?.order) return [{ id: way }];
  return [{ [field.name]: typeof field.order === "string" ? { [field.order]: way } : way }];
}

/** The first order of a list, such as `submitDate DESC`. */
export function initialSort(shape: RecordShape): string {
  const date = shape.fields.find(({ type, order }) => (type === "Date" || type === "DateTime") && order === true);
  return date ? `${date.name} DESC` : `${shape.label ?? "id"} ASC`;
}
