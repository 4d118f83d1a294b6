import { me, type ListQuery } from "../../app/lists";
import type { AccountOrder, AccountWhere } from "../../generated/graphql";

/** What the list of accounts filters and sorts by. */
export const ACCOUNTS: ListQuery<AccountWhere, AccountOrder> = {
  filters: {
    mine: () => ({ team: { some: { node: { id: { eq: me() } } } } }),
    groups: () => ({ parent: { exists: false }, children: { some: {} } }),
    customers: () => ({ relationship: { eq: "CUSTOMER" } }),
    prospects: () => ({ relationship: { eq: "PROSPECT" } }),
    openDeals: () => ({ opportunities: { some: { state: { eq: "OPEN" } } } }),
  },
  text: (text) => ({ name: { contains: text } }),
  orders: {
    name: (name) => ({ name }),
    group: (name) => ({ ultimateParent: { name } }),
    openPipeline: (openPipeline) => ({ rollup: { openPipeline } }),
    won: (won) => ({ rollup: { won } }),
    known: (known) => ({ rollup: { known } }),
    lastSpokeAt: (lastSpokeAt) => ({ rollup: { lastSpokeAt } }),
  },
  order: { rollup: { openPipeline: "DESC" } },
};
