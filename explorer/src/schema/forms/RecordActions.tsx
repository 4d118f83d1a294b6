import { Pencil, Trash2 } from "lucide-react";
import { useLocation } from "wouter";
import { recordAddress } from "../../app/addresses";
import { useKeys } from "../../app/keys";
import { listAddress } from "../../app/records";
import { toast } from "../../parts/toasts";
import { words } from "../../words/words";
import type { RecordShape } from "../records";
import { send } from "./send";
import type { Editing } from "./useRecordEdit";

const say = words("forms");

interface Props {
  shape: RecordShape;
  id: string;
  version: string;
  title: string;
  editing: Editing;
}

/** The buttons of a record: edit it, and delete it with a way back. */
export function RecordActions({ shape, id, version, title, editing }: Props) {
  const [, navigate] = useLocation();
  const edit = () => editing.set(true);
  useKeys(shape.update && !editing.on ? { e: edit } : {});
  const restore = async () => {
    const { failures } = await send(shape.restore!, { id });
    if (failures) toast({ message: say("notUndone", { reason: failures[0]!.message }), refused: true });
    else navigate(recordAddress(shape.name, id));
  };
  const remove = async () => {
    const { failures } = await send(shape.delete!, { id, ifVersion: version });
    if (failures) return toast({ message: say("notDeleted", { reason: failures[0]!.message }), refused: true });
    navigate(listAddress(shape.name) ?? "/");
    toast({ message: say("deleted", { name: title }), ...(shape.restore ? { undo: restore } : {}) });
  };
  return (
    <>
      {shape.update && (
        <button type="button" className="btn ghost" aria-label={say("edit")} aria-pressed={editing.on} onClick={edit}>
          <Pencil aria-hidden="true" /> <span className="wide-only">{say("edit")}</span>
        </button>
      )}
      {shape.delete && (
        <button
          type="button"
          className="btn ghost icon"
          aria-label={say("deleteNamed", { name: title })}
          title={say("delete")}
          onClick={() => void remove()}
        >
          <Trash2 aria-hidden="true" />
        </button>
      )}
    </>
  );
}
