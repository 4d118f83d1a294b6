import { listVariables } from "../../app/lists";
import type { ViewProps } from "../../app/registry";
import { session, useStore } from "../../app/session";
import { AccountDealsDocument, type AccountDealsQuery } from "../../generated/graphql";
import { ListPage, type ListLens } from "../../parts/ListPage";
import { accountHead } from "../../subjects/account";
import { DEAL_COLUMNS, dealFilters, dealVerdict, type Deal } from "../deals/columns";
import { DEALS } from "../deals/list";

/** The deals of an account and of the accounts below it. */
export default function AccountDeals({ data, lens, setLens, stale }: ViewProps<AccountDealsQuery, ListLens>) {
  const account = data.account!;
  const { user } = useStore(session);
  return (
    <ListPage<AccountDealsQuery, Deal>
      type="Opportunity"
      head={accountHead(account)}
      verdict={dealVerdict(account.opportunities)}
      first={account.opportunities}
      document={AccountDealsDocument}
      variables={(after) => ({ id: account.id, ...listVariables(DEALS, lens, after) })}
      connection={(page) => page.account!.opportunities}
      columns={() => DEAL_COLUMNS}
      filters={dealFilters(user)}
      lens={lens}
      setLens={setLens}
      stale={stale}
    />
  );
}
