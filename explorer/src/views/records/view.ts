import { list, text } from "../../app/codec";
import { PAGE } from "../../app/lists";
import { view } from "../../app/registry";
import { ROW_KEYS } from "../../parts/keys";
import { recordsCall, type RecordsData, type RecordsLens } from "../../schema/list/request";
import { words } from "../../words/words";

const say = words("records");

export default view<RecordsData, RecordsLens>({
  name: "records",
  address: "/records/:type",
  title: say("title"),
  area: "",
  lens: {
    q: text(),
    f: list(),
    sort: text("", { push: true }),
    sel: text(),
    c: list(),
  },
  request: ({ type = "" }, lens) => recordsCall(type, lens, PAGE),
  requestKey: ({ q, f, sort, c }) => [q, f, sort, c],
  main: (data) => data.list,
  present: words("record")("present"),
  component: () => import("./Records"),
  keys: [...ROW_KEYS, { keys: ["N"], does: say("newKey") }],
  sample: () => "/records/SalesOrder",
});
