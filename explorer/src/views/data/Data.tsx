import { useEffect, useRef, useState, type DragEvent } from "react";
import { FileUp } from "lucide-react";
import { useKeys } from "../../app/keys";
import type { ViewProps } from "../../app/registry";
import type { DataQuery } from "../../generated/graphql";
import { Page } from "../../parts/Page";
import { toast } from "../../parts/toasts";
import { Verdict } from "../../parts/Verdict";
import { daysUntil } from "../../words/format";
import { words } from "../../words/words";
import "./data.css";
import { upload } from "./calls";
import { JobPage } from "./JobPage";
import { Jobs, Sources } from "./Lists";
import type { DataLens } from "./view";
import { isBusy, STEPS } from "./work";

const say = words("data");
const PAUSE_MS = 600;
const STALE_DAYS = 14;

/** What is loaded, from where, how fresh, and what was refused? */
export default function Data({ data, lens, setLens, again }: ViewProps<DataQuery, DataLens>) {
  const file = useUpload((job) => setLens({ job, step: 0, list: "", sel: "" }));
  const job = data.importJob ?? null;
  useBusyRefresh(data, again);
  if (job) {
    return (
      <>
        <JobPage key={job.id} job={job} lens={lens} setLens={setLens} again={again} choose={file.choose} />
        {file.input}
      </>
    );
  }
  const sources = data.importSources ?? [];
  return (
    <Page
      head={{ title: say("title") }}
      actions={<ImportButton choose={file.choose} name={file.sending} />}
      verdict={<SourcesVerdict sources={sources} />}
      honesty={{ says: say("honesty", { n: sources.length }) }}
    >
      <div className="data" onDragOver={(event) => event.preventDefault()} onDrop={file.drop}>
        {sources.length === 0 && data.importJobs!.nodes.length === 0 ? (
          <FirstImport />
        ) : (
          <>
            <p className="dim lead">
              {say("help")} <span className="drop-hint">{say("drop")}</span>
            </p>
            <Sources sources={sources} />
            <Jobs jobs={data.importJobs!.nodes} lens={lens} setLens={setLens} />
          </>
        )}
      </div>
      {file.input}
    </Page>
  );
}

/** What an import does, before there is one. */
function FirstImport() {
  return (
    <section className="first-import">
      <p className="dim lead">
        {say("help")} <span className="drop-hint">{say("drop")}</span>
      </p>
      <ol>
        {STEPS.map((step) => (
          <li key={step}>
            <b>{say(`step${step}`)}</b>
            <span className="dim">{say(`how${step}`)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Reads the data again while a job works in the background. */
function useBusyRefresh(data: DataQuery, again: () => void) {
  const busy = data.importJob
    ? isBusy(data.importJob.state)
    : data.importJobs!.nodes.some(({ state }) => isBusy(state));
  useEffect(() => {
    if (!busy) return undefined;
    const timer = window.setTimeout(again, PAUSE_MS);
    return () => window.clearTimeout(timer);
    // Each answer plans the next request.
  }, [busy, data, again]);
}

function useUpload(open: (job: string) => void) {
  const input = useRef<HTMLInputElement>(null);
  const [sending, setSending] = useState("");
  const send = async (file: File | undefined) => {
    if (!file || sending) return;
    setSending(file.name);
    const answer = await upload(file);
    setSending("");
    if ("id" in answer) return open(answer.id);
    const { failure } = answer;
    const message = failure.code === "UNAVAILABLE" ? say("unreachable") : `${failure.message} ${failure.remedy ?? ""}`;
    toast({ message: say("notImported", { message }), refused: true });
  };
  return {
    sending,
    choose: () => input.current?.click(),
    drop: (event: DragEvent) => {
      event.preventDefault();
      void send(event.dataTransfer.files[0]);
    },
    input: (
      <input
        ref={input}
        type="file"
        accept=".csv,.tsv,.txt,text/csv"
        className="vh"
        tabIndex={-1}
        aria-label={say("import")}
        onChange={(event) => {
          void send(event.target.files?.[0]);
          event.target.value = "";
        }}
      />
    ),
  };
}

function ImportButton({ choose, name }: { choose: () => void; name: string }) {
  useKeys({ n: choose });
  return (
    <button type="button" className="btn pri" onClick={choose} disabled={name !== ""}>
      <FileUp aria-hidden="true" /> {name ? say("uploading", { name }) : say("import")}
    </button>
  );
}

function SourcesVerdict({ sources }: { sources: NonNullable<DataQuery["importSources"]> }) {
  const age = (at: string) => Math.max(0, -daysUntil(at));
  const [newest] = sources;
  const oldest = sources.at(-1);
  const rejected = sources.reduce((sum, one) => sum + (one.rejected ?? 0), 0);
  const conflicts = sources.reduce((sum, one) => sum + (one.conflicts ?? 0), 0);
  return (
    <Verdict wide>
      {say("verdict", {
        n: sources.length,
        newest: newest?.name ?? "",
        age: newest ? age(newest.lastLoadAt) : 0,
      })}{" "}
      {sources.length > 1 && oldest && age(oldest.lastLoadAt) >= STALE_DAYS && (
        <span className="soft">{say("oldest", { name: oldest.name, age: age(oldest.lastLoadAt) })} </span>
      )}
      {rejected + conflicts > 0 && (
        <span className="soft">
          {say("wait", { rejected, conflicts, both: rejected > 0 && conflicts > 0 ? "yes" : "no" })}
        </span>
      )}
    </Verdict>
  );
}
