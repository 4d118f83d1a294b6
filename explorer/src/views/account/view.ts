import { Building2 } from "lucide-react";
import { text } from "../../app/codec";
import { view } from "../../app/registry";
import { AccountDocument, type AccountQuery } from "../../generated/graphql";
import { words } from "../../words/words";

const say = words("account");
const keys = words("keys");

export interface AccountLens {
  /** The open receipt. */
  e: string;
}

export default view<AccountQuery, AccountLens>({
  name: "account",
  address: "/account/:id/:slug?",
  title: say("overview"),
  area: "accounts",
  record: "Account",
  tab: { subject: "account", label: say("overview"), icon: Building2, order: 1 },
  lens: { e: text() },
  request: ({ id }) => ({ document: AccountDocument, variables: { id } }),
  requestKey: () => "",
  main: (data) => data.account,
  component: () => import("./Account"),
  keys: [
    { keys: ["P"], does: keys("pin") },
    { keys: ["E"], does: keys("evidence") },
    { keys: ["[", "]"], does: keys("step") },
  ],
  sample: ({ account }) => `/account/${account}`,
});
