import { flag, type Fields } from "../app/codec";
import type { GraphQLCall, Params } from "../app/registry";
import type { TypedDocumentString } from "../generated/graphql";
import { recordDocument } from "./document";
import type { Editing } from "./forms/useRecordEdit";
import { shapeOf, type RecordData, type RecordShape } from "./records";

/** The shape of each type that a page was requested for; the page reads it without waiting. */
export const known = new Map<string, RecordShape>();

/** Loads the shape of a type for its page; null when the schema has no such type. */
export async function learn(type: string): Promise<RecordShape | null> {
  const shape = known.get(type) ?? (await shapeOf(type));
  if (shape) known.set(type, shape);
  return shape;
}

/** The state of the page of a record. */
export interface RecordLens {
  /** Whether its fields are edited. */
  edit: boolean;
}

export const recordLens: Fields<RecordLens> = { edit: flag() };

/** Starts and ends the editing of a record in the address. */
export function editingOf({ edit }: RecordLens, setLens: (patch: Partial<RecordLens>) => void): Editing {
  return { on: edit, set: (on) => setLens({ edit: on }) };
}

/** What a type reads for the top of its page: a fragment on the query with the variable `id`. */
export interface Top {
  fragment: string;
  document: TypedDocumentString<unknown, unknown>;
  /** The fields of the type that it makes superfluous; the page neither reads nor shows them. */
  covers: readonly string[];
  /** Whether it is read at a moment, the variable `at`; the fields of the record are those of now. */
  moment?: boolean;
}

/** The request of the page of a record of a type. */
export async function recordRequest<Data extends RecordData>(
  type: string,
  { id }: Params,
  top?: Top,
  at = "",
): Promise<GraphQLCall<Data>> {
  const shape = await learn(type);
  const nothing = "query Record($id: ID!) { node(id: $id) { __typename } }";
  return {
    document: shape?.root ? recordDocument(shape, top) : nothing,
    variables: { id, ...(top?.moment ? { at: at ? `${at}T23:59:59Z` : null } : {}) },
  };
}
