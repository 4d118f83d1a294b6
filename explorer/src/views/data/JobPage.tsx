import { useState } from "react";
import { ArrowLeft, ArrowRight, FileUp } from "lucide-react";
import { mutate } from "../../app/client";
import { useKeys } from "../../app/keys";
import { Facts, PanelSection } from "../../parts/Panel";
import { Page } from "../../parts/Page";
import { toast } from "../../parts/toasts";
import { Verdict } from "../../parts/Verdict";
import { RecordLink } from "../../schema/values";
import {
  CheckImportDocument,
  StartImportDocument,
  StopImportDocument,
  UndoImportDocument,
} from "../../generated/graphql";
import { count, moment } from "../../words/format";
import { words } from "../../words/words";
import { Check } from "./Check";
import { StateTag } from "./Lists";
import { Load } from "./Load";
import { Mapping } from "./Mapping";
import { Result } from "./Result";
import type { DataLens } from "./view";
import { STEPS, stepOf, type Job, type Step } from "./work";

const say = words("data");
const KB = 1024;

/** What the steps can do with a job. */
export interface Verbs {
  busy: boolean;
  check: () => void;
  load: () => void;
  stop: () => void;
  undo: () => void;
  choose: () => void;
  again: () => void;
}

export interface StepProps {
  job: Job;
  lens: DataLens;
  setLens: (patch: Partial<DataLens>) => void;
  verbs: Verbs;
}

interface Props {
  job: Job;
  lens: DataLens;
  setLens: (patch: Partial<DataLens>) => void;
  again: () => void;
  choose: () => void;
}

/** One import: its five steps, the open one below them. */
export function JobPage({ job, lens, setLens, again, choose }: Props) {
  const at = lens.step === 0 ? stepOf(job.state) : (lens.step as Step);
  const go = (step: number) => {
    if (step >= 1 && step <= STEPS.length) setLens({ step, list: "", sel: "" });
  };
  useKeys({ ArrowLeft: () => go(at - 1), ArrowRight: () => go(at + 1) });
  const verbs = useVerbs(job, setLens, again, choose);
  const props = { job, lens, setLens, verbs };
  return (
    <Page
      head={{ title: job.fileName, crumbs: [{ label: say("title"), href: "/data" }] }}
      verdict={<JobVerdict job={job} />}
      panel={<Panel job={job} choose={choose} />}
      honesty={{ says: say("jobHonesty", { file: job.fileName, rows: job.rows }) }}
    >
      <nav aria-label={say("steps")}>
        <ol className="steps">
          {STEPS.map((step) => (
            <li key={step}>
              <button
                type="button"
                aria-current={step === at ? "step" : undefined}
                data-done={step < stepOf(job.state) || undefined}
                onClick={() => go(step)}
              >
                <span className="n">{step}</span> {say(`step${step}`)}
              </button>
            </li>
          ))}
        </ol>
      </nav>
      {job.message && (
        <p className="refusal" role="status">
          {job.message}
        </p>
      )}
      {at === 1 && <FileStep job={job} />}
      {at === 2 && <Mapping {...props} />}
      {at === 3 && <Check {...props} />}
      {at === 4 && <Load {...props} />}
      {at === 5 && <Result {...props} />}
      <p className="step-verbs">
        <button type="button" className="btn ghost" disabled={at === 1} onClick={() => go(at - 1)}>
          <ArrowLeft aria-hidden="true" /> {say("back")}
        </button>
        <button type="button" className="btn ghost" disabled={at === STEPS.length} onClick={() => go(at + 1)}>
          {say("next")} <ArrowRight aria-hidden="true" />
        </button>
      </p>
    </Page>
  );
}

function useVerbs(job: Job, setLens: Props["setLens"], again: () => void, choose: () => void): Verbs {
  const [busy, setBusy] = useState(false);
  const act = (document: Parameters<typeof mutate>[0], step: Step, refusal: "notDone" | "notUndone" = "notDone") => {
    if (busy) return;
    setBusy(true);
    void mutate(document, { id: job.id }).then(({ failure }) => {
      setBusy(false);
      if (failure)
        toast({ message: say(refusal, { message: `${failure.message} ${failure.remedy ?? ""}` }), refused: true });
      else setLens({ step: step === stepOf(job.state) ? step : 0, list: "", sel: "" });
      again();
    });
  };
  return {
    busy,
    check: () => act(CheckImportDocument, 3),
    load: () => act(StartImportDocument, 4),
    stop: () => act(StopImportDocument, stepOf(job.state)),
    undo: () => act(UndoImportDocument, 5, "notUndone"),
    choose,
    again,
  };
}

function JobVerdict({ job }: { job: Job }) {
  const { state, fileName: file, progress: done } = job;
  return (
    <Verdict>
      {say(`v${state}`, {
        file,
        done: Math.min(done, job.total || done),
        total: job.total,
        rows: job.rows,
        mapped: job.columns.filter(({ field }) => field !== null).length,
        columns: job.columns.length,
        target: job.target,
        created: job.created ?? 0,
        changed: job.changed ?? 0,
        rejected: job.rejected ?? 0,
      })}
    </Verdict>
  );
}

function FileStep({ job }: { job: Job }) {
  return (
    <section className="block">
      <h2>{say("file")}</h2>
      <Facts
        rows={[
          [say("file"), job.fileName],
          [say("size"), say("bytes", { n: count(Math.max(1, Math.round(job.size / KB))) })],
          [say("encoding"), job.encoding],
          [say("rows"), count(job.rows)],
        ]}
      />
    </section>
  );
}

function Panel({ job, choose }: { job: Job; choose: () => void }) {
  const rows: [string, React.ReactNode][] = [
    [say("state"), <StateTag key="state" state={job.state} />],
    [say("source"), job.source],
    [say("becomes"), job.target],
    [say("rows"), count(job.rows)],
    [say("uploaded"), moment(job.createdAt)],
  ];
  if (job.requestedBy) rows.push([say("by"), <RecordLink key="by" reference={job.requestedBy} />]);
  if (job.checkedAt) rows.push([say("checkedAt"), moment(job.checkedAt)]);
  if (job.finishedAt) rows.push([say("loadedAt"), moment(job.finishedAt)]);
  if (job.undoneAt) rows.push([say("undoneAt"), moment(job.undoneAt)]);
  return (
    <PanelSection title={say("about")}>
      <Facts rows={rows} />
      <p className="p-verbs">
        <button type="button" className="btn" onClick={choose}>
          <FileUp aria-hidden="true" /> {say("another")}
        </button>
      </p>
    </PanelSection>
  );
}
