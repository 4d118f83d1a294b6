import { recordAddress } from "../../app/addresses";
import { Gauge } from "../../marks/marks";
import { Table, type Column } from "../../parts/Table";
import { capitalized, day, humanized, NONE } from "../../words/format";
import { words } from "../../words/words";
import type { SeatsProps } from "./OrgChart";
import { outlineOf, type Seat } from "./seats";

const say = words("orgChart");
const INDENT = 18;

const gauge = (seat: Seat) => <Gauge value={seat.strength} figureFirst />;

function columnsOf(byId: ReadonlyMap<string, Seat>, levels: ReadonlyMap<string, number> | null): Column<Seat>[] {
  return [
    {
      key: "name",
      label: say("person"),
      phone: "main",
      cell: ({ id, name }) => (
        <span className="cut" style={levels ? { paddingLeft: (levels.get(id) ?? 0) * INDENT } : undefined}>
          {name}
        </span>
      ),
    },
    { key: "title", label: say("jobTitle"), phone: "under", cell: ({ jobTitle }) => jobTitle ?? NONE },
    {
      key: "manager",
      label: say("manager"),
      cell: ({ managerId }) => (managerId ? byId.get(managerId)?.name : null) ?? NONE,
    },
    {
      key: "dotted",
      label: say("dotted"),
      cell: ({ dottedManagerIds }) => dottedManagerIds.map((id) => byId.get(id)?.name).join(", ") || NONE,
    },
    { key: "roles", label: say("say"), cell: ({ roles }) => capitalized(roles.map(humanized).join(", ")) || NONE },
    { key: "tie", label: say("tieColumn"), width: "110px", end: true, phone: "figure", cell: gauge },
    {
      key: "last",
      label: say("lastSpoke"),
      width: "100px",
      end: true,
      phone: "end",
      cell: ({ lastSpokeAt }) => (lastSpokeAt ? day(lastSpokeAt) : say("never")),
    },
  ];
}

/** All seats as a table. */
export function OrgTable({ seats, byId, selected, select }: SeatsProps) {
  return (
    <Table
      label={say("table")}
      rows={seats}
      total={seats.length}
      columns={columnsOf(byId, null)}
      rowKey={({ id }) => id}
      href={({ id }) => recordAddress("Contact", id)}
      selected={selected}
      select={select}
    />
  );
}

/** All seats in the order of their lines, each below its manager. */
export function Outline({ byId, teams, selected, select, roots }: SeatsProps & { roots: readonly string[] }) {
  const levels = outlineOf(
    roots.filter((id) => byId.has(id)),
    teams,
  );
  const rows = [...levels.keys()].map((id) => byId.get(id)!);
  const columns = columnsOf(byId, levels).filter(({ key }) => ["name", "title", "tie", "last"].includes(key));
  return (
    <Table
      label={say("outline")}
      rows={rows}
      total={rows.length}
      columns={columns}
      rowKey={({ id }) => id}
      href={({ id }) => recordAddress("Contact", id)}
      selected={selected}
      select={select}
    />
  );
}
