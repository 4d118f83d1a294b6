import { Database } from "lucide-react";
import { integer, text } from "../../app/codec";
import { view } from "../../app/registry";
import { DataDocument, type DataQuery } from "../../generated/graphql";
import { words } from "../../words/words";

const say = words("data");

export interface DataLens {
  job: string;
  /** The step that is open, 1 to 5; 0 for the one that the job is at. */
  step: number;
  /** The list of the check or result: new, changed or rejected. */
  list: string;
  sel: string;
}

export default view<DataQuery, DataLens>({
  name: "data",
  address: "/data",
  title: say("title"),
  area: "data",
  rail: { order: 70, icon: Database, letter: "i" },
  lens: { job: text("", { push: true }), step: integer(0, 0, 5), list: text(), sel: text() },
  request: (_params, { job }) => ({ document: DataDocument, variables: { job, one: job !== "" } }),
  requestKey: ({ job }) => job,
  main: (data) => data.importJobs && (data.importJob !== null || undefined),
  component: () => import("./Data"),
  keys: [
    { keys: ["←", "→"], does: say("keySteps") },
    { keys: ["J", "K"], does: say("keyRejects") },
    { keys: ["R"], does: say("keyRetry") },
    { keys: ["Z"], does: say("keyUndo") },
  ],
  sample: () => "/data",
});
