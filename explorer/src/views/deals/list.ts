import { listVariables, me, type ListQuery } from "../../app/lists";
import type { ListLens } from "../../parts/ListPage";
import type { OpportunityOrder, OpportunityWhere } from "../../generated/graphql";

const SOON_DAYS = 30;

/** The date of today, or some days after it. */
function dateIn(days: number): string {
  const date = new Date();
  date.setDate(date.getDate() + days);
  return date.toISOString().slice(0, 10);
}

/** What the list of deals filters and sorts by. */
export const DEALS: ListQuery<OpportunityWhere, OpportunityOrder> = {
  filters: {
    openOnly: () => ({ state: { eq: "OPEN" } }),
    mine: () => ({ owner: { is: { id: { eq: me() } } } }),
    overdue: () => ({ state: { eq: "OPEN" }, estimatedCloseDate: { lt: dateIn(0) } }),
    soon: () => ({ state: { eq: "OPEN" }, estimatedCloseDate: { gte: dateIn(0), lte: dateIn(SOON_DAYS) } }),
    unseated: () => ({ state: { eq: "OPEN" }, stakeholders: { none: {} } }),
  },
  text: (text) => ({ name: { contains: text } }),
  orders: {
    name: (name) => ({ name }),
    account: (name) => ({ account: { name } }),
    salesStage: (salesStage) => ({ salesStage }),
    closeProbability: (closeProbability) => ({ closeProbability }),
    estimatedValue: (estimatedValue) => ({ estimatedValue }),
    estimatedCloseDate: (estimatedCloseDate) => ({ estimatedCloseDate }),
  },
  order: { estimatedCloseDate: "ASC" },
};

/** The variables of a page of deals; what is logged for a later day is planned and not done. */
export function dealVariables(lens: ListLens, after: string | null = null) {
  return { ...listVariables(DEALS, lens, after), until: `${dateIn(1)}T00:00:00Z` };
}
