import { Download } from "lucide-react";
import { Table, type Column } from "../../parts/Table";
import { humanized } from "../../words/format";
import { words } from "../../words/words";
import type { GroupData } from "./Group";
import { type GroupLens, otherOf } from "./view";

const say = words("group");
type Difference = GroupData["compareHierarchies"]["rows"][number];

interface Props {
  account: GroupData;
  lens: GroupLens;
  select: (id: string) => void;
}

/** The accounts whose parents differ between two hierarchies, with both parents. */
export function Differences({ account, lens, select }: Props) {
  const { rows, differing } = account.compareHierarchies;
  const [one, other] = [say(lens.h), say(otherOf(lens.h))];
  const columns: Column<Difference>[] = [
    {
      key: "account",
      label: say("account"),
      phone: "main",
      cell: ({ account: { name } }) => <b className="strong">{name}</b>,
    },
    {
      key: "a",
      label: say("parentIn", { hierarchy: one }),
      phone: "under",
      cell: ({ parentA }) => parentA?.name ?? <span className="dimmer">{say("noLine")}</span>,
    },
    {
      key: "b",
      label: say("parentIn", { hierarchy: other }),
      phone: "end",
      cell: ({ parentB }) => parentB?.name ?? <span className="dimmer">{say("noLine")}</span>,
    },
  ];
  const file = [
    [say("account"), columns[1]!.label, columns[2]!.label, say("reason")],
    ...rows.map(({ account: { name }, parentA, parentB, reason }) => [
      name,
      parentA?.name ?? "",
      parentB?.name ?? "",
      humanized(reason),
    ]),
  ];
  return (
    <>
      <p className="differences">
        {say("differ", { n: differing, one, other })}{" "}
        <a className="link" download="differences.csv" href={csv(file)}>
          <Download aria-hidden="true" /> {say("csv")}
        </a>
      </p>
      <Table
        label={say("differ", { n: differing, one, other })}
        rows={rows}
        total={rows.length}
        columns={columns}
        rowKey={({ account: { id } }) => id}
        selected={lens.sel}
        select={select}
        href={({ account: { id } }) => `/account/${id}/group`}
      />
    </>
  );
}

/** A file that spreadsheets open as text: a cell that looks like a formula is quoted. */
function csv(rows: readonly (readonly string[])[]): string {
  const cell = (text: string) => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  return `data:text/csv;charset=utf-8,${encodeURIComponent(rows.map((row) => row.map(cell).join(",")).join("\r\n"))}`;
}
