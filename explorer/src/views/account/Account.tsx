import { useKeys } from "../../app/keys";
import type { ViewProps } from "../../app/registry";
import type { AccountQuery } from "../../generated/graphql";
import { Figure } from "../../parts/Receipt";
import { Insights } from "../../parts/Insights";
import { Page } from "../../parts/Page";
import { Verdict } from "../../parts/Verdict";
import { accountHead } from "../../subjects/account";
import { daysUntil, moneyInWords } from "../../words/format";
import { spelled } from "../../words/patterns";
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
  const { rollup } = account;
  const show = (e: string) => setLens({ e });
  useKeys({ e: () => show(lens.e ? "" : "open") });
  return (
    <Page
      head={accountHead(account)}
      verdict={<Sentence account={account} open={lens.e} show={show} />}
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

interface SentenceProps {
  account: AccountData;
  open: string;
  show: (name: string) => void;
}

function Sentence({ account: { name, rollup }, open, show }: SentenceProps) {
  const has = rollup.ordered.amount > 0;
  const sells = rollup.openOpportunities > 0;
  const pattern = has ? (sells ? "orderedAndOpen" : "ordered") : sells ? "open" : "neither";
  const figure = (key: string, text: string) => (
    <Figure key={key} name={key} open={open} show={show}>
      {text}
    </Figure>
  );
  return (
    <Verdict>
      {say.rich(pattern, {
        name,
        n: rollup.openOpportunities,
        ordered: figure("ordered", moneyInWords(rollup.ordered)),
        open: figure("open", moneyInWords(rollup.openPipeline)),
      })}{" "}
      <span className="soft">
        {rollup.contacts === 0
          ? say("noPeople")
          : say.rich(rollup.lastSpokeAt ? "knownAll" : "neverSpoke", {
              known: figure("known", spelled(rollup.known)),
              people: rollup.contacts,
              days: rollup.lastSpokeAt ? Math.max(0, -daysUntil(rollup.lastSpokeAt)) : 0,
            })}
      </span>
    </Verdict>
  );
}
