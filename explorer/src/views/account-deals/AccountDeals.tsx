import type { ViewProps } from "../../app/registry";
import { session, useStore } from "../../app/session";
import { AccountDealsDocument, type AccountDealsQuery } from "../../generated/graphql";
import { ListPage, type ListLens } from "../../parts/ListPage";
import { accountHead } from "../../subjects/account";
import { dealColumns, dealFilters, dealFoot } from "../deals/columns";
import { dealVariables } from "../deals/list";
import { dealVerdict, type Deal } from "../deals/verdict";

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
      variables={(after) => ({ id: account.id, ...dealVariables(lens, after) })}
      connection={(page) => page.account!.opportunities}
      columns={() => dealColumns(lens.f)}
      foot={dealFoot(account.opportunities)}
      filters={dealFilters(user)}
      lens={lens}
      setLens={setLens}
      stale={stale}
    />
  );
}
