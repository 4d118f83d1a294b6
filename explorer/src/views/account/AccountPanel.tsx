import { useStore, session } from "../../app/session";
import { Person } from "../../marks/marks";
import { Evidence } from "../../parts/Conclusion";
import { PanelSection } from "../../parts/Panel";
import { History } from "../../parts/Timeline";
import { capitalized, day, humanized } from "../../words/format";
import { words } from "../../words/words";
import type { AccountData } from "./Account";
import { Health } from "./Health";

const say = words("account");

/** The open receipt, our people, and what was changed. */
export function AccountPanel({ account, receipt }: { account: AccountData; receipt: string }) {
  return (
    <>
      {account.headline && <Evidence sentence={account.headline} open={receipt} />}
      <Health health={account.health} />
      <Ours account={account} />
      <PanelSection title={say("history")}>
        {account.history.nodes.length > 0 ? (
          <History events={account.history.nodes} />
        ) : (
          <p className="dim">{say("noHistory")}</p>
        )}
      </PanelSection>
    </>
  );
}

function Ours({ account: { team } }: { account: AccountData }) {
  const { user } = useStore(session);
  return (
    <PanelSection title={say("ours")} count={team.totalCount > 0 ? team.totalCount : undefined}>
      {team.edges.length === 0 && <p className="dim">{say("noTeam")}</p>}
      <ul className="people">
        {team.edges.map(({ node, role, validFrom }) => {
          const shown = role ? capitalized(humanized(role)) : say("onTeam");
          return (
            <li key={node.id}>
              <Person name={node.name} whose={node.id === user?.id ? "you" : "ours"} />
              <span>
                {node.name}{" "}
                <span className="dimmer">
                  {validFrom
                    ? say("memberSince", { role: shown, day: day(validFrom) })
                    : say("member", { role: shown })}
                </span>
              </span>
            </li>
          );
        })}
      </ul>
    </PanelSection>
  );
}
