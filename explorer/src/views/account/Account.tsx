import { useKeys } from "../../app/keys";
import type { ViewProps } from "../../app/registry";
import type { AccountQuery } from "../../generated/graphql";
import { Conclusion, firstFigure } from "../../parts/Conclusion";
import { Insights } from "../../parts/Insights";
import { Page } from "../../parts/Page";
import { Verdict } from "../../parts/Verdict";
import { accountHead } from "../../subjects/account";
import { words } from "../../words/words";
import { AccountPanel } from "./AccountPanel";
import { Deals } from "./Deals";
import { Timeline } from "../../parts/Timeline";
import type { AccountLens } from "./view";
import { Waterfall } from "./Waterfall";

const say = words("account");
export type AccountData = NonNullable<AccountQuery["account"]>;

/** Is this customer well, and what do I do next? */
export default function Account({ data, lens, setLens }: ViewProps<AccountQuery, AccountLens>) {
  const account = data.account!;
  const { rollup, headline } = account;
  const show = (e: string) => setLens({ e });
  useKeys({ e: () => show(lens.e || !headline ? "" : firstFigure(headline)) });
  return (
    <Page
      head={accountHead(account)}
      verdict={
        headline && (
          <Verdict>
            <Conclusion sentence={headline} open={lens.e} show={show} />
          </Verdict>
        )
      }
      panel={<AccountPanel account={account} receipt={lens.e} />}
      honesty={{
        says: say("honesty", {
          accounts: rollup.accounts,
          people: rollup.contacts,
          interactions: account.timeline.totalCount,
        }),
        hidden: rollup.withheld,
      }}
    >
      <Waterfall account={account} />
      <Insights insights={account.insights} title={say("todo")} />
      <Deals account={account} />
      <Timeline activities={account.timeline.nodes} total={account.timeline.totalCount} />
    </Page>
  );
}
