import { useStore, session } from "../../app/session";
import { Known, Person } from "../../marks/marks";
import { PanelSection } from "../../parts/Panel";
import { Sum } from "../../parts/Receipt";
import { History } from "../../parts/Timeline";
import { capitalized, day, humanized, moneyInFull, type Money } from "../../words/format";
import { words } from "../../words/words";
import type { AccountData } from "./Account";
import { Health } from "./Health";

const say = words("account");

/** The open receipt, our people, and what was changed. */
export function AccountPanel({ account, receipt }: { account: AccountData; receipt: string }) {
  const { rollup } = account;
  return (
    <>
      {receipt === "open" && (
        <Parts title={say("openSum")} account={account} field="openPipeline" total={rollup.openPipeline} />
      )}
      {receipt === "ordered" && (
        <PanelSection title={say("orderedSum")}>
          <p className="dim">{say("orderedHelp")}</p>
          <Sum rows={[]} total={{ label: say("together"), value: moneyInFull(rollup.ordered) }} />
        </PanelSection>
      )}
      {receipt === "known" && <KnownParts account={account} />}
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

function KnownParts({ account: { rollup } }: { account: AccountData }) {
  return (
    <PanelSection title={say("known")}>
      <Sum
        rows={rollup.byChild
          .filter(({ contacts }) => contacts > 0)
          .map((part) => ({
            key: part.account.id + String(part.own),
            label: part.account.name,
            value: <Known known={part.known} total={part.contacts} />,
          }))}
        total={{ label: say("together"), value: <Known known={rollup.known} total={rollup.contacts} /> }}
      />
    </PanelSection>
  );
}

interface PartsProps {
  title: string;
  account: AccountData;
  field: "won" | "openPipeline";
  total: Money;
}

function Parts({ title, account, field, total }: PartsProps) {
  const rows = account.rollup.byChild
    .filter((part) => part[field].amount !== 0)
    .map((part) => ({
      key: part.account.id + String(part.own),
      label: part.own ? `${part.account.name}, ${say("itself")}` : part.account.name,
      value: moneyInFull(part[field]),
    }));
  return (
    <PanelSection title={title}>
      <Sum rows={rows} total={{ label: say("together"), value: moneyInFull(total) }} />
    </PanelSection>
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
