import { recordAddress } from "../../app/addresses";
import { Gauge, Stance as StanceMark } from "../../marks/marks";
import { Table, type Column } from "../../parts/Table";
import { capitalized, day, humanized, NONE } from "../../words/format";
import { words } from "../../words/words";
import { columnOf, ROWS, rowOf, type Seat, tiesOf } from "./seats";

const say = words("dealRoom");

const COLUMNS: readonly Column<Seat>[] = [
  {
    key: "person",
    label: say("person"),
    phone: "main",
    cell: ({ contact }) => <span className="cut">{contact.name}</span>,
  },
  { key: "title", label: say("jobTitle"), phone: "under", cell: ({ contact }) => contact.jobTitle ?? NONE },
  { key: "say", label: say("say"), cell: (seat) => say(ROWS[rowOf(seat.say)]!.name) },
  { key: "role", label: say("role"), cell: ({ role }) => (role ? capitalized(humanized(role)) : NONE) },
  {
    key: "stance",
    label: say("stance"),
    width: "170px",
    phone: "end",
    cell: ({ stance }) => (
      <>
        <StanceMark value={stance === null ? null : columnOf(stance)} label={say(stance ?? "unknownStance")} />{" "}
        {say(stance ?? "unknownStance")}
      </>
    ),
  },
  {
    key: "tie",
    label: say("tieColumn"),
    width: "104px",
    end: true,
    phone: "figure",
    cell: ({ strength }) => <Gauge value={strength} figureFirst />,
  },
  {
    key: "known",
    label: say("knownColumn"),
    cell: (seat) =>
      tiesOf(seat)
        .map(({ user }) => user.name)
        .join(", ") || NONE,
  },
  { key: "set", label: say("setColumn"), width: "90px", end: true, cell: ({ setAt }) => (setAt ? day(setAt) : NONE) },
];

interface Props {
  seats: readonly Seat[];
  selected: string;
  select: (id: string) => void;
}

/** The seats as rows. */
export function SeatTable({ seats, selected, select }: Props) {
  return (
    <Table
      label={say("title")}
      rows={seats}
      total={seats.length}
      columns={COLUMNS}
      rowKey={({ contact }) => contact.id}
      href={({ contact }) => recordAddress("Contact", contact.id)}
      selected={selected}
      select={select}
    />
  );
}
