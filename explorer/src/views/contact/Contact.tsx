import "./person.css";
import type { ViewProps } from "../../app/registry";
import { session, useStore } from "../../app/session";
import { Person } from "../../marks/marks";
import { Figure } from "../../parts/Receipt";
import { Verdict } from "../../parts/Verdict";
import { RecordPage } from "../../schema/RecordPage";
import { nameOf, type Reference } from "../../schema/records";
import { editingOf, known } from "../../schema/request";
import { contactSubject } from "../../subjects/contact";
import { daysUntil, fullDay, moneyInWords } from "../../words/format";
import { words } from "../../words/words";
import { DealRoles, dealRoles, Seats } from "./Roles";
import { receiptOf, TieReceipt, Ties, type PersonTop } from "./Ties";
import { CONTACT_TOP, type ContactData, type ContactLens } from "./view";

const say = words("person");
const sayRecord = words("record");

/** A person at a customer: who of us knows them, where they work and what they decide on, then the fields. */
export default function Contact({ data, lens, setLens }: ViewProps<ContactData, ContactLens>) {
  const node = data.node!;
  const person = data.person!;
  const name = nameOf(node as unknown as Reference);
  const account = person.accounts.edges[0]?.node;
  const show = (e: string) => setLens({ e });
  const roles = dealRoles(person);
  const now = lens.at ? new Date(`${lens.at}T12:00`) : new Date();
  return (
    <RecordPage
      shape={known.get("Contact")!}
      node={node}
      editing={editingOf(lens, setLens)}
      head={{
        mark: <Person name={name} whose="theirs" />,
        detail: (node["jobTitle"] as string | null) ?? undefined,
        tag: undefined,
        subject: contactSubject(node.id, name),
        ...(account ? { crumbs: [{ label: account.name, href: `/account/${account.id}` }] } : {}),
      }}
      verdict={<Sentence person={person} name={name} now={now} open={lens.e} show={show} />}
      evidence={<TieReceipt person={person} open={lens.e} />}
      covered={CONTACT_TOP.covers}
      past={
        lens.at
          ? { at: lens.at, says: say("past", { day: fullDay(lens.at) }), toNow: () => setLens({ at: "" }) }
          : undefined
      }
      lead={
        <>
          <div className="lead">
            <Ties person={person} open={lens.e} show={show} />
            <Seats person={person} now={now} />
          </div>
          <DealRoles roles={roles} />
        </>
      }
    />
  );
}

interface SentenceProps {
  person: PersonTop;
  name: string;
  /** The moment from which days are counted. */
  now: Date;
  open: string;
  show: (name: string) => void;
}

/** Who of us knows the person best, when we last spoke, and what is at stake. */
function Sentence({ person, name, now, open, show }: SentenceProps) {
  const { user } = useStore(session);
  const [best] = person.ties;
  const { lastSpokeAt } = person;
  const deals = dealRoles(person).flatMap(({ node }) => (node.state === "OPEN" ? [node] : []));
  const values = deals.flatMap(({ estimatedValue }) => estimatedValue ?? []);
  const summed = values.length > 0 && values.every(({ currency }) => currency === values[0]!.currency);
  const total = { amount: values.reduce((sum, { amount }) => sum + amount, 0), currency: values[0]?.currency ?? "" };
  return (
    <Verdict>
      {best
        ? say.rich(best.from.id === user?.id ? "youKnowBest" : "knownBest", {
            user: best.from.name,
            name,
            tie: (
              <Figure key="tie" name={receiptOf(best)} open={open} show={show}>
                {Math.round(best.strength)}
              </Figure>
            ),
          })
        : say("unknown", { name })}{" "}
      <span className="soft">
        {lastSpokeAt
          ? sayRecord("personSpoke", { n: Math.max(0, -daysUntil(lastSpokeAt, now)) })
          : sayRecord("personNever")}{" "}
        {deals.length > 0 &&
          say("hasRole", {
            n: deals.length,
            money: summed ? moneyInWords(total) : "",
            hasMoney: summed ? "yes" : "no",
          })}
      </span>
    </Verdict>
  );
}
