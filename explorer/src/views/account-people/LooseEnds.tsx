import { Severity } from "../../marks/marks";
import { NONE } from "../../words/format";
import { words } from "../../words/words";
import type { SeatsProps } from "./OrgChart";
import { SeatBox } from "./SeatBox";
import type { Seat } from "./seats";
import { type Judge, Verbs } from "./Verbs";

const say = words("orgChart");
const MOST = 6;

interface Props extends SeatsProps {
  roots: readonly string[];
  drafts: readonly Seat[];
  judge: Judge | null;
  /** Draws the chart from a person down. */
  from: (id: string) => void;
}

/** Who left and is still reported to, who has no manager, and the lines to confirm. */
export function LooseEnds({ byId, teams, selected, select, from, roots, drafts, judge }: Props) {
  const alone = roots.filter((id) => byId.get(id)?.span === 0);
  const heads = roots.flatMap((id) => (byId.has(id) && !alone.includes(id) ? [byId.get(id)!] : []));
  if (roots.length === 0 && drafts.length === 0) return null;
  return (
    <section className="loose-ends" aria-label={say("looseEnds")}>
      {heads.map((head) => {
        const reports = (teams.get(head.id) ?? []).map((id) => byId.get(id)!);
        const deeper = head.descendants - Math.min(reports.length, MOST);
        return (
          <div key={head.id} className="loose-end">
            <p>
              <Severity kind={head.leftOn ? "act" : "watch"} />{" "}
              {head.leftOn
                ? say("leftAndReported", { name: head.name, n: reports.length })
                : say("noManager", { name: head.name })}
            </p>
            <div className="shelf">
              {[head, ...reports.slice(0, MOST)].map((seat) => (
                <SeatBox key={seat.id} seat={seat} on={seat.id === selected} select={select} />
              ))}
              {deeper > 0 && (
                <button type="button" className="chip" onClick={() => from(head.id)}>
                  {say("folded", { n: deeper })}
                </button>
              )}
            </div>
          </div>
        );
      })}
      {drafts.length > 0 && (
        <div className="loose-end">
          <p>
            <Severity kind="watch" /> {say("drafts", { n: drafts.length })}
          </p>
          {drafts.slice(0, MOST).map((seat) => (
            <div key={seat.id} className="shelf">
              <SeatBox seat={seat} on={seat.id === selected} select={select} />
              <span className="dim">{say("mayReport", { manager: byId.get(seat.managerId!)?.name ?? NONE })}</span>
              {judge && <Verbs seat={seat} judge={judge} />}
            </div>
          ))}
          {drafts.length > MOST && <p className="dim">{say("more", { n: drafts.length - MOST })}</p>}
        </div>
      )}
      {alone.length > 0 && (
        <div className="loose-end">
          <p>
            <Severity kind="watch" /> {say("alone", { n: alone.length })}
          </p>
          <div className="shelf">
            {alone.slice(0, MOST * 2).map((id) => (
              <SeatBox key={id} seat={byId.get(id)!} on={id === selected} select={select} />
            ))}
            {alone.length > MOST * 2 && <span className="dim">{say("more", { n: alone.length - MOST * 2 })}</span>}
          </div>
        </div>
      )}
    </section>
  );
}
