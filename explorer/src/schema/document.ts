import { FrameFragmentDoc, RecordCommonFragmentDoc } from "../generated/graphql";
import type { Top } from "./request";
import type { FieldShape, RecordShape } from "./records";

/** The records of a related list that the page shows. */
export const SHOWN = 8;

/** The fields that name a referenced record; aliases keep apart names that are nullable in one type only. */
export function naming({ label, labels }: FieldShape): string {
  const byType = Object.entries(labels ?? {}).map(([type, name]) => `... on ${type} { label${type}: ${name} }`);
  return ["__typename id", label ?? "", ...byType].join(" ");
}

export function selection(field: FieldShape): string {
  switch (field.kind) {
    case "money":
      return `${field.name} { amount currency }`;
    case "reference":
      return `${field.name} { ${naming(field)} }`;
    case "connection": {
      const edge = (field.edge ?? []).map(selection).join(" ");
      return `${field.name}(first: ${SHOWN}) { totalCount edges { ${edge} node { ${naming(field)} } } }`;
    }
    default:
      return field.name;
  }
}

/**
 * The one request of the page of a record: all its fields, the first records of each related list, and its top. The
 * root field of the type reads it, because `node` would cost the fields that all records have once for each type.
 */
export function recordDocument(shape: RecordShape, top?: Top): string {
  const fields = shape.fields.filter(({ many, name }) => !many && !top?.covers.includes(name)).map(selection);
  return `query Record($id: ID!${top?.moment ? ", $at: DateTime" : ""}) {
    ...Frame
    ${top ? `...${top.fragment}` : ""}
    node: ${shape.root}(id: $id) { __typename ...RecordCommon ${fields.join("\n")} }
  }
  ${top?.document.toString() ?? ""}
  ${FrameFragmentDoc.toString()}
  ${RecordCommonFragmentDoc.toString()}`;
}
