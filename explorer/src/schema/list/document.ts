import { FrameFragmentDoc } from "../../generated/graphql";
import { naming, selection } from "../document";
import type { FieldShape, RecordShape } from "../records";

/** The request of a list: the columns of a page of rows, the number of all rows and the sums of their amounts. */
export function listDocument(shape: RecordShape, fields: readonly FieldShape[]): string {
  const { where, order, sums } = shape.list!;
  const asked = sums.filter((name) => fields.some((field) => field.name === name));
  const sum = asked.map((name) => `${name} { amount currency }`).join(" ");
  const own: FieldShape = {
    name: "",
    description: "",
    many: false,
    kind: "reference",
    type: shape.name,
    label: shape.label,
  };
  return `query Records($first: Int!, $after: String, $where: ${where}, $order: [${order}!]) {
    ...Frame
    list: ${shape.plural!}(first: $first, after: $after, where: $where, orderBy: $order) {
      totalCount
      withheld
      pageInfo { endCursor hasNextPage }
      ${sum ? `aggregate { sum { ${sum} } }` : ""}
      nodes { ${naming({ ...own, ...(shape.labels ? { labels: shape.labels } : {}) })} ${fields.map(selection).join("\n")} }
    }
  }
  ${FrameFragmentDoc.toString()}`;
}
