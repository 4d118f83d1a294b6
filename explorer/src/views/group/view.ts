import { Network } from "lucide-react";
import { at, flag, list, oneOf, text } from "../../app/codec";
import { view } from "../../app/registry";
import { GroupDocument, type GroupQuery, type Hierarchy } from "../../generated/graphql";
import { words } from "../../words/words";
import { PAGE } from "./pages";

const say = words("group");

export const HIERARCHIES = ["crm", "legal", "billing", "sales"] as const;
export type HierarchyName = (typeof HIERARCHIES)[number];

export interface GroupLens {
  h: HierarchyName;
  /** Whether the other hierarchy is shown beside this one. */
  cmp: boolean;
  /** Whether only the accounts whose parents differ are shown. */
  only: boolean;
  at: string;
  /** `bars`, or the figures that they stand for. */
  as: "bars" | "figures";
  /** The accounts whose children have rows; empty for all of them. */
  open: readonly string[];
  /** The accounts whose children have no rows. */
  fold: readonly string[];
  /** The account that the bars are fitted to. */
  fit: string;
  sel: string;
}

/** The hierarchy that another one is compared with. */
export function otherOf(h: HierarchyName): HierarchyName {
  return h === "crm" ? "legal" : "crm";
}

/** The variables that every request of the view has. */
export function variablesOf({ h, at: day }: Pick<GroupLens, "h" | "at">) {
  return { h: h.toUpperCase() as Hierarchy, at: day ? `${day}T23:59:59Z` : null };
}

/** The variables of the rows. */
export function rowVariables(id: string, lens: GroupLens) {
  const { open, fold } = lens;
  return { id, ...variablesOf(lens), open: open.length > 0 ? open : null, closed: fold, first: PAGE };
}

export default view<GroupQuery, GroupLens>({
  name: "group",
  address: "/account/:id/group/:slug?",
  title: say("title"),
  area: "accounts",
  tab: { subject: "account", label: say("title"), icon: Network, order: 2 },
  lens: {
    h: oneOf(HIERARCHIES, { push: true }),
    cmp: flag({ push: true }),
    only: flag(),
    at,
    as: oneOf(["bars", "figures"]),
    open: list(),
    fold: list(),
    fit: text(),
    sel: text(),
  },
  request: ({ id }, lens) => ({
    document: GroupDocument,
    variables: {
      ...rowVariables(id!, lens),
      sel: lens.sel || id,
      other: otherOf(lens.h).toUpperCase(),
    },
  }),
  requestKey: ({ h, at: day, open, fold }) => [h, day, open, fold],
  main: (data) => data.account,
  component: () => import("./Group"),
  keys: [
    { keys: ["←", "→"], does: say("foldKey") },
    { keys: ["M"], does: say("moveKey") },
    { keys: ["H"], does: say("hierarchyKey") },
    { keys: ["T"], does: say("tableKey") },
    { keys: ["*"], does: say("unfoldKey") },
    { keys: ["F"], does: say("fitKey") },
    { keys: ["C"], does: say("compareKey") },
    { keys: ["⇧←", "⇧→"], does: say("momentKey") },
    { keys: ["↵"], does: say("openKey") },
  ],
  sample: ({ group }) => `/account/${group}/group`,
});
