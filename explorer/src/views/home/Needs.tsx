import { AlarmClock } from "lucide-react";
import { InsightRow } from "../../parts/Insights";
import { Empty } from "../../parts/States";
import { IconButton } from "../../parts/IconButton";
import { day } from "../../words/format";
import { words } from "../../words/words";
import { firstOf, unnamed, type HomeInsight } from "./portfolio";

const say = words("home");
const FIRST = 5;

interface Props {
  needed: readonly HomeInsight[];
  snoozed: readonly { insight: HomeInsight; until: string }[];
  all: boolean;
  setAll: (all: boolean) => void;
  selected: string | undefined;
  select: (account: string) => void;
  snooze: (insight: HomeInsight) => void;
  wake: (insight: HomeInsight) => void;
}

/** The findings that need the reader: five at first, each with its evidence and one remedy. */
export function Needs({ needed, snoozed, all, setAll, selected, select, snooze, wake }: Props) {
  const shown = all ? needed : firstOf(needed, FIRST);
  return (
    <section className="needs">
      <h2>
        {say("needs")}
        {needed.length > 0 && (
          <span className="c">{say("needsCount", { shown: shown.length, all: needed.length })}</span>
        )}
      </h2>
      {needed.length === 0 && (
        <Empty>
          <p>{say("quiet")}</p>
        </Empty>
      )}
      <ul className="insights">
        {shown.map((insight) => (
          <InsightRow
            key={`${insight.rule} ${insight.subject.id}`}
            insight={insight}
            account={unnamed(insight)}
            filled={insight === shown[0]}
            selected={insight.within?.id === selected}
            select={() => insight.within && select(insight.within.id)}
          >
            <IconButton label={say("snooze")} icon={AlarmClock} press={() => snooze(insight)} className="snooze" />
          </InsightRow>
        ))}
      </ul>
      <p className="more">
        {needed.length > FIRST && (
          <button type="button" className="link" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? say("needsFewer", { n: FIRST }) : say("needsAll", { n: needed.length })}
          </button>
        )}
      </p>
      {snoozed.length > 0 && (
        <details className="snoozed">
          <summary>{say("snoozedCount", { n: snoozed.length })}</summary>
          <ul>
            {snoozed.map(({ insight, until }) => (
              <li key={`${insight.rule} ${insight.subject.id}`}>
                <span className="cut">{say("snoozed", { day: day(until), says: insight.says })}</span>{" "}
                <button type="button" className="link" onClick={() => wake(insight)}>
                  {say("wake")}
                </button>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
