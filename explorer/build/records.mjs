/** What the generated pages know of each record type: its fields by kind, its links and its root fields. */
import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInterfaceType,
  isListType,
  isObjectType,
  isScalarType,
  isUnionType,
} from "graphql";
import { kindsOf, mutationOf, numberOf, text, titleOf, valuesOf } from "./inputs.mjs";

const INTERFACE = "Node";
/** Properties that every relationship has; a related list shows the others. */
const OF_EVERY_EDGE = new Set(["cursor", "node", "sourceKey", "validFrom", "validTo", "confidence"]);

/** Yields the name and the description of each type that is a record or has a list. */
export function* recordTypes(schema) {
  const lists = listsOf(schema);
  const everyRecord = Object.values(schema.getType(INTERFACE).getFields());
  for (const type of Object.values(schema.getTypeMap())) {
    if ((isObjectType(type) && isRecord(type)) || lists.has(type.name))
      yield [type.name, record(type, lists.get(type.name) ?? null, everyRecord, schema)];
  }
}

/** What the palette and the links to lists know of each type. */
export function typeIndex(shapes) {
  return shapes.map(({ name, plural, root, create, update }) => ({
    name,
    plural,
    page: root !== null,
    update: update !== null,
    create: create && {
      links: create.fields.filter(({ kind }) => kind === "reference").map(({ name: field, type }) => [field, type]),
    },
  }));
}

/** A fragment that names a record of any type; aliases keep apart names that are nullable in one type only. */
export function namesDocument(shapes) {
  const named = shapes.filter(({ root, label }) => root && label);
  const types = named.map(({ name, label }) => `... on ${name} { label${name}: ${label} }`);
  return `fragment RecordName on ${INTERFACE} { __typename id ${types.join(" ")} }`;
}

function isRecord(type) {
  return type.getInterfaces().some(({ name }) => name === INTERFACE);
}

/** The root field of the list of each type that has one. */
function listsOf(schema) {
  const found = new Map();
  for (const field of Object.values(schema.getQueryType().getFields())) {
    const node = connectionOf(field.type)?.node;
    const argument = (name) => field.args.find((each) => each.name === name);
    if (node && argument("where") && argument("orderBy")) {
      const [where, order] = ["where", "orderBy"].map((name) => getNamedType(argument(name).type));
      found.set(node, { field, where, order });
    }
  }
  return found;
}

/** The root field that reads one record of a type. */
function rootOf(type, schema) {
  const reads = ({ type: answer, args }) => getNullableType(answer) === type && args.some(({ name }) => name === "id");
  return Object.values(schema.getQueryType().getFields()).find(reads)?.name ?? null;
}

function record(type, list, everyRecord, schema) {
  const common = new Set(everyRecord.map(({ name }) => name));
  const own = Object.values(type.getFields());
  const shapesOf = (fields) =>
    fields
      .map((field) => described(field, schema))
      .filter(Boolean)
      .map((field) => ({ ...field, ...listed(field, list) }));
  const mutation = (verb) => mutationOf(schema, `${verb}${type.name}`, type);
  return {
    name: type.name,
    description: text(type.description),
    plural: list?.field.name ?? null,
    root: rootOf(type, schema),
    abstract: isInterfaceType(type),
    interfaces: type.getInterfaces().map(({ name }) => name),
    label: labelOf(type),
    labels: isInterfaceType(type) && labelOf(type) === null ? labelsOf(type, schema) : undefined,
    kinds: kindsOf(schema, type.name),
    // The fields that every record has are in the fixed part of the request.
    fields: shapesOf(own.filter(({ name }) => !common.has(name))),
    common: shapesOf(own.filter(({ name }) => common.has(name))).filter(
      ({ name, kind, order }) => name !== "id" && kind !== "connection" && order,
    ),
    list: list && { where: list.where.name, order: list.order.name, sums: sumsOf(list) },
    create: mutation("create"),
    update: mutation("update"),
    delete: mutation("delete"),
    restore: mutation("restore"),
  };
}

/** Whether a list filters by a field, and how it sorts by it: by the field, or by a field of the linked record. */
function listed(field, list) {
  const filter = list?.where.getFields()[field.name];
  const order = list && getNamedType(list.order.getFields()[field.name]?.type);
  const byLink = order && "getFields" in order ? order.getFields() : null;
  return {
    ...(filter ? { filter: true } : {}),
    ...(order ? { order: byLink ? (["name", field.label].find((each) => each in byLink) ?? "id") : true } : {}),
  };
}

/** The amounts that a list sums. */
function sumsOf({ field }) {
  const aggregate = getNamedType(field.type).getFields().aggregate;
  const sum = aggregate && getNamedType(aggregate.type).getFields().sum;
  const numbers = sum ? Object.values(getNamedType(sum.type).getFields()) : [];
  return numbers.filter((each) => getNamedType(each.type).name === "Money").map(({ name }) => name);
}

function described(field, schema) {
  const required = field.args.some((each) => String(each.type).endsWith("!") && each.defaultValue === undefined);
  if (required || field.deprecationReason) return null;
  const named = getNamedType(field.type);
  const base = {
    name: field.name,
    description: text(field.description),
    many: isListType(getNullableType(field.type)),
    ...numberOf(field.description),
    ...titleOf(field),
  };
  if (isScalarType(named)) return { ...base, kind: "scalar", type: named.name };
  if (isEnumType(named)) return { ...base, kind: "enum", type: named.name, values: valuesOf(named) };
  if (named.name === "Money") return { ...base, kind: "money", type: named.name };
  const connection = connectionOf(field.type, schema);
  if (connection)
    return {
      ...base,
      kind: "connection",
      type: connection.node,
      label: connection.label,
      labels: connection.labels,
      edge: connection.edge,
    };
  if (isReference(named) && !base.many)
    return { ...base, kind: "reference", type: named.name, label: labelOf(named), kinds: kindsOf(schema, named.name) };
  return null;
}

/** The type of the nodes of a connection that counts them, and the field that names a node. */
function connectionOf(type, schema) {
  const named = getNamedType(type);
  if (!isObjectType(named) || !named.name.endsWith("Connection")) return null;
  const { nodes, edges, totalCount } = named.getFields();
  if (!nodes || !edges || !totalCount) return null;
  const node = getNamedType(nodes.type);
  const properties = Object.values(getNamedType(edges.type).getFields()).filter(({ name }) => !OF_EVERY_EDGE.has(name));
  return {
    node: node.name,
    label: labelOf(node),
    labels: schema && isInterfaceType(node) && labelOf(node) === null ? labelsOf(node, schema) : undefined,
    edge: properties.map((field) => described(field, schema)).filter((each) => each && !each.many),
  };
}

function isReference(type) {
  return (isObjectType(type) || isInterfaceType(type)) && "id" in type.getFields() && !isUnionType(type);
}

/** The field that names a record, by each type that an interface may be. */
function labelsOf(type, schema) {
  const possible = schema.getPossibleTypes(type).map((each) => [each.name, labelOf(each)]);
  return Object.fromEntries(possible.filter(([, label]) => label !== null));
}

function labelOf(type) {
  if (!isObjectType(type) && !isInterfaceType(type)) return null;
  const fields = type.getFields();
  return (
    ["name", "subject", "title"].find((name) => name in fields && isScalarType(getNamedType(fields[name].type))) ?? null
  );
}
