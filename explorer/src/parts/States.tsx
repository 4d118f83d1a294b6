import { useEffect, useState, type ReactNode } from "react";
import { Lock, RotateCw, TriangleAlert } from "lucide-react";
import type { Failure } from "../app/client";
import type { Answer } from "../app/useAnswer";
import { words } from "../words/words";

const say = words("states");

const QUIET_MS = 200;
const SLOW_MS = 2_000;
const TICK_MS = 200;

function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), everyMs);
    return () => window.clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** What stands where a view will be: nothing new for 200 ms, then the shape of a page, after 2 s what is going on. */
export function Shape({ since, stop, before }: { since: number | undefined; stop: () => void; before: ReactNode }) {
  const [started] = useState(() => Date.now());
  const waited = useNow(TICK_MS) - Math.min(started, since ?? started);
  if (waited < QUIET_MS && before) return before;
  return (
    <div className="sheet">
      <header className="head">
        <div className="bar" />
      </header>
      <main className="body" tabIndex={-1} aria-busy="true">
        {waited >= QUIET_MS && (
          <div className="shape" aria-hidden="true">
            <i className="wide" />
            <i className="half" />
            {Array.from({ length: 8 }, (_, index) => (
              <i key={index} className="row" />
            ))}
          </div>
        )}
        {waited >= SLOW_MS && (
          <p className="notice" role="status">
            <b>{say("waiting")}</b> {say("slow", { n: Math.floor(waited / 1000) })}{" "}
            <button type="button" className="link" onClick={stop}>
              {say("stop")}
            </button>
          </p>
        )}
      </main>
      <footer className="foot" />
    </div>
  );
}

const SENTENCES: Record<string, (failure: Failure) => string> = {
  TOO_EXPENSIVE: (failure) => `${say("expensive")} ${failure.message}`,
  CONFLICT: (failure) => say("conflict", { message: failure.message }),
  UNAVAILABLE: ({ requestId }) => say(requestId ? "unavailable" : "unreachable"),
};

/** The sentence for a failure; by default that of the server. */
export function sentenceOf(failure: Failure): string {
  return SENTENCES[failure.code]?.(failure) ?? failure.message;
}

/** The code and the request id of a failure, to quote in a report. */
export function FailureCode({ failure }: { failure: Failure }) {
  return (
    <p className="code">
      {failure.requestId
        ? say("code", { code: failure.code, id: failure.requestId })
        : say("codeOnly", { code: failure.code })}
    </p>
  );
}

/** A view that has no data: why, when it is tried again, and what to do. */
export function Failed({ answer }: { answer: Answer<unknown> & { failure: Failure } }) {
  const now = useNow(TICK_MS);
  const { failure, nextAttemptAt, waitingSince } = answer;
  const retries = nextAttemptAt !== undefined || waitingSince !== undefined;
  return (
    <div className="sheet">
      <header className="head">
        <div className="bar" />
      </header>
      <main className="body" tabIndex={-1}>
        <div className="notice" role="alert">
          <h1>{sentenceOf(failure)}</h1>
          {failure.code === "UNAVAILABLE" ? <p>{say("kept")}</p> : failure.remedy && <p>{failure.remedy}</p>}
          {retries && (
            <p aria-live="off">
              {nextAttemptAt === undefined
                ? say("tryingNow")
                : say("tryingIn", { n: Math.max(1, Math.ceil((nextAttemptAt - now) / 1000)) })}
            </p>
          )}
          <FailureCode failure={failure} />
          <button type="button" className="btn" onClick={answer.again}>
            <RotateCw aria-hidden="true" /> {say("again")}
          </button>
        </div>
      </main>
      <footer className="foot" />
    </div>
  );
}

/** An address without a view or a record. */
export function NotFound() {
  return (
    <div className="sheet">
      <header className="head">
        <div className="bar" />
      </header>
      <main className="body" tabIndex={-1}>
        <div className="notice">
          <h1>{say("notFound")}</h1>
          <p>{say("notFoundHelp")}</p>
        </div>
      </main>
      <footer className="foot" />
    </div>
  );
}

/** A block that failed while the page stands. */
export function Partial({ failure, again }: { failure: Failure; again: () => void }) {
  return (
    <p className="partial" role="status">
      <TriangleAlert aria-hidden="true" /> {say("partial", { message: failure.message })}{" "}
      <button type="button" className="link" onClick={again}>
        {say("again")}
      </button>
    </p>
  );
}

/** Looked, may see all, and there is nothing; `children` says what, and offers the verb. */
export function Empty({ children }: { children: ReactNode }) {
  return <div className="empty">{children}</div>;
}

/** Records that exist and that the reader may not see. */
export function Hidden({ n }: { n: number }) {
  return n > 0 ? (
    <p className="hidden-note">
      <Lock aria-hidden="true" /> {say("hidden", { n })}
    </p>
  ) : null;
}

/** A score that Kith refuses to give, with what is missing. */
export function NotJudged({ reason }: { reason: string }) {
  return <p className="not-judged">{say("notJudged", { reason })}</p>;
}
