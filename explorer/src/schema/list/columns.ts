import type { FieldShape, RecordShape } from "../records";

/** The most columns of a list beside the name of the record. */
const MOST = 8;
const LONG = /description|situation|solution|need|notes?$/i;

/** The kinds of columns, the most important first, with the number of columns that a list requests of each. */
const QUOTAS = { reference: 2, enum: 2, money: 2, date: 2, text: 3, number: 2 } as const;
type Kind = keyof typeof QUOTAS;
/** The kinds from left to right. */
const ORDER: readonly Kind[] = ["reference", "text", "enum", "number", "date", "money"];

function kindOf(field: FieldShape): Kind | null {
  if (field.kind === "reference" || field.kind === "enum" || field.kind === "money") return field.kind;
  if (field.type === "Date" || field.type === "DateTime") return "date";
  if (field.type === "Int" || field.type === "Float") return "number";
  return field.type === "String" && !LONG.test(field.name) ? "text" : null;
}

/** The fields that a list can show: what it sorts by, except the name of the record. */
export function columnFields(shape: RecordShape): FieldShape[] {
  return [...shape.fields, ...shape.common].filter(
    ({ name, kind, many, order }) =>
      name !== shape.label && !many && kind !== "connection" && (kind === "reference" || order),
  );
}

/** The fields that a list requests: those that were chosen, or the first ones of each kind. */
export function requestedFields(shape: RecordShape, chosen: readonly string[]): FieldShape[] {
  const all = columnFields(shape);
  if (chosen.length > 0) return chosen.flatMap((name) => all.find((field) => field.name === name) ?? []);
  const common = new Set(shape.common.map(({ name }) => name));
  const own = all.filter(({ name }) => !common.has(name));
  const first = ORDER.flatMap((kind) => own.filter((field) => kindOf(field) === kind).slice(0, QUOTAS[kind]));
  return [
    ...first,
    ...shape.common.filter(({ name }) => name === "owner" || (first.length < 3 && name === "createdAt")),
  ];
}

/** The columns of a list: those with a value in the rows, by importance when they are too many. */
export function shownFields(
  fields: readonly FieldShape[],
  hasValue: (field: FieldShape) => boolean,
  chosen: boolean,
): FieldShape[] {
  if (chosen) return [...fields];
  const full = fields.filter(hasValue);
  const rank = (field: FieldShape) => {
    const kind = kindOf(field);
    const same = full.filter((each) => kindOf(each) === kind && each.name !== "owner");
    return field.name === "owner" ? 5.5 : same.indexOf(field) * 10 + Object.keys(QUOTAS).indexOf(kind ?? "number");
  };
  const kept = [...full].sort((one, other) => rank(one) - rank(other)).slice(0, MOST - 1);
  return full.filter((field) => kept.includes(field));
}

/** Whether the values of a column stand at its end. */
export function atEnd(field: FieldShape): boolean {
  return ["money", "number", "date"].includes(kindOf(field) ?? "");
}

/** The width of a column; texts and links share the rest. */
export function widthOf(field: FieldShape): string | undefined {
  const kind = kindOf(field);
  return kind === null
    ? "90px"
    : { reference: "14%", enum: "118px", money: "116px", date: "108px", number: "104px", text: "11%" }[kind];
}
