import { view } from "../../app/registry";
import { RECORD_KEYS } from "../../parts/keys";
import type { RecordData } from "../../schema/records";
import { recordLens, recordRequest, type RecordLens } from "../../schema/request";
import { words } from "../../words/words";

const say = words("record");

export default view<RecordData, RecordLens>({
  name: "deal",
  address: "/deal/:id/:slug?",
  title: say("deal"),
  area: "deals",
  record: "Opportunity",
  tab: { subject: "deal", label: say("dealTab"), order: 1 },
  lens: recordLens,
  requestKey: () => null,
  request: (params) => recordRequest("Opportunity", params),
  main: (data) => data.node,
  component: () => import("./Deal"),
  keys: RECORD_KEYS,
  sample: ({ deal }) => `/deal/${deal}`,
});
