import { Link } from "wouter";
import { Gauge, Sparkline } from "../../marks/marks";
import { PanelSection } from "../../parts/Panel";
import { NotJudged } from "../../parts/States";
import { recordAddress } from "../../app/addresses";
import { decimal } from "../../words/format";
import { words } from "../../words/words";
import type { AccountData } from "./Account";

const say = words("account");
const MOST = 9;

/** The health of the group with its terms: how well the best of us knows each key person. */
export function Health({ health }: { health: AccountData["health"] }) {
  const { judged, score, band, keyPeople, why, history } = health;
  if (!judged || score === null)
    return (
      <PanelSection title={say("health")}>
        <NotJudged reason={why ?? ""} />
      </PanelSection>
    );
  const weights = keyPeople.reduce((sum, { weight }) => sum + weight, 0);
  const product = keyPeople.reduce((sum, { weight, strength }) => sum + weight * (strength ?? 0), 0);
  const before = history[0]?.score;
  const shown = [...keyPeople].sort((one, other) => (other.strength ?? -1) - (one.strength ?? -1));
  return (
    <PanelSection
      title={say("health")}
      tag={
        band ? { text: say(`band${band}`), tone: band === "GOOD" ? "us" : band === "POOR" ? "risk" : "" } : undefined
      }
    >
      <div className="score">
        <span className="big">{Math.round(score)}</span>
        <p className="dim">
          {say("healthHelp")}{" "}
          {before !== undefined &&
            history.length > 1 &&
            say("healthBefore", { n: Math.round(before), weeks: history.length - 1 })}
        </p>
      </div>
      <Sparkline values={history.map((point) => point.score)} />
      <ul className="terms">
        {shown.slice(0, MOST).map(({ contact, weight, strength }) => (
          <li key={contact.id}>
            <Link href={recordAddress("Contact", contact.id)} className="cut">
              {contact.name}
            </Link>
            <span className="dimmer num">{say("weight", { n: weight })}</span>
            <Gauge value={strength} />
          </li>
        ))}
        {shown.length > MOST && <li className="dimmer">{say("more", { n: shown.length - MOST })}</li>}
      </ul>
      <p className="eq num">
        <span>{say("healthSum", { n: weights })}</span>
        <span>
          {say("healthQuotient", {
            product: decimal(Math.round(product * 10) / 10),
            n: weights,
            score: decimal(Math.round(score * 10) / 10),
          })}
        </span>
      </p>
    </PanelSection>
  );
}
