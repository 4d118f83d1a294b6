import { client, failureOf, type Failure } from "../../app/client";
import { dialogs, openLog, type Argument, type DialogRequest } from "../../parts/dialogs";
import { toast } from "../../parts/toasts";
import { words } from "../../words/words";
import { selection } from "../document";
import { draftsOf, valueOf, type Choice, type Draft, type Drafts } from "../forms/drafts";
import { send, type Written } from "../forms/send";
import { inputValue } from "../forms/useRecordEdit";
import { mutationOf, shapeOf, TYPES, type InputShape, type MutationShape } from "../records";

const say = words("log");

/** The action of an insight. */
export interface Action {
  verb: string;
  label: string;
  args: readonly Argument[];
}

const ASKS = "…";

/** Carries out the action of an insight: at once, or after a form when its label ends in an ellipsis. */
export function carryOut({ verb, label, args }: Action, done: () => void): void {
  if (verb === "log") openLog(args.find(({ name }) => name === "id")?.value ?? "", done);
  else if (label.endsWith(ASKS)) dialogs.set({ action: verb, title: label.slice(0, -1), args, done });
  else void atOnce(verb, label, args, done);
}

async function atOnce(verb: string, label: string, args: readonly Argument[], done: () => void): Promise<void> {
  const mutation = await mutationOf(verb);
  if (!mutation) return;
  const drafts = draftsFrom(mutation.fields, args, new Map());
  const failures = await run(mutation, label, args, drafts, done);
  if (failures) toast({ message: say("refused", { reason: failures[0]!.message }), refused: true });
}

/** What stands in the controls of a mutation for arguments that are texts. */
export function draftsFrom(
  fields: readonly InputShape[],
  args: readonly Argument[],
  names: ReadonlyMap<string, Choice>,
): Drafts {
  const drafts = draftsOf(fields, {});
  for (const { name, value } of args) {
    const field = fields.find((each) => each.name === name);
    if (field) drafts[name] = draftFrom(field, value, names);
  }
  return drafts;
}

function draftFrom(field: InputShape, value: string, names: ReadonlyMap<string, Choice>): Draft {
  if (field.kind === "reference") return names.get(value) ?? { __typename: field.type, id: value, name: value };
  if (field.kind === "money") return { amount: value, currency: "" };
  return value;
}

/** Sends a mutation with what stands in its controls; returns why it was refused. */
export async function run(
  mutation: MutationShape,
  label: string,
  args: readonly Argument[],
  drafts: Drafts,
  done: () => void,
  inverse?: DialogRequest["inverse"],
): Promise<readonly Failure[] | null> {
  const id = args.find(({ name }) => name === "id")?.value;
  const values = Object.fromEntries(
    mutation.fields.flatMap((field) => {
      const value = valueOf(field, drafts[field.name]);
      return value === null ? [] : [[field.name, value] as const];
    }),
  );
  const input = id === undefined ? values : { id, ...values };
  const undo = inverse ? await declared(inverse) : await inverseOf(mutation, id, values);
  if (undo && "failure" in undo) return [undo.failure];
  const { record, failures } = await send(mutation, input);
  if (failures) return failures;
  done();
  const takeBack = async () => {
    const kept = await undo!.send(record);
    if (kept) toast({ message: say("notUndone", { reason: kept[0]!.message }), refused: true });
    else done();
  };
  toast({ message: say("done", { label: label.replace(ASKS, "") }), ...(undo ? { undo: takeBack } : {}) });
  return null;
}

interface Inverse {
  send: (record: Written | null) => Promise<readonly Failure[] | null>;
}

/** The mutation that the caller names as the way back. */
async function declared({ action, args }: NonNullable<DialogRequest["inverse"]>): Promise<Inverse | null> {
  const mutation = await mutationOf(action);
  if (!mutation) return null;
  const drafts = draftsFrom(mutation.fields, args, new Map());
  const values = mutation.fields.map((field) => [field.name, valueOf(field, drafts[field.name])] as const);
  const input = Object.fromEntries(values.filter(([, value]) => value !== null));
  return { send: async () => (await send(mutation, input)).failures };
}

const UPDATE = "update";
const ADD = "add";
/** The verbs that take back an addition; a withdrawal leaves no trace of it. */
const TAKE_BACK = ["withdraw", "remove", "end"];

/** What takes a mutation back: the former values of an update, or the withdrawal of an addition; null without one. */
async function inverseOf(
  mutation: MutationShape,
  id: string | undefined,
  values: Record<string, unknown>,
): Promise<Inverse | { failure: Failure } | null> {
  const { name } = mutation;
  if (name.startsWith(ADD)) {
    const noun = name.slice(ADD.length);
    const found = await Promise.all(TAKE_BACK.map((verb) => mutationOf(verb + noun)));
    const inverse = found.find((each) => each !== null);
    if (!inverse) return null;
    const ends = new Set(inverse.fields.map((field) => field.name));
    const input = Object.fromEntries(Object.entries(values).filter(([key]) => ends.has(key)));
    return { send: async () => (await send(inverse, input)).failures };
  }
  const type = TYPES.find((each) => name === UPDATE + each.name);
  if (!type || id === undefined) return null;
  const shape = (await shapeOf(type.name))!;
  const fields = [...shape.fields, ...shape.common].filter((field) => field.name in values);
  const document = `query Before($id: ID!) { node(id: $id) { ... on ${type.name} { ${fields.map(selection).join(" ")} } } }`;
  const { data, error } = await client
    .query<{ node: Record<string, unknown> | null }>(document, { id }, { requestPolicy: "network-only" })
    .toPromise();
  if (error || !data?.node) return error ? { failure: failureOf(error) } : null;
  const changed = mutation.fields.filter((field) => field.name in values);
  const before = Object.fromEntries(changed.map((field) => [field.name, inputValue(field, data.node![field.name])]));
  return {
    send: async (record) =>
      (await send(mutation, { id, ...(record?.version ? { ifVersion: record.version } : {}), ...before })).failures,
  };
}
