import type { DataQuery } from "../../generated/graphql";
import { Empty } from "../../parts/States";
import { Table, type Column } from "../../parts/Table";
import { RecordLink } from "../../schema/values";
import { count, daysUntil, moment, NONE } from "../../words/format";
import { words } from "../../words/words";
import type { DataLens } from "./view";
import { isBusy } from "./work";

const say = words("data");

type Source = NonNullable<DataQuery["importSources"]>[number];
type ListedJob = NonNullable<DataQuery["importJobs"]>["nodes"][number];

const figure = (n: number | null | undefined) => (n === null || n === undefined ? NONE : count(n));
const warning = (n: number | null | undefined) => <span className={n ? "risk" : "dimmer"}>{figure(n)}</span>;

const SOURCES: Column<Source>[] = [
  {
    key: "name",
    label: say("source"),
    heading: true,
    phone: "main",
    cell: ({ name }) => <b className="cut">{name}</b>,
  },
  {
    key: "records",
    label: say("records"),
    end: true,
    width: "110px",
    phone: "figure",
    cell: ({ records }) => count(records),
  },
  { key: "loads", label: say("loads"), end: true, width: "90px", cell: ({ loads }) => count(loads) },
  {
    key: "last",
    label: say("lastLoad"),
    end: true,
    width: "180px",
    phone: "under",
    cell: ({ lastLoadAt }) => moment(lastLoadAt),
  },
  {
    key: "age",
    label: say("age"),
    end: true,
    width: "100px",
    cell: ({ lastLoadAt }) => say("ageDays", { n: Math.max(0, -daysUntil(lastLoadAt)) }),
  },
  {
    key: "rejected",
    label: say("refused"),
    end: true,
    width: "90px",
    phone: "end",
    cell: ({ rejected }) => warning(rejected),
  },
  { key: "conflicts", label: say("conflicts"), end: true, width: "90px", cell: ({ conflicts }) => warning(conflicts) },
];

/** The sources, the one that was loaded last first. */
export function Sources({ sources }: { sources: readonly Source[] }) {
  if (sources.length === 0) return null;
  return (
    <section className="block">
      <h2>{say("sources")}</h2>
      <Table
        label={say("sources")}
        rows={sources}
        total={sources.length}
        columns={SOURCES}
        rowKey={({ name }) => name}
      />
    </section>
  );
}

const JOBS: Column<ListedJob>[] = [
  { key: "file", label: say("file"), phone: "main", cell: ({ fileName }) => <span className="cut">{fileName}</span> },
  {
    key: "state",
    label: say("state"),
    width: "130px",
    phone: "under",
    cell: ({ state }) => <StateTag state={state} />,
  },
  { key: "target", label: say("becomes"), width: "120px", cell: ({ target }) => <span className="dim">{target}</span> },
  {
    key: "created",
    label: say("new"),
    end: true,
    width: "80px",
    phone: "figure",
    cell: ({ created }) => figure(created),
  },
  { key: "changed", label: say("changed"), end: true, width: "80px", cell: ({ changed }) => figure(changed) },
  { key: "rejected", label: say("refused"), end: true, width: "80px", cell: ({ rejected }) => warning(rejected) },
  {
    key: "when",
    label: say("when"),
    end: true,
    width: "170px",
    phone: "end",
    cell: ({ createdAt }) => moment(createdAt),
  },
  {
    key: "by",
    label: say("by"),
    width: "180px",
    cell: ({ requestedBy }) => (requestedBy ? <RecordLink reference={requestedBy} /> : NONE),
  },
];

/** The latest imports. */
export function Jobs({
  jobs,
  lens,
  setLens,
}: {
  jobs: readonly ListedJob[];
  lens: DataLens;
  setLens: (patch: Partial<DataLens>) => void;
}) {
  return (
    <section className="block">
      <h2>{say("jobs")}</h2>
      {jobs.length === 0 ? (
        <Empty>
          <p>{say("notYet")}</p>
        </Empty>
      ) : (
        <Table
          label={say("jobs")}
          rows={jobs}
          total={jobs.length}
          columns={JOBS}
          rowKey={({ id }) => id}
          href={({ id }) => `/data?job=${encodeURIComponent(id)}`}
          selected={lens.sel}
          select={(sel) => setLens({ sel })}
        />
      )}
    </section>
  );
}

/** The state of a job in a word. */
export function StateTag({ state }: { state: ListedJob["state"] }) {
  const tone = state === "FAILED" || state === "STOPPED" ? " risk" : isBusy(state) || state === "LOADED" ? " us" : "";
  return <span className={`tag${tone}`}>{say(`state${state}`)}</span>;
}
