import { Progress } from "./Load";
import { count } from "../../words/format";
import { words } from "../../words/words";
import { Rejects } from "./Rejects";
import { Samples } from "./Samples";
import type { StepProps } from "./JobPage";
import { isOpen, lacking, type Job } from "./work";

const say = words("data");
const LISTS = ["new", "changed", "same", "rejected"] as const;
type List = (typeof LISTS)[number];

const COUNTS: Readonly<Record<List, keyof Job>> = {
  new: "created",
  changed: "changed",
  same: "unchanged",
  rejected: "rejected",
};

/** The list that is open: the chosen one, or the first that matters. */
function openList(job: Job, chosen: string): List {
  if (LISTS.includes(chosen as List)) return chosen as List;
  if (job.rejected || job.conflicts) return "rejected";
  return job.changed ? "changed" : "new";
}

/** Step 3: what a load would do, by rows. */
export function Check({ job, lens, setLens, verbs }: StepProps) {
  if (job.state === "CHECKING") return <Progress job={job} verbs={verbs} />;
  const checked = job.checkedAt !== null && job.state !== "UPLOADED";
  const ready = isOpen(job.state) && lacking(job).length === 0 && !verbs.busy;
  if (!checked) {
    return (
      <section className="block">
        <p>{say("noCheck")}</p>
        <p className="step-main">
          <button type="button" className="btn pri" disabled={!ready} onClick={verbs.check}>
            {say("check", { n: job.rows })}
          </button>
          <span className="dim">{say("checkHelp")}</span>
        </p>
      </section>
    );
  }
  const list = openList(job, lens.list);
  const writes = (job.created ?? 0) + (job.changed ?? 0);
  return (
    <section className="block">
      <div className="figures" role="group" aria-label={say("step3")}>
        {LISTS.map((name) => (
          <button
            key={name}
            type="button"
            className={name === "rejected" && job.rejected ? "tile risk" : "tile"}
            aria-pressed={name === list}
            onClick={() => setLens({ list: name, sel: "" })}
          >
            <b>{count(Number(job[COUNTS[name]] ?? 0))}</b> {say(name)}
          </button>
        ))}
      </div>
      <p className="dim">
        {say("links", { n: job.links ?? 0 })} · {say("linksHelp")}
      </p>
      {job.conflicts ? <p className="refusal">{say("inConflict", { n: job.conflicts })}</p> : null}
      {list === "rejected" ? (
        <Rejects job={job} lens={lens} setLens={setLens} retry={ready ? verbs.check : undefined} />
      ) : list === "same" ? null : (
        <Samples job={job} isNew={list === "new"} />
      )}
      {isOpen(job.state) && (
        <p className="step-main">
          <button type="button" className="btn pri" disabled={!ready} onClick={verbs.load}>
            {say("load", { n: writes })}
          </button>
          <button type="button" className="btn" disabled={!ready} onClick={verbs.check}>
            {say("checkAgain")} <kbd>R</kbd>
          </button>
          <span className="dim">{say("loadHelp")}</span>
        </p>
      )}
    </section>
  );
}
