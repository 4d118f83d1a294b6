import { Target } from "lucide-react";
import { listLens, listVariables } from "../../app/lists";
import { view } from "../../app/registry";
import { DealsDocument, type DealsQuery } from "../../generated/graphql";
import { ROW_KEYS } from "../../parts/keys";
import type { ListLens } from "../../parts/ListPage";
import { words } from "../../words/words";
import { DEALS } from "./list";

const say = words("deals");

export default view<DealsQuery, ListLens>({
  name: "deals",
  address: "/deals",
  title: say("title"),
  area: "deals",
  rail: { order: 40, icon: Target, letter: "d", count: "deals" },
  lists: "Opportunity",
  lens: listLens("estimatedCloseDate ASC", ["openOnly"]),
  request: (_params, lens) => ({ document: DealsDocument, variables: listVariables(DEALS, lens) }),
  requestKey: (lens) => listVariables(DEALS, lens),
  main: (data) => data.opportunities,
  component: () => import("./Deals"),
  keys: ROW_KEYS,
  sample: () => "/deals",
});
