import { useState } from "react";
import { useLocation } from "wouter";
import { recordAddress } from "../../app/addresses";
import type { Failure } from "../../app/client";
import { listAddress } from "../../app/records";
import type { ViewProps } from "../../app/registry";
import { session, useStore } from "../../app/session";
import { Page } from "../../parts/Page";
import { toast } from "../../parts/toasts";
import { Verdict } from "../../parts/Verdict";
import { draftsOf, valueOf, type Drafts } from "../../schema/forms/drafts";
import { Form } from "../../schema/forms/Form";
import { linksOf, type NewLens, type NewRecordData } from "../../schema/forms/request";
import { send } from "../../schema/forms/send";
import { Remedies } from "../../schema/forms/useRecordEdit";
import type { MutationShape, RecordShape } from "../../schema/records";
import { known } from "../../schema/request";
import { capitalized, humanized } from "../../words/format";
import { words } from "../../words/words";

const say = words("forms");

/** The values that a form begins with: the links of the address, and the reader as the owner. */
function initialValues({ fields }: MutationShape, data: NewRecordData, lens: NewLens): Record<string, unknown> {
  const { user } = session.get();
  const links = linksOf(lens).map(({ field }, index) => [field, data[`link${index}`]] as const);
  const owner = user && fields.some(({ name }) => name === "owner") ? { ...user, __typename: "User" } : null;
  return { owner, ...Object.fromEntries(links) };
}

/** The form for a new record of any type that a mutation creates. */
export default function NewRecord({ data, lens, params }: ViewProps<NewRecordData, NewLens>) {
  // The owner is known once the frame has told who the reader is.
  const { user } = useStore(session);
  return <NewRecordForm key={user?.id ?? ""} shape={known.get(params["type"]!)!} data={data} lens={lens} />;
}

function NewRecordForm({ shape, data, lens }: { shape: RecordShape; data: NewRecordData; lens: NewLens }) {
  const create = shape.create!;
  const [drafts, setDrafts] = useState<Drafts>(() => draftsOf(create.fields, initialValues(create, data, lens)));
  const [failures, setFailures] = useState<readonly Failure[]>([]);
  const [busy, setBusy] = useState(false);
  const [, navigate] = useLocation();
  const kind = humanized(shape.name);
  const list = listAddress(shape.name);

  const save = async (allowFuture = false) => {
    if (busy) return;
    setBusy(true);
    const values = create.fields.flatMap((field) => {
      const value = valueOf(field, drafts[field.name]);
      return value === null ? [] : [[field.name, value] as const];
    });
    const input = { ...Object.fromEntries(values), ...(allowFuture ? { allowFuture } : {}) };
    const { record, failures: refused } = await send(create, input);
    setBusy(false);
    if (refused) return setFailures(refused);
    if (!record) return undefined;
    navigate(recordAddress(record.__typename, record.id), { replace: true });
    const undo = async () => {
      const { failures: kept } = await send(shape.delete!, { id: record.id });
      if (kept) toast({ message: say("notUndone", { reason: kept[0]!.message }), refused: true });
      else navigate(list ?? "/");
    };
    toast({ message: say("created", { kind: capitalized(kind) }), ...(shape.delete ? { undo } : {}) });
  };

  return (
    <Page
      head={{
        title: say("newTitle", { kind }),
        ...(list ? { crumbs: [{ label: capitalized(humanized(shape.plural!)), href: list }] } : {}),
      }}
      verdict={<Verdict>{sentenceOf(shape)}</Verdict>}
      honesty={{ says: say("createHonesty") }}
    >
      <Form
        label={say("createForm", { kind })}
        fields={create.fields}
        drafts={drafts}
        change={setDrafts}
        failures={failures}
        save={() => void save()}
        saveLabel={say("create")}
        cancel={() => history.back()}
        busy={busy}
        lead={shape.label}
        remedies={<Remedies failures={failures} allow={() => void save(true)} />}
      />
    </Page>
  );
}

/** What a record of the type is, in the words of the schema, without the name of its source. */
function sentenceOf({ description }: RecordShape): string {
  const text = description.replace(/ \(`\w+`\)/, "");
  return say("createVerdict", { description: text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, "") });
}
