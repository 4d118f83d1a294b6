import { Severity } from "../../marks/marks";
import { words } from "../../words/words";
import type { SeatsProps } from "./OrgChart";
import { SeatBox } from "./SeatBox";

const say = words("orgChart");
const MOST = 6;

interface Props extends SeatsProps {
  roots: readonly string[];
  /** Draws the chart from a person down. */
  from: (id: string) => void;
}

/** Who left and is still reported to, and who has no manager. */
export function LooseEnds({ byId, teams, selected, select, from, roots }: Props) {
  const alone = roots.filter((id) => byId.get(id)?.span === 0);
  const heads = roots.flatMap((id) => (byId.has(id) && !alone.includes(id) ? [byId.get(id)!] : []));
  if (roots.length === 0) return null;
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
