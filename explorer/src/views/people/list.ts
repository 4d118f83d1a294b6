import { me, type ListQuery } from "../../app/lists";
import type { ContactOrder, ContactWhere } from "../../generated/graphql";

/** What the list of people filters and sorts by. */
export const PEOPLE: ListQuery<ContactWhere, ContactOrder> = {
  filters: {
    mine: () => ({ accounts: { some: { node: { team: { some: { node: { id: { eq: me() } } } } } } } }),
    deals: () => ({ opportunities: { some: { state: { eq: "OPEN" } } } }),
    silent: () => ({ activities: { none: {} } }),
    gone: () => ({ accounts: { none: {} } }),
  },
  text: (text) => ({ name: { contains: text } }),
  orders: {
    name: (name) => ({ name }),
    jobTitle: (jobTitle) => ({ jobTitle }),
  },
  order: { name: "ASC" },
};
