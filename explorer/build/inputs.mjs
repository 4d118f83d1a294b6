/** What the generated forms know of a mutation: its input, field by field, and the record in its payload. */
import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";

/** Fields that steer a mutation and are no values of a record. */
const OF_EVERY_INPUT = new Set(["id", "ifVersion", "idempotencyKey", "dryRun", "allowFuture"]);

/** Fields of mutations of many records. */
const BULK = new Set(["items", "ids", "batchSize"]);

/** The shape of a mutation; null when the schema has none of the name. `record` is the type whose fields its input has. */
export function mutationOf(schema, name, record = null) {
  const field = schema.getMutationType()?.getFields()[name];
  const input = field && getNamedType(field.args.find((each) => each.name === "input")?.type);
  if (!isInputObjectType(input)) return null;
  const payload = Object.values(getNamedType(field.type).getFields());
  const result = payload.find(({ name: each, type }) => each !== "event" && "id" in fieldsOf(getNamedType(type)));
  return {
    name,
    description: text(field.description),
    input: input.name,
    result: result?.name ?? null,
    resultVersion: result ? "version" in fieldsOf(getNamedType(result.type)) : false,
    far: "allowFuture" in input.getFields(),
    versioned: "ifVersion" in input.getFields(),
    fields: inputFields(schema, input, record),
  };
}

/** The shapes of all mutations of single records, by name. */
export function mutations(schema) {
  const single = Object.values(schema.getMutationType()?.getFields() ?? {}).filter(({ args }) => {
    const input = getNamedType(args.find(({ name }) => name === "input")?.type);
    return isInputObjectType(input) && !Object.keys(input.getFields()).some((name) => BULK.has(name));
  });
  return Object.fromEntries(single.map(({ name }) => [name, mutationOf(schema, name)]));
}

function inputFields(schema, input, record) {
  return Object.values(input.getFields())
    .filter(({ name }) => !OF_EVERY_INPUT.has(name))
    .map((field) => inputField(schema, field, record))
    .filter(Boolean);
}

function inputField(schema, field, record) {
  const named = getNamedType(field.type);
  const base = {
    name: field.name,
    description: text(field.description),
    required: isNonNullType(field.type) && field.defaultValue === undefined,
    many: isListType(getNullableType(field.type)),
    type: named.name,
    ...numberOf(field.description),
    ...titleOf(field),
  };
  if (named.name === "ID") {
    const target = targetOf(schema, field.name, record);
    const description = base.description.replace(/ Send its id\.$/, "");
    const title = titleOf(record && fieldsOf(record)[field.name]);
    return { ...base, ...title, description, kind: "reference", type: target, kinds: kindsOf(schema, target) };
  }
  if (isEnumType(named)) return { ...base, kind: "enum", values: valuesOf(named), ...amongOf(field) };
  if (named.name === "MoneyInput") return { ...base, kind: "money" };
  if (isInputObjectType(named)) return { ...base, kind: "group", fields: inputFields(schema, named, null) };
  return { ...base, kind: "scalar" };
}

/** The type of the records that an id may name: that of the field of the record, or the type of the same name. */
function targetOf(schema, name, record) {
  const own = record && fieldsOf(record)[name];
  const target = own ? getNamedType(own.type) : schema.getType(name[0].toUpperCase() + name.slice(1));
  return isObjectType(target) || isInterfaceType(target) ? target.name : "Node";
}

function fieldsOf(type) {
  return isObjectType(type) || isInterfaceType(type) ? type.getFields() : {};
}

/** The kinds that the search knows a type by; null for all. */
export function kindsOf(schema, name) {
  const type = schema.getType(name);
  const known = new Set(
    schema
      .getType("RecordKind")
      .getValues()
      .map((each) => each.name),
  );
  const types = isInterfaceType(type) ? schema.getPossibleTypes(type).map((each) => each.name) : [name];
  const kinds = types
    .map((each) => each.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase())
    .filter((each) => known.has(each));
  return kinds.length === known.size ? null : kinds;
}

/** The values of an enum with their descriptions, without former names. */
export function valuesOf(type) {
  const current = type.getValues().filter(({ deprecationReason }) => !deprecationReason);
  return current.map((value) => ({ name: value.name, description: text(value.description), ...titleOf(value) }));
}

/** The label of a field or a value for people, which the schema has in a directive. */
export function titleOf(declared) {
  const title = argumentOf(declared, "title", "value");
  return title ? { title: title.value } : {};
}

/** The names of the values of an enum that an input accepts, when it does not accept all. */
function amongOf(field) {
  const among = argumentOf(field, "among", "values");
  return among ? { among: among.values.map(({ value }) => value) } : {};
}

/** The value of an argument of a directive of a field or a value. */
function argumentOf(declared, directive, argument) {
  const found = declared?.astNode?.directives?.find(({ name }) => name.value === directive);
  return found?.arguments.find(({ name }) => name.value === argument)?.value;
}

/** How a number is written: a percentage, or a share from 0 to 1. */
export function numberOf(description) {
  return {
    ...(/percent/i.test(description ?? "") ? { percent: true } : {}),
    ...(/0 to 1\b/.test(description ?? "") ? { share: true } : {}),
  };
}

export function text(description) {
  return (description ?? "").trim().replace(/\s+/g, " ");
}
