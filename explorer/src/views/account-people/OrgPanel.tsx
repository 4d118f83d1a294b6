import { useState } from "react";
import { Link } from "wouter";
import { recordAddress } from "../../app/addresses";
import { FAIR } from "../../marks/bands";
import { Gauge, Person } from "../../marks/marks";
import { Facts, PanelSection } from "../../parts/Panel";
import { capitalized, day, humanized, NONE, percent } from "../../words/format";
import { words } from "../../words/words";
import type { SeatsProps } from "./OrgChart";
import { decides } from "./OrgView";
import { isDraft, type Seat } from "./seats";
import { type Judge, Verbs } from "./Verbs";

const say = words("orgChart");
const MOST = 8;

interface Props extends SeatsProps {
  seat: Seat;
  /** Null in the past, which cannot be changed. */
  judge: Judge | null;
  move: ((seat: Seat) => void) | null;
}

/** The selected person: what we know, whom the person sways, and the lines. */
export function OrgPanel({ seat, byId, seats, select, judge, move }: Props) {
  const { contact, strength, bestKnownBy, lastSpokeAt, dottedManagerIds, managerId, roles, leftOn } = seat;
  const swayed = contact!.influences.edges;
  const reports = seats.filter((each) => each.managerId === seat.id);
  const [all, setAll] = useState("");
  const shown = all === seat.id ? reports : reports.slice(0, MOST);
  const jump = (id: string) => {
    const other = byId.get(id);
    return other ? (
      <button key={id} type="button" className="jump" onClick={() => select(id)}>
        {other.name}
      </button>
    ) : (
      NONE
    );
  };
  return (
    <>
      <section className="p-sec org-subject">
        <Person name={seat.name} whose={leftOn ? "left" : "theirs"} size="lg" />
        <span>
          <h2>{seat.name}</h2>
          <span className="dim">
            {[seat.jobTitle, roles.map(humanized).join(", ")].filter(Boolean).join(", ") || say("noTitle")}
          </span>
        </span>
      </section>
      <section className="p-sec">
        <p className="judgement">
          {strength === null
            ? say("judgeNever")
            : say(strength < FAIR ? "judgeWeak" : "judgeKnown", { name: bestKnownBy?.user.name ?? NONE })}{" "}
          {lastSpokeAt === null ? say("notSpoken") : say("spoken", { day: day(lastSpokeAt) })}
        </p>
        <p className="org-verbs">
          <Link href={`/way/${seat.id}`} className={(strength ?? 0) < FAIR ? "btn sm pri" : "btn sm"}>
            {say("findWay")} <kbd>W</kbd>
          </Link>
          <Link href={recordAddress("Contact", seat.id)} className="btn sm">
            {say("openPerson")} <kbd>O</kbd>
          </Link>
          {move && (
            <button type="button" className="btn sm" onClick={() => move(seat)}>
              {say(managerId ? "setManager" : "place")} <kbd>M</kbd>
            </button>
          )}
        </p>
      </section>
      {isDraft(seat) && (
        <PanelSection title={say("draftTitle")}>
          <p>{say("draftSays", { name: seat.name, manager: byId.get(managerId!)?.name ?? NONE })}</p>
          {judge && <Verbs seat={seat} judge={judge} />}
        </PanelSection>
      )}
      {swayed.length > 0 && (
        <PanelSection
          title={say("swaysTitle")}
          count={swayed[0]?.confidence ? humanized(swayed[0].confidence) : undefined}
        >
          <Facts
            rows={swayed.map(({ node, weight }) => [
              byId.has(node.id) && decides(byId.get(node.id)!) ? say("whoDecides", { name: node.name }) : node.name,
              weight === null ? NONE : percent(weight * 100),
            ])}
          />
        </PanelSection>
      )}
      <PanelSection title={say("tieTitle")} count={bestKnownBy?.user.name}>
        <Gauge value={strength} />
      </PanelSection>
      <PanelSection title={say("lines")}>
        <Facts
          rows={[
            [say("solid"), managerId ? jump(managerId) : say("noneOnRecord")],
            [say("dotted"), dottedManagerIds.length > 0 ? dottedManagerIds.map(jump) : NONE],
            [say("department"), seat.department ?? NONE],
            [say("certainty"), capitalized(humanized(seat.confidence))],
          ]}
        />
      </PanelSection>
      {reports.length > 0 && (
        <PanelSection title={say("reports")} count={reports.length}>
          <ul>
            {shown.map(({ id }) => (
              <li key={id}>{jump(id)}</li>
            ))}
          </ul>
          {shown.length < reports.length && (
            <button type="button" className="link" onClick={() => setAll(seat.id)}>
              {say("more", { n: reports.length - shown.length })}
            </button>
          )}
        </PanelSection>
      )}
    </>
  );
}
