import { recordAddress } from "../../app/addresses";
import { Known } from "../../marks/marks";
import { Empty } from "../../parts/States";
import { Table, type Column } from "../../parts/Table";
import { DealName } from "../../subjects/deal";
import { NONE, capitalized, day, humanized, moneyOrNone, percent, shortName } from "../../words/format";
import { words } from "../../words/words";
import type { AccountData } from "./Account";

const say = words("account");
type Deal = AccountData["opportunities"]["nodes"][number];

const columns = (group: string): Column<Deal>[] => [
  {
    key: "name",
    label: say("deals"),
    heading: true,
    phone: "main",
    cell: ({ name, account }) => <DealName name={name} account={account?.name} />,
  },
  {
    key: "at",
    label: say("at"),
    width: "16%",
    cell: ({ account }) => <span className="dim cut">{account ? shortName(account.name, group) : NONE}</span>,
  },
  {
    key: "stage",
    label: say("stage"),
    width: "84px",
    phone: "under",
    cell: ({ salesStage }) => <span className="dim">{salesStage ? capitalized(humanized(salesStage)) : NONE}</span>,
  },
  {
    key: "chance",
    label: say("chance"),
    width: "76px",
    end: true,
    cell: ({ closeProbability }) => (closeProbability === null ? NONE : percent(closeProbability)),
  },
  {
    key: "value",
    label: say("value"),
    width: "96px",
    end: true,
    phone: "figure",
    cell: ({ estimatedValue }) => moneyOrNone(estimatedValue),
  },
  {
    key: "expected",
    label: say("expected"),
    width: "104px",
    end: true,
    phone: "end",
    cell: ({ estimatedCloseDate: at }) => (at ? day(at) : NONE),
  },
  {
    key: "committee",
    label: say("committee"),
    width: "84px",
    end: true,
    cell: ({ committee: { known, seats } }) => (seats > 0 ? <Known known={known} total={seats} /> : NONE),
  },
];

/** The open deals of the account. */
export function Deals({ account }: { account: AccountData }) {
  const { nodes, totalCount } = account.opportunities;
  return (
    <section className="block">
      {nodes.length === 0 ? (
        <>
          <h2>{say("deals")}</h2>
          <Empty>
            <p>{say("noDeals")}</p>
          </Empty>
        </>
      ) : (
        <Table
          label={say("deals")}
          rows={nodes}
          total={totalCount}
          columns={columns(account.name)}
          rowKey={({ id }) => id}
          href={({ id }) => recordAddress("Opportunity", id)}
        />
      )}
    </section>
  );
}
