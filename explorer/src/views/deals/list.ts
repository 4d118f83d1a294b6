import { me, type ListQuery } from "../../app/lists";
import type { OpportunityOrder, OpportunityWhere } from "../../generated/graphql";

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** What the list of deals filters and sorts by. */
export const DEALS: ListQuery<OpportunityWhere, OpportunityOrder> = {
  filters: {
    openOnly: () => ({ state: { eq: "OPEN" } }),
    mine: () => ({ owner: { is: { id: { eq: me() } } } }),
    overdue: () => ({ state: { eq: "OPEN" }, estimatedCloseDate: { lt: today() } }),
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
