import { Download } from "lucide-react";
import { useKeys } from "../../app/keys";
import { Table, type Column } from "../../parts/Table";
import { count } from "../../words/format";
import { words } from "../../words/words";
import { rejectsAddress } from "./calls";
import type { DataLens } from "./view";
import type { Job } from "./work";

const say = words("data");
type Row = Job["rejects"][number];

const COLUMNS: Column<Row>[] = [
  { key: "row", label: say("row"), end: true, width: "80px", phone: "end", cell: ({ row }) => count(row) },
  {
    key: "column",
    label: say("column"),
    width: "18%",
    phone: "under",
    cell: ({ column }) =>
      column ? <span className="cut">{column}</span> : <span className="dimmer">{say("wholeRow")}</span>,
  },
  {
    key: "value",
    label: say("value"),
    width: "20%",
    phone: "figure",
    cell: ({ value }) => <code className="cut">{value}</code>,
  },
  {
    key: "reason",
    label: say("reason"),
    phone: "main",
    cell: ({ reason }) => (
      <span className="reason" title={reason}>
        {reason}
      </span>
    ),
  },
];

interface Props {
  job: Job;
  lens: DataLens;
  setLens: (patch: Partial<DataLens>) => void;
  /** Tries again; none while it is not possible. */
  retry: (() => void) | undefined;
}

/** The rejected rows with the offending value and the reason. */
export function Rejects({ job, lens, setLens, retry }: Props) {
  useKeys(retry ? { r: retry } : {});
  const all = (job.rejected ?? 0) + (job.conflicts ?? 0);
  if (job.rejects.length === 0) return <p className="dim">{say("noRejects")}</p>;
  return (
    <div className="rejects">
      <Table
        label={say("rejected")}
        rows={job.rejects}
        total={job.rejects.length}
        columns={COLUMNS}
        rowKey={keyOf}
        selected={lens.sel}
        select={(sel) => setLens({ sel })}
        rowHeight={48}
      />
      <p className="dim">
        <a className="btn" href={rejectsAddress(job.id)} download>
          <Download aria-hidden="true" /> {say("download")}
        </a>{" "}
        {job.rejects.length < all && say("firstRejects", { n: job.rejects.length })}
      </p>
    </div>
  );
}

function keyOf({ row, column, reason }: Row): string {
  return `${row} ${column} ${reason.length}`;
}
