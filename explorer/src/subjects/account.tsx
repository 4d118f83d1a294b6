import type { AccountHeadFragment } from "../generated/graphql";
import { RecordMark, type RecordMarkKind } from "../marks/marks";
import type { Head } from "../parts/Page";
import { words } from "../words/words";

const say = words("account");

/** The mark of an account: the top of a group, an account, or not yet a customer. */
export function accountMark(account: { relationship: string; parent: unknown; accounts?: number }): RecordMarkKind {
  if (account.relationship !== "CUSTOMER") return "prospect";
  return account.parent === null && (account.accounts ?? 1) > 1 ? "root" : "account";
}

/** The head of a lens on an account; each lens has its count under the name of its view. */
export function accountHead(account: AccountHeadFragment): Head {
  const { id, name, size, chart, log, parent } = account;
  const detail = [account.industry, account.city].filter(Boolean).join(", ");
  return {
    crumbs: [
      { label: say("list"), href: "/accounts" },
      ...(parent ? [{ label: parent.name, href: `/account/${parent.id}` }] : []),
    ],
    mark: <RecordMark kind={accountMark({ ...account, accounts: size.accounts })} />,
    title: name,
    detail,
    subject: { type: "Account", kind: "account", id, name, detail },
    counts: {
      group: size.accounts > 1 ? size.accounts : null,
      "account-people": chart.people,
      "account-deals": size.openOpportunities,
      timeline: log.totalCount,
    },
  };
}
