import { FrameFragmentDoc, RecordCommonFragmentDoc } from "../generated/graphql";
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

/** The one request of the page of a record: all its fields, and the first records of each related list. */
export function recordDocument(shape: RecordShape): string {
  const fields = shape.fields.filter(({ many }) => !many).map(selection);
  return `query Record($id: ID!) {
    ...Frame
    node(id: $id) { __typename ...RecordCommon ... on ${shape.name} { ${fields.join("\n")} } }
  }
  ${FrameFragmentDoc.toString()}
  ${RecordCommonFragmentDoc.toString()}`;
}
