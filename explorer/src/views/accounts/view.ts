import { Building2 } from "lucide-react";
import { listLens, listVariables } from "../../app/lists";
import { view } from "../../app/registry";
import { AccountsDocument, type AccountsQuery } from "../../generated/graphql";
import { ROW_KEYS } from "../../parts/keys";
import type { ListLens } from "../../parts/ListPage";
import { words } from "../../words/words";
import { ACCOUNTS } from "./list";

const say = words("accounts");

export default view<AccountsQuery, ListLens>({
  name: "accounts",
  address: "/accounts",
  title: say("title"),
  area: "accounts",
  rail: { order: 20, icon: Building2, letter: "a", count: "accounts", bar: true, own: { f: ["mine"] } },
  lists: "Account",
  lens: listLens("openPipeline DESC"),
  request: (_params, lens) => ({ document: AccountsDocument, variables: listVariables(ACCOUNTS, lens) }),
  requestKey: (lens) => listVariables(ACCOUNTS, lens),
  main: (data) => data.accounts,
  component: () => import("./Accounts"),
  keys: ROW_KEYS,
  sample: () => "/accounts",
});
