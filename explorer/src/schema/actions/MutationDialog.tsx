import "./actions.css";
import { useEffect, useState } from "react";
import { client, type Failure } from "../../app/client";
import type { ActionProps } from "../../app/DialogHost";
import { Dialog } from "../../app/KeySheet";
import type { Argument } from "../../parts/dialogs";
import { words } from "../../words/words";
import type { Choice, Drafts } from "../forms/drafts";
import { Form } from "../forms/Form";
import { mutationOf, nameOf, type InputShape, type MutationShape, type Reference } from "../records";
import { draftsFrom, run } from "./remedy";

const say = words("log");

interface Ready {
  mutation: MutationShape;
  drafts: Drafts;
}

/** The names of the records that the arguments link to. */
async function namesOf(fields: readonly InputShape[], args: readonly Argument[]): Promise<Map<string, Choice>> {
  const links = args.filter(({ name }) => fields.some((field) => field.name === name && field.kind === "reference"));
  if (links.length === 0) return new Map();
  const { RecordNameFragmentDoc } = await import("../../generated/graphql");
  const variables = links.map((_link, index) => `$id${index}: ID!`).join(", ");
  const nodes = links.map((_link, index) => `link${index}: node(id: $id${index}) { ...RecordName }`).join(" ");
  const { data } = await client
    .query<Record<string, Reference | null>>(
      `query Names(${variables}) { ${nodes} } ${RecordNameFragmentDoc.toString()}`,
      Object.fromEntries(links.map(({ value }, index) => [`id${index}`, value])),
    )
    .toPromise();
  const found = Object.values(data ?? {}).flatMap((each) => (each && typeof each === "object" ? [each] : []));
  return new Map(found.map((each) => [each.id, { __typename: each.__typename, id: each.id, name: nameOf(each) }]));
}

/** The form of a mutation, from its input: the values that are known are filled in. */
export default function MutationDialog({ request, close }: ActionProps) {
  const { action, title, args, done, follows, hidden = [], inverse, button } = request;
  const [ready, setReady] = useState<Ready | null>(null);
  const [failures, setFailures] = useState<readonly Failure[]>([]);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    let live = true;
    const open = async () => {
      const mutation = await mutationOf(action);
      if (!mutation) return close();
      const names = await namesOf(mutation.fields, args);
      if (live) setReady({ mutation, drafts: draftsFrom(mutation.fields, args, names) });
    };
    void open();
    return () => {
      live = false;
    };
  }, [action, args, close]);

  if (!ready) return null;
  const { mutation, drafts } = ready;
  const given = new Set(args.map(({ name }) => name));
  const fields = mutation.fields
    .filter(({ name }) => !hidden.includes(name))
    .sort((one, other) => rank(one, given.has(one.name)) - rank(other, given.has(other.name)));
  const save = async () => {
    if (busy) return;
    setBusy(true);
    const refused = await run(mutation, title, args, drafts, done, inverse);
    setBusy(false);
    if (refused) setFailures(refused);
    else close();
  };
  return (
    <Dialog close={close} label={title} className="action-dialog long">
      <div className="action">
        <h2>{title}</h2>
        {follows && <p className="follows dim">{follows}</p>}
        <Form
          label={say("form", { label: title })}
          fields={fields}
          drafts={drafts}
          change={(next) => setReady({ mutation, drafts: next })}
          failures={failures}
          save={() => void save()}
          saveLabel={button ?? say("do")}
          cancel={close}
          busy={busy}
          focus={fields.find(({ name, required }) => required && !given.has(name))?.name}
          narrow
        />
      </div>
    </Dialog>
  );
}

/** Fields that must be filled in come first, then those that are. */
function rank(field: InputShape, given: boolean): number {
  return field.required ? 0 : given ? 1 : 2;
}
