import type { GraphQLCall } from "../../app/registry";
import { FrameFragmentDoc, RecordNameFragmentDoc, type FrameFragment } from "../../generated/graphql";
import type { Reference } from "../records";
import { learn } from "../request";

/** The state of a form for a new record. */
export interface NewLens {
  /** The links that are filled in: each the name of a field and an id, such as `account:ID`. */
  with: readonly string[];
}

/** The caller, and the records of the links by their position. */
export type NewRecordData = Partial<FrameFragment> & Record<`link${number}`, Reference | null>;

/** The names and the ids of the links that are filled in. */
export function linksOf(lens: NewLens): { field: string; id: string }[] {
  return lens.with.map((each) => {
    const [field = "", id = ""] = each.split(":");
    return { field, id };
  });
}

/** The one request of the form for a new record: the names of the records that it is linked to. */
export async function newRecordCall(type: string, lens: NewLens): Promise<GraphQLCall<NewRecordData>> {
  const shape = await learn(type);
  if (!shape?.create) return { document: "query NewRecord { __typename }", variables: {} };
  const links = linksOf(lens);
  const variables = links.map((_link, index) => `$id${index}: ID!`).join(", ");
  const nodes = links.map((_link, index) => `link${index}: node(id: $id${index}) { ...RecordName }`).join("\n");
  const document = `query NewRecord${variables && `(${variables})`} { ...Frame ${nodes} }
    ${FrameFragmentDoc.toString()} ${links.length > 0 ? RecordNameFragmentDoc.toString() : ""}`;
  return { document, variables: Object.fromEntries(links.map(({ id }, index) => [`id${index}`, id])) };
}
