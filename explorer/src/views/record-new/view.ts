import { list } from "../../app/codec";
import { view } from "../../app/registry";
import { newRecordCall, type NewLens, type NewRecordData } from "../../schema/forms/request";
import { words } from "../../words/words";

const say = words("forms");

export default view<NewRecordData, NewLens>({
  name: "record-new",
  address: "/records/:type/new",
  title: say("title"),
  area: "",
  lens: { with: list() },
  request: ({ type = "" }, lens) => newRecordCall(type, lens),
  main: (data) => "me" in data,
  component: () => import("./NewRecord"),
  keys: [
    { keys: ["⌘↵"], does: say("createKey") },
    { keys: ["Esc"], does: say("leaveKey") },
  ],
  sample: ({ account }) => `/records/SalesOrder/new?with=account:${account}`,
});
