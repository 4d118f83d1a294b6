import { Target } from "lucide-react";
import { listLens } from "../../app/lists";
import { view } from "../../app/registry";
import { DealsDocument, type DealsQuery } from "../../generated/graphql";
import { ROW_KEYS } from "../../parts/keys";
import type { ListLens } from "../../parts/ListPage";
import { words } from "../../words/words";
import { dealVariables } from "./list";

const say = words("deals");

export default view<DealsQuery, ListLens>({
  name: "deals",
  address: "/deals",
  title: say("title"),
  area: "deals",
  rail: { order: 40, icon: Target, letter: "d", count: "deals", own: { f: ["openOnly", "mine"] } },
  lists: "Opportunity",
  lens: listLens("estimatedCloseDate ASC", ["openOnly"]),
  request: (_params, lens) => ({ document: DealsDocument, variables: dealVariables(lens) }),
  requestKey: (lens) => dealVariables(lens),
  main: (data) => data.opportunities,
  component: () => import("./Deals"),
  keys: ROW_KEYS,
  sample: () => "/deals",
});
