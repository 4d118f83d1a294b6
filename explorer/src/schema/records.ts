import type { RecordCommonFragment } from "../generated/graphql";

/** A value of an enum. */
export interface EnumValue {
  name: string;
  description: string;
  /** The label that people read; by default the name in words. */
  title?: string;
}

/** A field of a record type, as the build reads it from the schema. */
export interface FieldShape {
  name: string;
  description: string;
  title?: string;
  many: boolean;
  kind: "scalar" | "enum" | "money" | "reference" | "connection";
  type: string;
  /** The number is a percentage. */
  percent?: boolean;
  /** The number is a share from 0 to 1. */
  share?: boolean;
  values?: readonly EnumValue[];
  /** The field that names a referenced record. */
  label?: string | null;
  /** The field that names it by its type, when the type differs from record to record. */
  labels?: Readonly<Record<string, string>>;
  /** The kinds that the search knows a referenced record by; null for all. */
  kinds?: readonly string[] | null;
  /** The properties of the relationship. */
  edge?: readonly FieldShape[];
  /** Whether a list filters by the field. */
  filter?: boolean;
  /** Whether a list sorts by the field; the name of a field of the referenced record. */
  order?: boolean | string;
}

/** A field of an input. */
export interface InputShape {
  name: string;
  description: string;
  title?: string;
  required: boolean;
  many: boolean;
  kind: "scalar" | "enum" | "money" | "reference" | "group";
  type: string;
  percent?: boolean;
  share?: boolean;
  values?: readonly EnumValue[];
  /** The names of the values that are accepted, when not all are. */
  among?: readonly string[];
  kinds?: readonly string[] | null;
  /** The fields of a group. */
  fields?: readonly InputShape[];
}

/** A mutation with its input. */
export interface MutationShape {
  name: string;
  description: string;
  /** The type of its input. */
  input: string;
  /** The field of the payload with the record. */
  result: string | null;
  /** Whether that record has a version. */
  resultVersion: boolean;
  /** Whether dates far ahead are accepted when the caller confirms them. */
  far: boolean;
  /** Whether it fails when the record has another version. */
  versioned: boolean;
  fields: readonly InputShape[];
}

export interface RecordShape {
  name: string;
  description: string;
  /** The root field of its list. */
  plural: string | null;
  /** The root field that reads one record, for its page; null when records of the type have none. */
  root: string | null;
  /** Whether it is an interface, whose records have types of their own. */
  abstract: boolean;
  label: string | null;
  /** The field that names a record by its type, when the type differs from record to record. */
  labels?: Readonly<Record<string, string>>;
  kinds: readonly string[] | null;
  fields: readonly FieldShape[];
  /** The fields that every record has and that a list can show. */
  common: readonly FieldShape[];
  /** The types of the arguments of its list, and the amounts that it sums. */
  list: { where: string; order: string; sums: readonly string[] } | null;
  create: MutationShape | null;
  update: MutationShape | null;
  delete: MutationShape | null;
  restore: MutationShape | null;
}

/** The answer to the request of a generated page; the fields of its type are read by their shapes. */
export interface RecordData {
  node: (RecordCommonFragment & { __typename: string } & Record<string, unknown>) | null;
}

const shapes = import.meta.glob<RecordShape>("../generated/records/*.json", { import: "default" });

const index = import.meta.glob<readonly TypeEntry[]>("../generated/types.json", { import: "default", eager: true });

/** What is known of each record type before its shape is loaded. */
export interface TypeEntry {
  name: string;
  plural: string | null;
  page: boolean;
  update: boolean;
  /** Null when no mutation creates a record; else its fields that name another record, with the type. */
  create: { links: readonly (readonly [field: string, type: string])[] } | null;
}

export const TYPES: readonly TypeEntry[] = Object.values(index).flat();

/** Loads the shape of a record type; null when the schema has no such type. */
export async function shapeOf(type: string): Promise<RecordShape | null> {
  return (await shapes[`../generated/records/${type}.json`]?.()) ?? null;
}

const mutations = import.meta.glob<Readonly<Record<string, MutationShape>>>("../generated/mutations.json", {
  import: "default",
});

/** Loads the shape of a mutation of one record; null when the schema has none of the name. */
export async function mutationOf(name: string): Promise<MutationShape | null> {
  const [load] = Object.values(mutations);
  return (await load?.())?.[name] ?? null;
}

export interface Reference {
  __typename: string;
  id: string;
  [field: string]: unknown;
}

export interface RelatedList {
  totalCount: number;
  edges: readonly (Record<string, unknown> & { node: Reference })[];
}

/** The name of a referenced record. */
export function nameOf(reference: Reference): string {
  const named = ["name", "subject", "title", `label${reference.__typename}`]
    .map((field) => reference[field])
    .find((value) => typeof value === "string" && value);
  return typeof named === "string" ? named : reference.id.slice(0, 8);
}
