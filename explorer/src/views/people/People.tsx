import { listVariables } from "../../app/lists";
import type { ViewProps } from "../../app/registry";
import { session, useStore } from "../../app/session";
import { PeopleDocument, type PeopleQuery } from "../../generated/graphql";
import { Person } from "../../marks/marks";
import { ListPage, type ListLens } from "../../parts/ListPage";
import type { Column } from "../../parts/Table";
import { RecordLink } from "../../schema/values";
import { day, NONE } from "../../words/format";
import { words } from "../../words/words";
import { PEOPLE } from "./list";

const say = words("people");
type Contact = NonNullable<PeopleQuery["contacts"]>["nodes"][number];

const FILTERS = ["mine", "deals"] as const;

const COLUMNS: Column<Contact>[] = [
  {
    key: "name",
    label: say("person"),
    sort: "ASC",
    phone: "main",
    cell: ({ name }) => (
      <>
        <Person name={name} whose="theirs" />
        <span className="cut">{name}</span>
      </>
    ),
  },
  {
    key: "jobTitle",
    label: say("job"),
    sort: "ASC",
    width: "24%",
    phone: "under",
    cell: ({ jobTitle }) => <span className="dim">{jobTitle ?? NONE}</span>,
  },
  {
    key: "account",
    label: say("account"),
    width: "26%",
    cell: ({ accounts: { nodes } }) =>
      nodes[0] ? (
        <RecordLink reference={{ ...nodes[0], __typename: "Account" }} />
      ) : (
        <span className="dimmer">{say("left")}</span>
      ),
  },
  {
    key: "city",
    label: say("city"),
    sort: "ASC",
    width: "14%",
    cell: ({ city }) => <span className="dim">{city ?? NONE}</span>,
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
      verdict={say("verdict", { n: contacts.totalCount })}
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
