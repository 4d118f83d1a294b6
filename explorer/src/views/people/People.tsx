import { listVariables } from "../../app/lists";
import type { ViewProps } from "../../app/registry";
import { session, useStore } from "../../app/session";
import { PeopleDocument, type PeopleQuery } from "../../generated/graphql";
import { Gauge, Person } from "../../marks/marks";
import { ListPage, type ListLens } from "../../parts/ListPage";
import type { Column } from "../../parts/Table";
import { RecordLink } from "../../schema/values";
import { day, NONE } from "../../words/format";
import { words } from "../../words/words";
import { PEOPLE } from "./list";
import { bestTie, peopleVerdict, type Contact } from "./verdict";

const say = words("people");

const FILTERS = ["mine", "deals", "silent", "gone"] as const;

/** The best tie of one of us, with whose it is. */
function Tie({ contact }: { contact: Contact }) {
  const { user } = useStore(session);
  const tie = bestTie(contact);
  if (!tie) return <span className="dimmer">{say("noTie")}</span>;
  const mine = tie.ours.id === user?.id;
  return (
    <span className="tie-of">
      <Gauge value={tie.strength} /> <span className="cut dim">{mine ? say("you") : tie.ours.name}</span>
    </span>
  );
}

const COLUMNS: Column<Contact>[] = [
  {
    key: "name",
    label: say("person"),
    sort: "ASC",
    phone: "main",
    cell: ({ name, accounts: { nodes } }) => (
      <>
        <Person name={name} whose={nodes.length > 0 ? "theirs" : "left"} />
        <span className="cut">{name}</span>
      </>
    ),
  },
  {
    key: "jobTitle",
    label: say("job"),
    sort: "ASC",
    width: "20%",
    phone: "under",
    cell: ({ jobTitle, accounts: { nodes } }) => (
      <span className="dim">
        {jobTitle ?? NONE}
        {nodes[0] && <span className="phone-only">, {nodes[0].name}</span>}
      </span>
    ),
  },
  {
    key: "account",
    label: say("account"),
    width: "24%",
    cell: ({ accounts: { nodes } }) =>
      nodes[0] ? (
        <RecordLink reference={{ ...nodes[0], __typename: "Account" }} />
      ) : (
        <span className="dimmer">{say("left")}</span>
      ),
  },
  {
    key: "tie",
    label: say("tie"),
    width: "230px",
    phone: "end",
    cell: (contact) => <Tie contact={contact} />,
  },
  {
    key: "lastSpokeAt",
    label: say("spoke"),
    end: true,
    width: "120px",
    phone: "figure",
    cell: ({ lastSpokeAt: at }) => (at ? day(at) : <span className="dimmer">{say("never")}</span>),
  },
];

/** The people at the accounts. */
export default function People({ data, lens, setLens, stale }: ViewProps<PeopleQuery, ListLens>) {
  const contacts = data.contacts!;
  const { user } = useStore(session);
  return (
    <ListPage<PeopleQuery, Contact>
      type="Contact"
      head={{ title: say("title") }}
      verdict={peopleVerdict(contacts, lens.f.includes("mine"))}
      first={contacts}
      document={PeopleDocument}
      variables={(after) => listVariables(PEOPLE, lens, after)}
      connection={(page) => page.contacts!}
      columns={() => COLUMNS}
      filters={FILTERS.filter((name) => name !== "mine" || user).map((name) => ({ name, label: say(name) }))}
      lens={lens}
      setLens={setLens}
      stale={stale}
    />
  );
}
