import { Square } from "lucide-react";
import { count } from "../../words/format";
import { words } from "../../words/words";
import type { StepProps, Verbs } from "./JobPage";
import { isBusy, type Job } from "./work";

const say = words("data");

/** Step 4: the load runs, and can be stopped. */
export function Load({ job, verbs }: StepProps) {
  if (isBusy(job.state)) return <Progress job={job} verbs={verbs} />;
  const first = job.state === "CHECKED";
  const more = job.state === "STOPPED" || job.state === "FAILED";
  return (
    <section className="block">
      {first || more ? (
        <p className="step-main">
          <button type="button" className="btn pri" disabled={verbs.busy} onClick={verbs.load}>
            {more ? say("continue") : say("load", { n: (job.created ?? 0) + (job.changed ?? 0) })}
          </button>
          <span className="dim">{say("loadHelp")}</span>
        </p>
      ) : (
        <p className="dim">{say(job.startedAt ? "loadHelp" : "notYet")}</p>
      )}
    </section>
  );
}

/** How far a check, a load or an undo has come, and the way to stop it. */
export function Progress({ job, verbs }: { job: Job; verbs: Verbs }) {
  const done = Math.min(job.progress, job.total);
  const known = job.state !== "UNDOING" && job.total > 0;
  return (
    <section className="block">
      <progress aria-label={say("progress")} {...(known ? { value: done, max: job.total } : {})} />
      <p className="step-main">
        <span className="num">{known ? `${count(done)} / ${count(job.total)}` : count(job.progress)}</span>
        {job.state !== "UNDOING" && (
          <button type="button" className="btn" disabled={verbs.busy} onClick={verbs.stop}>
            <Square aria-hidden="true" /> {say("stop")}
          </button>
        )}
      </p>
    </section>
  );
}
