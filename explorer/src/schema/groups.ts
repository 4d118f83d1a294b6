/** A field of a record or of an input. */
interface Field {
  name: string;
  kind: string;
  type: string;
}

const LONG_TEXT = 60;
const LEFT = ["money", "progress", "text"] as const;
const RIGHT = ["people", "dates"] as const;

type Rank = (typeof LEFT)[number] | (typeof RIGHT)[number] | "long";

function rankOf(field: Field, value: unknown): Rank {
  if (field.kind === "money") return "money";
  if (field.kind === "reference") return "people";
  if (field.kind === "group") return "long";
  if (field.type === "Date" || field.type === "DateTime") return "dates";
  if (field.kind === "enum" || field.type === "Int" || field.type === "Float" || field.type === "Boolean")
    return "progress";
  return typeof value === "string" && value.length > LONG_TEXT ? "long" : "text";
}

/** Fields by their kind: money, progress and texts on the left, people and dates on the right, long texts below. */
export function groupsOf<F extends Field>(
  fields: readonly F[],
  values: Readonly<Record<string, unknown>>,
): { left: F[]; right: F[]; long: F[] } {
  const of = (ranks: readonly Rank[]) =>
    ranks.flatMap((rank) => fields.filter((field) => rankOf(field, values[field.name]) === rank));
  const left = of(LEFT);
  const right = of(RIGHT);
  // Texts fill the shorter column.
  const texts = of(["text"]);
  while (texts.length > 0 && left.length > right.length + 1) {
    const moved = texts.pop()!;
    left.splice(left.indexOf(moved), 1);
    right.push(moved);
  }
  return { left, right, long: of(["long"]) };
}
