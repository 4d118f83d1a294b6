import "../forms/forms.css";
import "./actions.css";
import { useEffect, useId, useState, type KeyboardEvent } from "react";
import { CalendarDays, Mail, Phone, X, type LucideIcon } from "lucide-react";
import { client, failuresOf, type Failure } from "../../app/client";
import type { ActionProps } from "../../app/DialogHost";
import { Dialog } from "../../app/KeySheet";
import { session } from "../../app/session";
import { PEOPLE } from "../../app/subjects";
import { LogSubjectDocument, type LogSubjectQuery } from "../../generated/graphql";
import { Person } from "../../marks/marks";
import { Caps } from "../../parts/Page";
import { toast } from "../../parts/toasts";
import { words } from "../../words/words";
import { isChoice, type Choice } from "../forms/drafts";
import { RecordPicker } from "../forms/RecordPicker";
import { send } from "../forms/send";
import { mutationOf, nameOf, shapeOf, type InputShape, type Reference } from "../records";

const say = words("log");

/** What can be logged: its icon, and the roles of the side that began it and of the other one. */
const KINDS = {
  PHONE_CALL: { icon: Phone, from: "FROM", to: "TO", directed: true },
  APPOINTMENT: { icon: CalendarDays, from: "ORGANIZER", to: "REQUIRED", directed: false },
  EMAIL: { icon: Mail, from: "FROM", to: "TO", directed: true },
} as const satisfies Record<string, { icon: LucideIcon; from: string; to: string; directed: boolean }>;
type Kind = keyof typeof KINDS;
type Direction = "OUTGOING" | "INCOMING";

const WITH: InputShape = {
  name: "with",
  description: "",
  required: false,
  many: false,
  kind: "reference",
  type: "Contact",
  kinds: ["CONTACT"],
};

type Subject = NonNullable<LogSubjectQuery["node"]>;

function choiceOf(reference: { __typename?: string; id: string }): Choice {
  const named = reference as Reference;
  return { __typename: named.__typename, id: named.id, name: nameOf(named) };
}

/** The people who may have taken part. */
function peopleOf(subject: Subject): Choice[] {
  const lists = subject as unknown as Partial<Record<"contacts" | "stakeholders", { nodes: readonly Reference[] }>> & {
    contact?: Reference | null;
  };
  const found = [
    ...(lists.contacts?.nodes ?? []),
    ...(lists.stakeholders?.nodes ?? []),
    ...(lists.contact ? [lists.contact] : []),
  ];
  const people = found.filter(({ __typename }) => PEOPLE.has(__typename)).map(choiceOf);
  return people.filter(({ id }, index) => people.findIndex((each) => each.id === id) === index);
}

