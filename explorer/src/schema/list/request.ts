import type { GraphQLCall } from "../../app/registry";
import type { Connection } from "../../app/usePages";
import type { ListLens } from "../../parts/ListPage";
import type { Money } from "../../words/format";
import type { RecordShape, Reference } from "../records";
import { learn } from "../request";
import { requestedFields } from "./columns";
import { orderFor, readCondition, whereFor } from "./conditions";
import { listDocument } from "./document";

export interface RecordsLens extends ListLens {
  /** The columns that were chosen; by default the first ones of each kind. */
  c: readonly string[];
}

export interface RecordsData {
  list?: (Connection<Reference> & { aggregate?: { sum: Record<string, Money | null> } }) | null;
}

/** The variables of a page of the list of a type. */
export function recordsVariables(shape: RecordShape, { q, f, sort }: RecordsLens, first: number, after: string | null) {
  const conditions = f.flatMap((text) => readCondition(text) ?? []);
  return { first, after, where: whereFor(shape, conditions, q), order: orderFor(shape, sort) };
}

/** The one request of the list of a type. */
export async function recordsCall(type: string, lens: RecordsLens, first: number): Promise<GraphQLCall<RecordsData>> {
  const shape = await learn(type);
  if (!shape?.list) return { document: "query Records { __typename }", variables: {} };
  return {
    document: listDocument(shape, requestedFields(shape, lens.c)),
    variables: recordsVariables(shape, lens, first, null),
  };
}
