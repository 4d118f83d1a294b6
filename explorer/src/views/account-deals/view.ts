import { Target } from "lucide-react";
import { listLens } from "../../app/lists";
import { view } from "../../app/registry";
import { AccountDealsDocument, type AccountDealsQuery } from "../../generated/graphql";
import { ROW_KEYS } from "../../parts/keys";
import type { ListLens } from "../../parts/ListPage";
import { words } from "../../words/words";
import { dealVariables } from "../deals/list";

const say = words("deals");

export default view<AccountDealsQuery, ListLens>({
  name: "account-deals",
  address: "/account/:id/deals/:slug?",
  title: say("title"),
  area: "accounts",
  tab: { subject: "account", label: say("title"), icon: Target, order: 6 },
  lens: listLens("estimatedCloseDate ASC", ["openOnly"]),
  request: ({ id }, lens) => ({
    document: AccountDealsDocument,
    variables: { id: id!, ...dealVariables(lens) },
  }),
  requestKey: (lens) => dealVariables(lens),
  main: (data) => data.account,
  component: () => import("./AccountDeals"),
  keys: ROW_KEYS,
  sample: ({ group }) => `/account/${group}/deals`,
});
