import { Grid3x3 } from "lucide-react";
import { list, oneOf, text } from "../../app/codec";
import { view } from "../../app/registry";
import { WhiteSpaceDocument, type WhiteSpaceQuery } from "../../generated/graphql";
import { words } from "../../words/words";

const say = words("whiteSpace");

export const ONLY = ["expected", "mine"] as const;

export interface WhiteSpaceLens {
  by: "family" | "product";
  /** By default a matrix, and on a phone a table. */
  as: "" | "matrix" | "table";
  /** The selected cell: the ids of its account and its column, see `cellKey`; an account alone is its best cell. */
  cell: string;
  only: readonly string[];
  /** The open receipt. */
  e: string;
}

/** The account of the selected cell; empty without one. */
export function accountOf(cell: string): string {
  return cell.split(".")[0]!;
}

export default view<WhiteSpaceQuery, WhiteSpaceLens>({
  name: "white-space",
  address: "/account/:id/white-space/:slug?",
  title: say("title"),
  area: "accounts",
  tab: { subject: "account", label: say("title"), icon: Grid3x3, order: 5 },
  lens: {
    by: oneOf(["family", "product"], { push: true }),
    as: oneOf(["", "matrix", "table"]),
    cell: text(),
    only: list(),
    e: text(),
  },
  request: ({ id }, { by, cell }) => {
    const sel = accountOf(cell);
    return {
      document: WhiteSpaceDocument,
      variables: { id, by: by.toUpperCase(), sel: sel || id, one: sel !== "" },
    };
  },
  requestKey: ({ by }) => by,
  main: (data) => data.account,
  component: () => import("./WhiteSpace"),
  keys: [
    { keys: ["←", "↑", "↓", "→"], does: say("moveKey") },
    { keys: ["↵"], does: say("evidenceKey") },
    { keys: ["A"], does: say("addKey") },
    { keys: ["T"], does: say("tableKey") },
    { keys: ["N"], does: say("dismissKey") },
    { keys: ["F"], does: say("columnsKey") },
  ],
  sample: ({ employer }) => `/account/${employer}/white-space`,
});
