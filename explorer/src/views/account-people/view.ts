import { Users } from "lucide-react";
import { at, list, oneOf, text } from "../../app/codec";
import { view } from "../../app/registry";
import { AccountPeopleDocument, type AccountPeopleQuery } from "../../generated/graphql";
import { words } from "../../words/words";

const say = words("orgChart");

export const FORMS = ["chart", "outline", "table"] as const;
export const LAYERS = ["ties", "influence", "left"] as const;
export type Layer = (typeof LAYERS)[number];

export interface OrgLens {
  as: (typeof FORMS)[number];
  /** The layers that are switched off. */
  without: readonly string[];
  at: string;
  /** From whom down the chart is drawn; empty for all of it. */
  top: string;
  sel: string;
}

export default view<AccountPeopleQuery, OrgLens>({
  name: "account-people",
  opens: "people",
  address: "/account/:id/people/:slug?",
  title: say("title"),
  area: "accounts",
  tab: { subject: "account", label: say("title"), icon: Users, order: 3 },
  lens: { as: oneOf(FORMS), without: list(), at, top: text(), sel: text() },
  request: ({ id }, { at: day }) => ({
    document: AccountPeopleDocument,
    variables: { id, at: day ? `${day}T23:59:59Z` : null },
  }),
  requestKey: ({ at: day }) => day,
  main: (data) => data.account,
  component: () => import("./OrgView"),
  keys: [
    { keys: ["↑", "↓", "←", "→"], does: say("walkKey") },
    { keys: ["W"], does: say("wayKey") },
    { keys: ["M"], does: say("moveKey") },
    { keys: ["I"], does: say("influenceKey") },
    { keys: ["T"], does: say("tableKey") },
    { keys: ["D"], does: say("dottedKey") },
    { keys: ["O"], does: say("openKey") },
    { keys: ["Y", "N"], does: say("judgeKey") },
  ],
  sample: ({ group }) => `/account/${group}/people`,
});
