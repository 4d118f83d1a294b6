import type { ViewProps } from "../../app/registry";
import { Person } from "../../marks/marks";
import { RecordPage } from "../../schema/RecordPage";
import { nameOf, type RecordData, type Reference, type RelatedList } from "../../schema/records";
import { editingOf, known, type RecordLens } from "../../schema/request";
import { contactSubject } from "../../subjects/contact";

/** A person at a customer. */
export default function Contact({ data, lens, setLens }: ViewProps<RecordData, RecordLens>) {
  const node = data.node!;
  const name = nameOf(node as unknown as Reference);
  const account = (node["accounts"] as RelatedList | null)?.edges[0]?.node;
  return (
    <RecordPage
      shape={known.get("Contact")!}
      node={node}
      editing={editingOf(lens, setLens)}
      head={{
        mark: <Person name={name} whose="theirs" />,
        detail: (node["jobTitle"] as string | null) ?? undefined,
        tag: undefined,
        subject: contactSubject(node.id, name),
        ...(account ? { crumbs: [{ label: nameOf(account), href: `/account/${account.id}` }] } : {}),
      }}
    />
  );
}
