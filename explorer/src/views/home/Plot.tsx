import type { CSSProperties } from "react";
import { useLocation } from "wouter";
import { recordAddress } from "../../app/addresses";
import { useKeys } from "../../app/keys";
import { RecordMark } from "../../marks/marks";
import { accountMark } from "../../subjects/account";
import { moneyInWords, NONE } from "../../words/format";
import { words } from "../../words/words";
import { logPosition, type Row } from "./portfolio";

const say = words("home");
const LABELLED = 6;
const LINES = [0, 20, 40, 60, 80, 100];
/** The parts of the width and the height that the lanes beside the axes take. */
const ZERO_LANE = 0.09;
const UNJUDGED_LANE = 0.1;

interface Props {
  rows: readonly Row[];
  selected: string | undefined;
  select: (account: string) => void;
  /** Whether the table does not stand beside it, which has the keys of the rows. */
  alone: boolean;
}

interface Place {
  row: Row;
  /** From the left and from the bottom, as shares of the picture. */
  x: number;
  y: number;
}

/** Accounts that lie on one another in a lane are moved apart. */
function apart(places: Place[]): Place[] {
  const taken = new Map<string, number>();
  return places.map((place) => {
    const key = `${Math.round(place.x * 60)} ${Math.round(place.y * 30)}`;
    const n = taken.get(key) ?? 0;
    taken.set(key, n + 1);
    return { ...place, x: place.x + n * 0.014 };
  });
}

/** The size and the health of each account: open money to the right, health upwards; with lanes for none and not judged. */
export function Plot({ rows, selected, select, alone }: Props) {
  const [, navigate] = useLocation();
  const open = ({ account }: Row) => account.rollup.openPipeline.amount;
  const amounts = rows.map(open).filter((amount) => amount > 0);
  const least = Math.min(...amounts, 1e12);
  const most = Math.max(...amounts, least);
  const places = apart(
    rows.map((row) => {
      const along = logPosition(open(row), least, most);
      const { judged, score } = row.account.health;
      return {
        row,
        x: along === null ? ZERO_LANE / 2 : ZERO_LANE + 0.03 + along * (0.9 - ZERO_LANE),
        y: judged && score !== null ? UNJUDGED_LANE + 0.04 + (score / 100) * (0.92 - UNJUDGED_LANE) : UNJUDGED_LANE / 2,
      };
    }),
  );
  const named = new Set(
    [...rows]
      .sort((one, other) => one.place - other.place || open(other) - open(one))
      .slice(0, LABELLED)
      .map(({ account }) => account.id),
  );
  const at = rows.findIndex(({ account }) => account.id === selected);
  const step = (by: number) => {
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
    if (next) select(next.account.id);
  };
  useKeys(
    alone
      ? {
          j: () => step(1),
          k: () => step(-1),
          ArrowDown: () => step(1),
          ArrowUp: () => step(-1),
          ...(selected ? { Enter: () => navigate(recordAddress("Account", selected)) } : {}),
        }
      : {},
  );
  const currency = rows[0]?.account.rollup.openPipeline.currency ?? "USD";
  return (
    <figure className="plot" aria-label={say("plot")}>
      <div className="field-of-plot">
        {LINES.map((score) => (
          <span
            key={score}
            className={score === 40 ? "grid threshold" : "grid"}
            style={{ bottom: `${(UNJUDGED_LANE + 0.04 + (score / 100) * (0.92 - UNJUDGED_LANE)) * 100}%` }}
          >
            <b>{score}</b>
          </span>
        ))}
        <span className="lane-x" style={{ width: `${ZERO_LANE * 100}%` }} />
        <span className="lane-y" style={{ height: `${UNJUDGED_LANE * 100}%` }}>
          <b>{say("notJudged")}</b>
        </span>
        {places.map(({ row, x, y }) => (
          <Mark
            key={row.account.id}
            row={row}
            x={x}
            y={y}
            on={row.account.id === selected}
            named={named}
            select={select}
          />
        ))}
      </div>
      <figcaption>
        <span>{say("axisNone")}</span>
        <span>{amounts.length > 0 && moneyInWords({ amount: least, currency })}</span>
        <b>{say("axisOpen")}</b>
        <span>{amounts.length > 0 && moneyInWords({ amount: most, currency })}</span>
      </figcaption>
    </figure>
  );
}

interface MarkProps {
  row: Row;
  x: number;
  y: number;
  on: boolean;
  named: ReadonlySet<string>;
  select: (account: string) => void;
}

function Mark({ row: { account }, x, y, on, named, select }: MarkProps) {
  const { judged, score } = account.health;
  const style: CSSProperties = { left: `${x * 100}%`, bottom: `${y * 100}%` };
  const label = say("mark", {
    name: account.name,
    open: moneyInWords(account.rollup.openPipeline),
    health: judged && score !== null ? Math.round(score) : NONE,
  });
  return (
    <button
      type="button"
      className={`mark${x > 0.8 ? " left" : ""}`}
      style={style}
      aria-label={label}
      aria-pressed={on}
      title={label}
      onClick={() => select(account.id)}
    >
      <RecordMark kind={accountMark({ ...account, accounts: account.rollup.accounts })} />
      {(on || named.has(account.id)) && <span className="name">{account.name}</span>}
    </button>
  );
}
