import { Link } from "wouter";
import { recordAddress } from "../../app/addresses";
import type { DealTopFragment } from "../../generated/graphql";
import { Gauge, Person, Stance as StanceMark } from "../../marks/marks";
import { Empty } from "../../parts/States";
import { Table, type Column } from "../../parts/Table";
import { capitalized, humanized, NONE } from "../../words/format";
import { words } from "../../words/words";
import { STANCES, tiesOf } from "../committee/seats";

const say = words("deal");
const sayRoom = words("dealRoom");

export type DealTop = NonNullable<DealTopFragment["room"]>;
type Seat = DealTop["seats"][number];

const COLUMNS: readonly Column<Seat>[] = [
  {
    key: "person",
    label: say("committee"),
    heading: true,
    phone: "main",
    cell: ({ contact }) => (
      <>
        <Person name={contact.name} whose="theirs" />
        <span className="cut">
          {contact.name} <span className="detail dim">{contact.jobTitle}</span>
        </span>
      </>
    ),
  },
  {
    key: "role",
    label: say("role"),
    width: "16%",
    phone: "under",
    cell: ({ role }) => (role ? capitalized(humanized(role)) : NONE),
  },
  {
    key: "stance",
    label: say("stance"),
    width: "21%",
    phone: "end",
    cell: ({ stance }) => (
      <>
        <StanceMark
          value={stance === null ? null : STANCES.indexOf(stance)}
          label={sayRoom(stance ?? "unknownStance")}
        />{" "}
        {sayRoom(stance ?? "unknownStance")}
      </>
    ),
  },
  {
    key: "tie",
    label: say("tie"),
    width: "104px",
    end: true,
    phone: "figure",
    cell: ({ strength }) => <Gauge value={strength} figureFirst />,
  },
  {
    key: "known",
    label: say("knownBy"),
    width: "16%",
    cell: (seat) => tiesOf(seat)[0]?.user.name ?? <span className="dimmer">{sayRoom("noOne")}</span>,
  },
];

/** Who decides on the deal: the people with their title, role, attitude and our best tie. */
export function Seats({ deal, seats }: { deal: string; seats: readonly Seat[] }) {
  return (
    <section className="block">
      {seats.length === 0 ? (
        <>
          <h2>{say("committee")}</h2>
          <Empty>
            <p>{say("noCommittee")}</p>
            <Link href={`/deal/${deal}/committee`} className="btn sm">
              {say("openRoom")}
            </Link>
          </Empty>
        </>
      ) : (
        <Table
          label={say("committee")}
          rows={seats}
          total={seats.length}
          columns={COLUMNS}
          rowKey={({ contact }) => contact.id}
          href={({ contact }) => recordAddress("Contact", contact.id)}
        />
      )}
    </section>
  );
}