function localNow(): string {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** Logs a call, a meeting or a mail with a person or about a record, and takes it back. */
export default function LogDialog({ request, close }: ActionProps) {
  const id = request.args.find(({ name }) => name === "id")?.value ?? "";
  const [subject, setSubject] = useState<Subject | null>(null);
  const [failures, setFailures] = useState<readonly Failure[]>([]);
  useEffect(() => {
    let live = true;
    void client
      .query<LogSubjectQuery>(LogSubjectDocument.toString(), { id })
      .toPromise()
      .then(({ data, error }) => {
        if (!live) return;
        if (data?.node) setSubject(data.node);
        else setFailures(error ? failuresOf(error) : []);
      });
    return () => {
      live = false;
    };
  }, [id]);
  const name = subject ? nameOf(subject as unknown as Reference) : "";
  return (
    <Dialog close={close} label={say("title", { name })} className="action-dialog">
      {subject ? (
        <LogForm subject={subject} name={name} done={request.done} />
      ) : (
        <p className="action dim" role="status">
          {failures[0]?.message ?? say("reading")}
        </p>
      )}
    </Dialog>
  );
}

function LogForm({ subject, name, done }: { subject: Subject; name: string; done: () => void }) {
  const reference = subject as unknown as Reference;
  const person = PEOPLE.has(reference.__typename);
  const [kind, setKind] = useState<Kind>("PHONE_CALL");
  const [direction, setDirection] = useState<Direction>("OUTGOING");
  const [people, setPeople] = useState<readonly Choice[]>(person ? [choiceOf(reference)] : []);
  const [about, setAbout] = useState("");
  const [notes, setNotes] = useState("");
  const [at, setAt] = useState(localNow);
  const [failures, setFailures] = useState<readonly Failure[]>([]);
  const [busy, setBusy] = useState(false);
  const id = useId();
  const { from, to, directed } = KINDS[kind];
  const incoming = directed && direction === "INCOMING";

  const toggle = (choice: Choice) =>
    setPeople(
      people.some((each) => each.id === choice.id)
        ? people.filter((each) => each.id !== choice.id)
        : [...people, choice],
    );

  const save = async (form: HTMLElement | null) => {
    if (busy) return;
    setBusy(true);
    const { user } = session.get();
    const mutation = (await mutationOf("logActivity"))!;
    const ours = user ? [{ party: user.id, role: incoming ? to : from }] : [];
    const theirs = people.map((each) => ({ party: each.id, role: incoming ? from : to }));
    const { record, failures: refused } = await send(mutation, {
      kind,
      ...(about.trim() ? { subject: about.trim() } : {}),
      ...(notes.trim() ? { description: notes.trim() } : {}),
      ...(at ? { startedAt: new Date(at).toISOString() } : {}),
      ...(directed ? { direction } : {}),
      ...(person ? {} : { regarding: reference.id }),
      participants: [...ours, ...theirs],
    });
    setBusy(false);
    if (refused) return setFailures(refused);
    form?.closest("dialog")?.close();
    done();
    const undo = async () => {
      const shape = record ? await shapeOf(record.__typename) : null;
      if (!record || !shape?.delete) return;
      const { failures: kept } = await send(shape.delete, { id: record.id });
      if (kept) toast({ message: say("notUndone", { reason: kept[0]!.message }), refused: true });
      else done();
    };
    toast({ message: say("logged", { kind, name }), undo });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLFormElement>) => {
    if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
    event.preventDefault();
    void save(event.currentTarget);
  };

  return (
    <form
      className="form narrow action"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save(event.currentTarget);
      }}
      onKeyDown={onKeyDown}
    >
      <h2>{say("title", { name })}</h2>
      <div className="choices">
        <span className="seg" role="group" aria-label={say("kind")}>
          {(Object.keys(KINDS) as Kind[]).map((each, index) => {
            const Icon = KINDS[each].icon;
            return (
              <button
                key={each}
                type="button"
                aria-pressed={each === kind}
                autoFocus={index === 0}
                onClick={() => setKind(each)}
              >
                <Icon aria-hidden="true" /> {say("kindName", { kind: each })}
              </button>
            );
          })}
        </span>
        {directed && (
          <span className="seg" role="group" aria-label={say("direction")}>
            {(["OUTGOING", "INCOMING"] as const).map((each) => (
              <button key={each} type="button" aria-pressed={each === direction} onClick={() => setDirection(each)}>
                {say("directionName", { direction: each })}
              </button>
            ))}
          </span>
        )}
      </div>
      <div className="row">
        <label htmlFor={`${id}with`}>{say("with")}</label>
        <div>
          <People chosen={people} offered={peopleOf(subject)} toggle={toggle} />
          <RecordPicker
            id={`${id}with`}
            label={say("addPerson")}
            field={WITH}
            draft={null}
            change={(draft) => isChoice(draft) && !people.some((each) => each.id === draft.id) && toggle(draft)}
          />
        </div>
      </div>
      <div className="row">
        <label htmlFor={`${id}about`}>{say("about")}</label>
        <input id={`${id}about`} type="text" value={about} onChange={(event) => setAbout(event.target.value)} />
      </div>
      <div className="row">
        <label htmlFor={`${id}at`}>{say("at")}</label>
        <input id={`${id}at`} type="datetime-local" value={at} onChange={(event) => setAt(event.target.value)} />
      </div>
      <div className="row">
        <label htmlFor={`${id}notes`}>{say("notes")}</label>
        <textarea id={`${id}notes`} rows={2} value={notes} onChange={(event) => setNotes(event.target.value)} />
      </div>
      {failures.map(({ message, remedy }) => (
        <p className="refusal" role="alert" key={message}>
          {message} {remedy}
        </p>
      ))}
      <p className="form-foot">
        <button type="submit" className="btn pri" disabled={busy}>
          {say("save", { kind })} <Caps keys={["⌘↵"]} />
        </button>
        <button type="button" className="btn" onClick={(event) => event.currentTarget.closest("dialog")?.close()}>
          {say("cancel")} <Caps keys={["Esc"]} />
        </button>
      </p>
    </form>
  );
}

/** Who took part: those that were chosen, and the people of the record to choose from. */
function People({
  chosen,
  offered,
  toggle,
}: {
  chosen: readonly Choice[];
  offered: readonly Choice[];
  toggle: (choice: Choice) => void;
}) {
  const others = offered.filter(({ id }) => !chosen.some((each) => each.id === id));
  if (chosen.length + others.length === 0) return null;
  return (
    <span className="chips">
      {[...chosen, ...others].map((choice) => {
        const on = chosen.includes(choice);
        return (
          <button key={choice.id} type="button" className="chip" aria-pressed={on} onClick={() => toggle(choice)}>
            <Person name={choice.name} whose="theirs" size="xs" /> {choice.name} {on && <X aria-hidden="true" />}
          </button>
        );
      })}
    </span>
  );
}
