import { FileText } from "lucide-react";
import { view } from "../../app/registry";
import { RECORD_KEYS } from "../../parts/keys";
import type { RecordData } from "../../schema/records";
import { recordLens, recordRequest, type RecordLens } from "../../schema/request";
import { words } from "../../words/words";

const say = words("record");

export default view<RecordData, RecordLens>({
  name: "record",
  address: "/record/:type/:id",
  title: say("title"),
  area: "",
  tab: { subject: "record", label: say("title"), icon: FileText, order: 1 },
  lens: recordLens,
  requestKey: () => null,
  request: (params) => recordRequest(params["type"] ?? "", params),
  main: (data) => data.node,
  present: words("record")("present"),
  component: () => import("./Record"),
  keys: RECORD_KEYS,
  sample: ({ order }) => `/record/SalesOrder/${order}`,
});
