import type { DealPageFragment } from "../../generated/graphql";
import { Link } from "wouter";
import { recordAddress } from "../../app/addresses";
import { session, useStore } from "../../app/session";
import { Known, Person, Steps } from "../../marks/marks";
import type { Column } from "../../parts/Table";
import { RecordLink } from "../../schema/values";
import { DealName } from "../../subjects/deal";
import {
  capitalized,
  day,
  daysUntil,
  firstWord,
  humanized,
  money,
  moneyInWords,
  moneyOrNone,
  NONE,
  percent,
} from "../../words/format";
import { words } from "../../words/words";
import { weighted, weightedValue, type Deal } from "./verdict";

const say = words("deals");

const FILTERS = ["openOnly", "mine", "soon", "overdue", "unseated"] as const;
const STAGES = ["QUALIFY", "DEVELOP", "PROPOSE", "CLOSE"];

/** Whose deal it is: one of us, by the first name. */
function Owner({ owner: { __typename: type, id, name } }: { owner: NonNullable<Deal["owner"]> }) {
  const mine = useStore(session).user?.id === id;
  return (
    <Link href={recordAddress(type, id)} className="row-link" title={name}>
      <Person name={name} whose={mine ? "you" : "ours"} />
      <span className="cut">{mine ? say("you") : firstWord(name)}</span>
    </Link>
  );
}

const OWNER: Column<Deal> = {
  key: "owner",
  label: say("owner"),
  width: "96px",
  cell: ({ owner }) => (owner ? <Owner owner={owner} /> : NONE),
};

const COLUMNS: Column<Deal>[] = [
  {
    key: "name",
    label: say("deal"),
    sort: "ASC",
    phone: "main",
    cell: ({ name, account }) => <DealName name={name} account={account?.name} />,
  },
  {
    key: "account",
    label: say("account"),
    sort: "ASC",
    width: "15%",
    phone: "under",
    cell: ({ account }) => (account ? <RecordLink reference={{ ...account, __typename: "Account" }} /> : NONE),
  },
  {
    key: "estimatedCloseDate",
    label: say("expected"),
    sort: "ASC",
    end: true,
    width: "104px",
    phone: "end",
    cell: ({ estimatedCloseDate: at, state }) =>
      at ? <span className={state === "OPEN" && daysUntil(at) < 0 ? "risk" : undefined}>{day(at)}</span> : NONE,
  },
  {
    key: "salesStage",
    label: say("stage"),
    sort: "DESC",
    width: "140px",
    cell: ({ salesStage, state }) =>
      state === "OPEN" && salesStage ? (
        <>
          <Steps at={STAGES.indexOf(salesStage)} of={STAGES.length} />{" "}
          <span className="dim">{capitalized(humanized(salesStage))}</span>
        </>
      ) : (
        <span className="dim">{capitalized(humanized(state))}</span>
      ),
  },
  {
    key: "closeProbability",
    label: say("chance"),
    sort: "DESC",
    end: true,
    width: "62px",
    cell: ({ closeProbability }) => (closeProbability === null ? NONE : percent(closeProbability)),
  },
  {
    key: "estimatedValue",
    label: say("value"),
    sort: "DESC",
    end: true,
    width: "88px",
    phone: "figure",
    cell: ({ estimatedValue }) => moneyOrNone(estimatedValue),
  },
  {
    key: "weighted",
    label: say("weighted"),
    end: true,
    width: "104px",
    cell: (deal) => <span className="dim">{moneyOrNone(weightedValue(deal))}</span>,
  },
  {
    key: "committee",
    label: say("committee"),
    end: true,
    width: "82px",
    cell: ({ committee: { known, seats } }) =>
      seats > 0 ? <Known known={known} total={seats} /> : <span className="dimmer">{say("noSeats")}</span>,
  },
  {
    key: "logged",
    label: say("logged"),
    end: true,
    width: "92px",
    cell: ({ timeline: { nodes } }) =>
      nodes[0]?.startedAt ? day(nodes[0].startedAt) : <span className="dimmer">{say("never")}</span>,
  },
];

/** The columns of a list of deals; one with the deals of the reader alone does not repeat whose they are. */
export function dealColumns(on: readonly string[]): Column<Deal>[] {
  return on.includes("mine") ? COLUMNS : [...COLUMNS, OWNER];
}

/** The sums of all deals that match, by their columns. */
export function dealFoot(page: DealPageFragment): Readonly<Record<string, string>> {
  const total = page.aggregate.sum.estimatedValue;
  if (!total) return {};
  return {
    name: say("foot", { n: page.totalCount }),
    estimatedValue: moneyInWords(total),
    weighted: money({ ...total, amount: weighted(page) }),
  };
}

/** The filters of a list of deals; a caller whom no user represents has no deals. */
export function dealFilters(user: unknown): { name: string; label: string }[] {
  return FILTERS.filter((name) => name !== "mine" || user).map((name) => ({ name, label: say(name) }));
}
