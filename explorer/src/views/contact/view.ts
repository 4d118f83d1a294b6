import { view } from "../../app/registry";
import { RECORD_KEYS } from "../../parts/keys";
import type { RecordData } from "../../schema/records";
import { recordLens, recordRequest, type RecordLens } from "../../schema/request";
import { words } from "../../words/words";

const say = words("record");

export default view<RecordData, RecordLens>({
  name: "contact",
  address: "/contact/:id/:slug?",
  title: say("contact"),
  area: "people",
  record: "Contact",
  tab: { subject: "contact", label: say("contactTab"), order: 1 },
  lens: recordLens,
  requestKey: () => null,
  request: (params) => recordRequest("Contact", params),
  main: (data) => data.node,
  component: () => import("./Contact"),
  keys: RECORD_KEYS,
  sample: ({ contact }) => `/contact/${contact}`,
});
