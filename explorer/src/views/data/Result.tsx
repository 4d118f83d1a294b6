import { FileUp, Undo2 } from "lucide-react";
import { useKeys } from "../../app/keys";
import { Facts } from "../../parts/Panel";
import { count } from "../../words/format";
import { words } from "../../words/words";
import type { StepProps } from "./JobPage";
import { Progress } from "./Load";
import { Rejects } from "./Rejects";
import { isBusy } from "./work";

const say = words("data");

/** Step 5: what changed, and the way to take all of it back. */
export function Result({ job, lens, setLens, verbs }: StepProps) {
  const busy = isBusy(job.state);
  const undo = job.canUndo === true && !busy ? verbs.undo : undefined;
  useKeys(undo ? { z: undo } : {});
  if (busy) return <Progress job={job} verbs={verbs} />;
  if (job.startedAt === null) {
    return (
      <section className="block">
        <p className="dim">{say("notYet")}</p>
      </section>
    );
  }
  const undone = job.state === "UNDONE";
  return (
    <section className="block">
      {undone ? (
        <p className="dim">{say("isUndone")}</p>
      ) : (
        <Facts
          rows={[
            [say("new"), count(job.created ?? 0)],
            [say("changed"), count(job.changed ?? 0)],
            [say("same"), count(job.unchanged ?? 0)],
            [say("rejected"), count(job.rejected ?? 0)],
            [say("linksNew"), count(job.links ?? 0)],
          ]}
        />
      )}
      <p className="step-main">
        {undo && (
          <>
            <button type="button" className="btn" disabled={verbs.busy} onClick={undo}>
              <Undo2 aria-hidden="true" /> {say("undo")} <kbd>Z</kbd>
            </button>
            <span className="dim">{say("canUndo")}</span>
          </>
        )}
      </p>
      {!undone && job.rejects.length > 0 && (
        <>
          <h2>{say("rejected")}</h2>
          <Rejects job={job} lens={lens} setLens={setLens} retry={verbs.choose} />
          <p className="step-main">
            <button type="button" className="btn" onClick={verbs.choose}>
              <FileUp aria-hidden="true" /> {say("corrected")} <kbd>R</kbd>
            </button>
          </p>
        </>
      )}
    </section>
  );
}
