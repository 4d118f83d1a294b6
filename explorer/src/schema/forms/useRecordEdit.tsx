import { useState, type ReactNode } from "react";
import type { Failure } from "../../app/client";
import { useAgain } from "../../app/lens";
import { toast } from "../../parts/toasts";
import type { Money } from "../../words/format";
import { words } from "../../words/words";
import type { InputShape, RecordShape, Reference } from "../records";
import type { RecordNode } from "../RecordPage";
import { labelInText } from "../labels";
import { changedFields, draftsOf, shownValue, valueOf, type Drafts } from "./drafts";
import { Form } from "./Form";
import { send } from "./send";

const say = words("forms");

/** Whether the fields of a record are edited; the address has it, so that a link opens the form. */
export interface Editing {
  on: boolean;
  set: (on: boolean) => void;
}

/** Changed values that stand on the page before the server has answered. */
interface Pending {
  /** The version of the record that the change is based on. */
  version: string;
  values: Record<string, unknown>;
}

interface RecordEdit {
  /** The record with the values that are being saved. */
  node: RecordNode;
  /** The fields that were changed on this page. */
  fresh: ReadonlySet<string>;
  saving: boolean;
  form: ReactNode;
}

/** The value of a field as an input takes it. */
export function inputValue(field: InputShape, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (field.kind === "reference") return (value as Reference).id;
  if (field.kind === "money") return { amount: (value as Money).amount, currency: (value as Money).currency };
  return value;
}

/** Edits the fields of a record in place: shown at once, undone by Z, and taken back when the server refuses. */
export function useRecordEdit(shape: RecordShape, node: RecordNode, title: string, editing: Editing): RecordEdit {
  const again = useAgain();
  const update = shape.update;
  const fields = update?.fields ?? [];
  const before = draftsOf(fields, node);
  const [typed, setTyped] = useState<Drafts | null>(null);
  const [failures, setFailures] = useState<readonly Failure[]>([]);
  const [pending, setPending] = useState<Pending | null>(null);
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  const drafts = typed ?? before;
  const end = () => {
    setTyped(null);
    setFailures([]);
    editing.set(false);
  };

  const undo = async (changed: readonly InputShape[], version: string | undefined) => {
    const old = Object.fromEntries(changed.map((field) => [field.name, inputValue(field, node[field.name])]));
    const { failures: refused } = await send(update!, {
      id: node.id,
      ...(version ? { ifVersion: version } : {}),
      ...old,
    });
    if (refused) return toast({ message: say("notUndone", { reason: refused[0]!.message }), refused: true });
    setFresh(new Set());
    again();
  };

  const save = async (options: { version?: string; allowFuture?: true } = {}) => {
    const changed = changedFields(fields, before, drafts);
    if (changed.length === 0) return end();
    const version = options.version ?? node.version;
    const shown = changed.map((field) => [field.name, shownValue(field, drafts[field.name]!)] as const);
    setPending({ version: node.version, values: Object.fromEntries(shown) });
    setFresh(new Set(changed.map(({ name }) => name)));
    setFailures([]);
    editing.set(false);
    const { record, failures: refused } = await send(update!, {
      id: node.id,
      ifVersion: version,
      ...(options.allowFuture ? { allowFuture: true } : {}),
      ...Object.fromEntries(changed.map((field) => [field.name, valueOf(field, drafts[field.name])])),
    });
    if (refused) {
      setPending(null);
      setFresh(new Set());
      setFailures(refused);
      setTyped(drafts);
      return editing.set(true);
    }
    setTyped(null);
    again();
    const [first] = changed;
    toast({
      message:
        changed.length === 1
          ? say("savedOne", { name: title, field: labelInText(first!) })
          : say("savedMany", { name: title, n: changed.length }),
      undo: () => undo(changed, record?.version),
    });
  };

  const saving = pending !== null && pending.version === node.version;
  return {
    node: saving ? ({ ...node, ...pending.values } as RecordNode) : node,
    fresh,
    saving,
    form:
      update && editing.on ? (
        <Form
          label={say("editForm", { name: title })}
          fields={fields}
          drafts={drafts}
          change={setTyped}
          failures={failures}
          save={() => void save()}
          saveLabel={say("save")}
          cancel={end}
          busy={false}
          lead={shape.label}
          remedies={
            <Remedies
              failures={failures}
              keep={(version) => void save({ version })}
              take={() => {
                end();
                again();
              }}
              allow={() => void save({ allowFuture: true })}
            />
          }
        />
      ) : null,
  };
}

interface RemedyProps {
  failures: readonly Failure[];
  keep?: (version: string) => void;
  take?: () => void;
  allow: () => void;
}

/** What a refusal offers: to keep or take back a change that met another one, and to confirm a date far ahead. */
export function Remedies({ failures, keep, take, allow }: RemedyProps) {
  const version = failures.find((each) => each.version !== null)?.version;
  const far = failures.some(({ remedy }) => remedy?.includes("allowFuture"));
  if (!far && !(version && keep)) return null;
  return (
    <span className="remedies">
      {version && keep && (
        <>
          <button type="button" className="btn sm" onClick={() => keep(version)}>
            {say("keepMine")}
          </button>
          <button type="button" className="btn sm" onClick={take}>
            {say("takeTheirs")}
          </button>
        </>
      )}
      {far && (
        <button type="button" className="btn sm" onClick={allow}>
          {say("isRight")}
        </button>
      )}
    </span>
  );
}
