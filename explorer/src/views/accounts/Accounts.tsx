import type { ViewProps } from "../../app/registry";
import { session, useStore } from "../../app/session";
import { listVariables } from "../../app/lists";
import { AccountsDocument, type AccountsQuery } from "../../generated/graphql";
import { Bars, Known, RecordMark } from "../../marks/marks";
import { ListPage, type ListLens } from "../../parts/ListPage";
import { ReportButton } from "../../parts/ReportButton";
import type { Column } from "../../parts/Table";
import { count, day, money, moneyInWords, moneyOrNone, NONE } from "../../words/format";
import { words } from "../../words/words";
import { ACCOUNTS } from "./list";

const say = words("accounts");
type Account = NonNullable<AccountsQuery["accounts"]>["nodes"][number];

const FILTERS = ["mine", "groups", "customers", "prospects", "openDeals"] as const;

function columns(rows: readonly Account[]): Column<Account>[] {
  const most = {
    open: Math.max(1, ...rows.map(({ rollup }) => rollup.openPipeline.amount)),
    won: Math.max(1, ...rows.map(({ rollup }) => rollup.won.amount)),
  };
  return [
    {
      key: "name",
      label: say("account"),
      sort: "ASC",
      phone: "main",
      cell: (account) => (
        <>
          <RecordMark kind={account.relationship === "CUSTOMER" ? (account.parent ? "account" : "root") : "prospect"} />
          <span className="cut">
            {account.name} <span className="detail">{account.city}</span>
          </span>
        </>
      ),
    },
    {
      key: "group",
      sort: "ASC",
      label: say("group"),
      width: "16%",
      phone: "under",
      cell: ({ id, ultimateParent: top }) =>
        top && top.id !== id ? (
          <span className="dim">
            {top.name} <span className="detail">{count(top.rollup.accounts)}</span>
          </span>
        ) : (
          <span className="dimmer">{say("top")}</span>
        ),
    },
    {
      key: "openPipeline",
      label: say("open"),
      sort: "DESC",
      end: true,
      width: "176px",
      phone: "figure",
      cell: ({ rollup: { openPipeline } }) => (
        <>
          <Bars
            spans={[
              { start: 1 - openPipeline.amount / most.open, length: openPipeline.amount / most.open, look: "open" },
            ]}
            label={money(openPipeline)}
            bare
          />{" "}
          <span className="figure">{moneyOrNone(openPipeline)}</span>
        </>
      ),
    },
    {
      key: "won",
      label: say("won"),
      sort: "DESC",
      end: true,
      width: "176px",
      cell: ({ rollup: { won, byChild } }) => {
        const own = byChild.find((part) => part.own)?.won.amount ?? won.amount;
        const below = Math.max(0, won.amount - own);
        return (
          <>
            <Bars
              spans={[
                { start: 1 - won.amount / most.won, length: own / most.won, look: "won" },
                { start: 1 - below / most.won, length: below / most.won, look: "below" },
              ]}
              label={money(won)}
              bare
            />{" "}
            <span className="figure">{won.amount ? moneyInWords(won) : NONE}</span>
          </>
        );
      },
    },
    {
      key: "known",
      label: say("known"),
      sort: "DESC",
      end: true,
      width: "128px",
      cell: ({ rollup }) => <Known known={rollup.known} total={rollup.contacts} />,
    },
    {
      key: "lastSpokeAt",
      label: say("spoke"),
      sort: "DESC",
      end: true,
      width: "120px",
      phone: "end",
      cell: ({ rollup: { lastSpokeAt: at } }) => (at ? day(at) : <span className="dimmer">{say("never")}</span>),
    },
  ];
}

/** All accounts that the reader may see, as a table. */
export default function Accounts({ data, lens, setLens, stale }: ViewProps<AccountsQuery, ListLens>) {
  const accounts = data.accounts!;
  const { user } = useStore(session);
  const top = accounts.nodes[0];
  const byOpen = lens.sort === "openPipeline DESC";
  return (
    <ListPage<AccountsQuery, Account>
      type="Account"
      actions={user && <ReportButton subject={null} />}
      head={{ title: say("title") }}
      verdict={say(byOpen ? "verdict" : "plainVerdict", {
        n: accounts.totalCount,
        top: top?.name ?? NONE,
        money: top ? moneyInWords(top.rollup.openPipeline) : NONE,
      })}
      first={accounts}
      document={AccountsDocument}
      variables={(after) => listVariables(ACCOUNTS, lens, after)}
      connection={(page) => page.accounts!}
      columns={columns}
      filters={FILTERS.filter((name) => name !== "mine" || user).map((name) => ({ name, label: say(name) }))}
      lens={lens}
      setLens={setLens}
      stale={stale}
    />
  );
}
