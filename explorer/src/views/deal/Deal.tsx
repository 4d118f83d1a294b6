import type { ViewProps } from "../../app/registry";
import { RecordMark } from "../../marks/marks";
import { RecordPage } from "../../schema/RecordPage";
import { nameOf, type RecordData, type Reference } from "../../schema/records";
import { editingOf, known, type RecordLens } from "../../schema/request";
import { dealSubject } from "../../subjects/deal";

/** The record of a deal. */
export default function Deal({ data, lens, setLens }: ViewProps<RecordData, RecordLens>) {
  const node = data.node!;
  const account = node["account"] as Reference | null;
  const name = nameOf(node as unknown as Reference);
  return (
    <RecordPage
      shape={known.get("Opportunity")!}
      node={node}
      editing={editingOf(lens, setLens)}
      head={{
        mark: <RecordMark kind="deal" />,
        subject: dealSubject(node.id, name),
        ...(account ? { crumbs: [{ label: nameOf(account), href: `/account/${account.id}` }] } : {}),
      }}
    />
  );
}
