import type { DealPageFragment } from "../../generated/graphql";
import { RecordMark, Steps } from "../../marks/marks";
import type { Column } from "../../parts/Table";
import { RecordLink } from "../../schema/values";
import { capitalized, day, daysUntil, humanized, moneyInWords, moneyOrNone, NONE, percent } from "../../words/format";
import { words } from "../../words/words";

const say = words("deals");
export type Deal = DealPageFragment["nodes"][number];

const FILTERS = ["openOnly", "mine", "overdue"] as const;
const STAGES = ["QUALIFY", "DEVELOP", "PROPOSE", "CLOSE"];

/** The columns of a list of deals. */
export const DEAL_COLUMNS: Column<Deal>[] = [
  {
    key: "name",
    label: say("deal"),
    sort: "ASC",
    phone: "main",
    cell: ({ name }) => (
      <>
        <RecordMark kind="deal" />
        <span className="cut">{name}</span>
      </>
    ),
  },
  {
    key: "account",
    label: say("account"),
    sort: "ASC",
    width: "20%",
    phone: "under",
    cell: ({ account }) => (account ? <RecordLink reference={{ ...account, __typename: "Account" }} /> : NONE),
  },
  {
    key: "salesStage",
    label: say("stage"),
    sort: "DESC",
    width: "150px",
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
    width: "90px",
    cell: ({ closeProbability }) => (closeProbability === null ? NONE : percent(closeProbability)),
  },
  {
    key: "estimatedValue",
    label: say("value"),
    sort: "DESC",
    end: true,
    width: "110px",
    phone: "figure",
    cell: ({ estimatedValue }) => moneyOrNone(estimatedValue),
  },
  {
    key: "estimatedCloseDate",
    label: say("expected"),
    sort: "ASC",
    end: true,
    width: "120px",
    phone: "end",
    cell: ({ estimatedCloseDate: at, state }) =>
      at ? <span className={state === "OPEN" && daysUntil(at) < 0 ? "risk" : undefined}>{day(at)}</span> : NONE,
  },
  {
    key: "owner",
    label: say("owner"),
    width: "15%",
    cell: ({ owner }) => (owner ? <RecordLink reference={owner} /> : NONE),
  },
];

/** The filters of a list of deals; a caller whom no user represents has no deals. */
export function dealFilters(user: unknown): { name: string; label: string }[] {
  return FILTERS.filter((name) => name !== "mine" || user).map((name) => ({ name, label: say(name) }));
}

/** How many deals match, and what they are worth. */
export function dealVerdict({ totalCount, aggregate }: DealPageFragment): string {
  const total = aggregate.sum.estimatedValue;
  return capitalized(say("verdict", { n: totalCount, money: total ? moneyInWords(total) : NONE }));
}
