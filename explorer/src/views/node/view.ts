import { view } from "../../app/registry";
import { NodeTypeDocument, type NodeTypeQuery } from "../../generated/graphql";
import { words } from "../../words/words";

const say = words("record");

export default view<NodeTypeQuery, object>({
  name: "node",
  address: "/node/:id",
  title: say("title"),
  area: "",
  lens: {},
  request: ({ id }) => ({ document: NodeTypeDocument, variables: { id } }),
  main: (data) => data.node,
  component: () => import("./NodeAddress"),
});
