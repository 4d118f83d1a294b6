import { CalendarDays, CheckSquare } from "lucide-react";
import { recordAddress } from "../../app/addresses";
import { neighbours } from "../../app/session";
import { FAIR } from "../../marks/bands";
import {
  Bars,
  Dots,
  Expected,
  Gauge,
  Known,
  RecordMark,
  Severity,
  Sparkline,
  type SeverityKind,
} from "../../marks/marks";
import { Table, type Column } from "../../parts/Table";
import { accountMark } from "../../subjects/account";
import { NONE, count, day, firstWord, money, moneyInWords, moneyOrNone } from "../../words/format";
import { words } from "../../words/words";
import type { Row, UserRollup } from "./portfolio";

const say = words("home");

interface Money {
  amount: number;
  currency: string;
}

interface SharesProps {
  name: string;
  total: Money;
  own: number;
  most: number;
  looks: ["open" | "won", "open" | "below"];
}

/** A figure with its bar: its own part, then what is below, at one scale down the column. */
function Shares({ name, total, own, most, looks }: SharesProps) {
  const below = Math.max(0, total.amount - own);
  const start = 1 - total.amount / most;
  const label = say("shares", {
    name,
    own: money({ ...total, amount: own }),
    below: money({ ...total, amount: below }),
  });
  return (
    <>
      {total.amount > 0 && (
        <Bars
          spans={[
            { start, length: own / most, look: looks[0] },
            { start: start + own / most, length: below / most, look: looks[1] },
          ]}
          label={label}
          bare
        />
      )}{" "}
      <span className="figure">{total.amount >= 1_000_000 ? moneyInWords(total) : moneyOrNone(total)}</span>
    </>
  );
}

const MOST_DOTS = 5;

/** The key people that we know: as dots, and as figures if there are more of them than the column has room for. */
function People({ ties }: { ties: readonly number[] }) {
  const total = ties.length;
  if (total > MOST_DOTS) return <Known known={ties.filter((tie) => tie >= FAIR).length} total={total} />;
  return <Dots ties={ties} total={total} figures={false} />;
}

const NEXT = {
  CLOSING: () => <RecordMark kind="deal" />,
  MEETING: () => <CalendarDays role="img" aria-label={say("nextMEETING")} />,
  TASK: () => <CheckSquare role="img" aria-label={say("nextTASK")} />,
} as const;

function columns(rows: readonly Row[]): Column<Row>[] {
  const most = {
    open: Math.max(1, ...rows.map(({ account }) => account.rollup.openPipeline.amount)),
    won: Math.max(1, ...rows.map(({ account }) => account.rollup.won.amount)),
  };
  return [
    {
      key: "name",
      label: say("account"),
      sort: "ASC",
      phone: "main",
      cell: ({ account, insight }) => (
        <>
          <span className="sv">
            {insight && insight.severity !== "NOTE" && (
              <Severity kind={insight.severity.toLowerCase() as SeverityKind} />
            )}
          </span>
          <RecordMark kind={accountMark({ ...account, accounts: account.rollup.accounts })} />
          <span className="cut">
            {account.name} <span className="detail">{account.city}</span>
          </span>
        </>
      ),
    },
    {
      key: "group",
      label: say("group"),
      sort: "ASC",
      width: "104px",
      cell: ({ account: { ultimateParent: top } }) =>
        top.rollup.accounts > 1 ? (
          <span className="dim">
            {firstWord(top.name)} <span className="detail">{count(top.rollup.accounts)}</span>
          </span>
        ) : (
          <span className="dimmer">{say("single")}</span>
        ),
    },
    {
      key: "open",
      label: say("open"),
      sort: "DESC",
      end: true,
      width: "136px",
      phone: "under",
      cell: ({ account, own }) => (
        <Shares
          name={account.name}
          total={account.rollup.openPipeline}
          own={own.open}
          most={most.open}
          looks={["open", "open"]}
        />
      ),
    },
    {
      key: "won",
      label: say("won"),
      sort: "DESC",
      end: true,
      width: "136px",
      cell: ({ account, own }) => (
        <Shares name={account.name} total={account.rollup.won} own={own.won} most={most.won} looks={["won", "below"]} />
      ),
    },
    {
      key: "health",
      label: say("health"),
      sort: "ASC",
      width: "138px",
      phone: "figure",
      cell: ({ account: { health } }) => (
        <span className="health">
          <Gauge value={health.judged ? health.score : null} />
          <People ties={health.keyPeople.map(({ strength }) => strength ?? 0)} />
        </span>
      ),
    },
    {
      key: "weeks",
      label: say("weeks"),
      width: "88px",
      cell: ({ account: { health } }) =>
        health.judged ? (
          <Sparkline values={health.history.map(({ score }) => score)} />
        ) : (
          <span className="dimmer small">{say("notJudged")}</span>
        ),
    },
    {
      key: "white",
      label: say("white"),
      sort: "DESC",
      end: true,
      width: "90px",
      cell: ({ account: { whitespaceValue: value } }) =>
        value.amount > 0 ? <Expected>{money(value)}</Expected> : <span className="dimmer">{NONE}</span>,
    },
    {
      key: "spoke",
      label: say("spoke"),
      sort: "ASC",
      end: true,
      width: "100px",
      cell: ({ account: { lastSpokeAt: at } }) => (at ? day(at) : <span className="dimmer">{say("never")}</span>),
    },
    {
      key: "next",
      label: say("next"),
      sort: "ASC",
      width: "120px",
      phone: "end",
      cell: ({ account: { nextStep: step } }) =>
        step ? (
          <span className="next">
            {NEXT[step.kind]()} {day(step.date)}
          </span>
        ) : (
          <span className="dimmer">{NONE}</span>
        ),
    },
  ];
}

interface Props {
  rows: readonly Row[];
  total: number;
  rollup: UserRollup;
  sort: string;
  setSort: (sort: string) => void;
  selected: string | undefined;
  select: (account: string) => void;
}

/** The accounts of the reader; the foot adds up distinct records, also of the accounts below. */
export function PortfolioTable({ rows, total, rollup, sort, setSort, selected, select }: Props) {
  const ids = rows.map(({ account }) => account.id);
  return (
    <div className="pf">
      <Table
        label={say("accounts")}
        rows={rows}
        total={rows.length}
        columns={columns(rows)}
        rowKey={({ account }) => account.id}
        href={({ account }) => recordAddress("Account", account.id)}
        onOpen={() => neighbours.set({ type: "Account", ids })}
        sort={sort}
        setSort={setSort}
        selected={selected ?? ""}
        select={select}
        foot={<Foot rows={rows} total={total} rollup={rollup} />}
      />
    </div>
  );
}

const EMPTY = ["health", "weeks", "white", "spoke", "next"];

function Foot({ rows, total, rollup }: { rows: readonly Row[]; total: number; rollup: UserRollup }) {
  if (rows.length < total)
    return (
      <tr role="row" className="tot">
        <td role="cell" colSpan={9} data-phone="main">
          {say("footSome", { n: rows.length, own: total })}
        </td>
      </tr>
    );
  return (
    <tr role="row" className="tot">
      <td role="cell" data-phone="main">
        {say("foot", { own: rollup.own, all: rollup.accounts })}
      </td>
      <td role="cell" />
      <td role="cell" className="n" data-phone="figure">
        {moneyOrNone(rollup.openPipeline)}
      </td>
      <td role="cell" className="n">
        {moneyInWords(rollup.won)}
      </td>
      {EMPTY.map((key) => (
        <td key={key} role="cell" />
      ))}
    </tr>
  );
}
