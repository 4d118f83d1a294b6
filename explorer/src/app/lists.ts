import type { ListLens } from "../parts/ListPage";
import { list, text, type Fields } from "./codec";
import { session } from "./session";

export type Direction = "ASC" | "DESC";

/** What a list filters and sorts by: a condition for each chip, and an order for each column. */
export interface ListQuery<Where extends object, Order> {
  filters: Readonly<Record<string, () => Where>>;
  /** The condition of the text field. */
  text: (text: string) => Where;
  orders: Readonly<Record<string, (direction: Direction) => Order>>;
  /** The order of a list whose address names none. */
  order: Order;
}

/** The rows of a page of a list. */
export const PAGE = 100;

/** The lens of a list with its first order and the filters that are on at first. */
export function listLens(sort: string, f: readonly string[] = []): Fields<ListLens> {
  return { q: text(), f: list({ initial: f }), sort: text(sort, { push: true }), sel: text() };
}

/** The variables of a page of a list. */
export function listVariables<Where extends object, Order>(
  query: ListQuery<Where, Order>,
  { q, f, sort }: ListLens,
  after: string | null = null,
) {
  const [column = "", direction] = sort.split(" ");
  const conditions = f.flatMap((name) => query.filters[name]?.() ?? []);
  if (q) conditions.push(query.text(q));
  const order = query.orders[column]?.(direction === "ASC" ? "ASC" : "DESC") ?? query.order;
  return { first: PAGE, after, where: conditions.length > 0 ? { and: conditions } : null, order: [order] };
}

/** The id of the caller, in a condition; without one the condition holds for no record. */
export function me(): string {
  return session.get().user?.id ?? "";
}
