import { Route as WayIcon } from "lucide-react";
import { Link } from "wouter";
import { session, useStore } from "../../app/session";
import type { ContactTopFragment } from "../../generated/graphql";
import { Gauge, Person } from "../../marks/marks";
import { PanelSection } from "../../parts/Panel";
import { Figure, Sum } from "../../parts/Receipt";
import { day, decimal } from "../../words/format";
import { words } from "../../words/words";

const say = words("person");

export type PersonTop = NonNullable<ContactTopFragment["person"]>;
export type Tie = PersonTop["ties"][number];

/** The name of the receipt of a tie in the address. */
export function receiptOf({ from }: Tie): string {
  return from.id;
}

interface Props {
  person: PersonTop;
  open: string;
  show: (name: string) => void;
}

/** Who of us knows the person, the strongest tie first; each figure opens the terms that add up to it. */
export function Ties({ person, open, show }: Props) {
  const { user } = useStore(session);
  return (
    <section className="known-by" aria-label={say("ties")}>
      <h2>{say("ties")}</h2>
      {person.ties.length === 0 && <p className="dim">{say("noTies")}</p>}
      <ul className="ties">
        {person.ties.map((tie) => (
          <li key={tie.from.id}>
            <Person name={tie.from.name} whose={tie.from.id === user?.id ? "you" : "ours"} />
            <span className="strong cut">{tie.from.id === user?.id ? say("you") : tie.from.name}</span>
            <Figure name={receiptOf(tie)} open={open} show={show}>
              <Gauge value={tie.strength} />
            </Figure>
            <span className="dim cut">
              {say("interactions", { n: tie.interactions })}
              {tie.lastAt && <>, {say("lastContact", { day: day(tie.lastAt) })}</>}
            </span>
          </li>
        ))}
      </ul>
      <Link href={`/way/${person.id}`} className="btn sm">
        <WayIcon aria-hidden="true" /> {say("findWay")}
      </Link>
    </section>
  );
}

/** The terms of the tie whose figure is open. */
export function TieReceipt({ person, open }: Omit<Props, "show">) {
  const tie = person.ties.find((each) => receiptOf(each) === open);
  if (!tie) return null;
  return (
    <PanelSection title={say("receipt", { name: tie.from.name })}>
      <Sum
        rows={tie.terms.map(({ name, message, value }) => ({
          key: name,
          label: message,
          value: decimal(Math.round(value * 10) / 10),
        }))}
        total={{ label: say("strength"), value: decimal(Math.round(tie.strength * 10) / 10) }}
      />
    </PanelSection>
  );
}
