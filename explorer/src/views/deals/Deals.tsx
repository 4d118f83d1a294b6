import type { ViewProps } from "../../app/registry";
import { session, useStore } from "../../app/session";
import { DealsDocument, type DealsQuery } from "../../generated/graphql";
import { ListPage, type ListLens } from "../../parts/ListPage";
import { words } from "../../words/words";
import { dealColumns, dealFilters, dealFoot } from "./columns";
import { dealVariables } from "./list";
import { dealVerdict, type Deal } from "./verdict";

const say = words("deals");

/** The deals, by the date at which they are expected. */
export default function Deals({ data, lens, setLens, stale }: ViewProps<DealsQuery, ListLens>) {
  const deals = data.opportunities!;
  const { user } = useStore(session);
  return (
    <ListPage<DealsQuery, Deal>
      type="Opportunity"
      head={{ title: say("title") }}
      verdict={dealVerdict(deals)}
      first={deals}
      document={DealsDocument}
      variables={(after) => dealVariables(lens, after)}
      connection={(page) => page.opportunities!}
      columns={() => dealColumns(lens.f)}
      foot={dealFoot(deals)}
      filters={dealFilters(user)}
      lens={lens}
      setLens={setLens}
      stale={stale}
    />
  );
}
