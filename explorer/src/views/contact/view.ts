import { User } from "lucide-react";
import { at, text } from "../../app/codec";
import { view } from "../../app/registry";
import { ContactTopFragmentDoc, type ContactTopFragment } from "../../generated/graphql";
import { RECORD_KEYS } from "../../parts/keys";
import type { RecordData } from "../../schema/records";
import { recordLens, recordRequest, type RecordLens, type Top } from "../../schema/request";
import { words } from "../../words/words";

const say = words("record");

export type ContactData = RecordData & ContactTopFragment;

export interface ContactLens extends RecordLens {
  /** The open receipt: the tie of one of us. */
  e: string;
  at: string;
}

/** The top of the page, and the fields that it shows. */
export const CONTACT_TOP: Top = {
  fragment: "ContactTop",
  document: ContactTopFragmentDoc,
  covers: ["accounts", "playsRoleIn", "lastSpokeAt"],
  moment: true,
};

export default view<ContactData, ContactLens>({
  name: "contact",
  address: "/contact/:id/:slug?",
  title: say("contact"),
  area: "people",
  record: "Contact",
  tab: { subject: "contact", label: say("contactTab"), icon: User, order: 1 },
  lens: { ...recordLens, e: text(), at },
  requestKey: ({ at: day }) => day,
  request: (params, { at: day }) => recordRequest("Contact", params, CONTACT_TOP, day),
  main: (data) => data.node && data.person,
  component: () => import("./Contact"),
  keys: RECORD_KEYS,
  sample: ({ contact }) => `/contact/${contact}`,
});
