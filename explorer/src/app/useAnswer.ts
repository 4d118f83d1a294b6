import { useCallback, useEffect, useRef, useState } from "react";
import type { OperationResult } from "@urql/core";
import { client, failureOf, PAUSES_MS, unavailable, type Failure } from "./client";
import type { GraphQLCall } from "./registry";
import { noteMasked } from "./session";

export interface Answer<Data> {
  /** The newest data; those of the previous variables stay until the next ones are here. */
  data: Data | undefined;
  /** Why there are no new data. */
  failure: Failure | undefined;
  /** Blocks that failed while the rest of the page is complete. */
  partial: Failure | undefined;
  /** When the next attempt starts; undefined when none is planned. */
  nextAttemptAt: number | undefined;
  /** When the request in flight started; undefined without one. */
  waitingSince: number | undefined;
  again: () => void;
  stop: () => void;
}

type State<Data> = Omit<Answer<Data>, "again" | "stop"> & { scope: string };

const IDLE = {
  scope: "",
  data: undefined,
  failure: undefined,
  partial: undefined,
  nextAttemptAt: undefined,
  waitingSince: undefined,
};

/**
 * Sends a request and keeps its answer: one for each key, of which the newest data are kept within a scope. An unavailable server is asked again after
 * 1, 3 and 9 seconds.
 */
export function useAnswer<Data>(
  scope: string,
  key: string,
  call: () => GraphQLCall<Data> | Promise<GraphQLCall<Data>>,
): Answer<Data> {
  const [state, setState] = useState<State<Data>>(IDLE);
  const [round, setRound] = useState(0);
  const latest = useRef(call);
  const cancel = useRef<() => void>(() => undefined);
  useEffect(() => {
    latest.current = call;
  });

  useEffect(() => {
    let timer = 0;
    let live = true;
    let subscription: { unsubscribe: () => void } | undefined;
    const end = () => {
      live = false;
      window.clearTimeout(timer);
      subscription?.unsubscribe();
    };
    cancel.current = () => {
      end();
      setState((before) => ({ ...before, waitingSince: undefined, nextAttemptAt: undefined }));
    };

    const receive = (result: OperationResult<Data>, attempt: number) => {
      if (!live) return;
      const failure = result.error ? failureOf(result.error) : undefined;
      noteMasked(result.extensions);
      const complete = result.data !== null && result.data !== undefined;
      if (complete) return setState({ ...IDLE, scope, data: result.data, partial: failure });
      fail(failure, attempt);
    };

    const fail = (failure: Failure | undefined, attempt: number) => {
      if (!live) return;
      const pause = failure?.code === "UNAVAILABLE" ? PAUSES_MS[attempt] : undefined;
      if (pause !== undefined) timer = window.setTimeout(() => void send(attempt + 1), pause);
      setState((before) => ({
        ...before,
        failure,
        waitingSince: undefined,
        nextAttemptAt: pause === undefined ? undefined : Date.now() + pause,
      }));
    };

    const send = async (attempt: number) => {
      setState((before) => ({
        ...(before.scope === scope ? before : IDLE),
        scope,
        waitingSince: Date.now(),
        nextAttemptAt: undefined,
      }));
      let found: GraphQLCall<Data>;
      try {
        found = await latest.current();
      } catch (error) {
        // The document is built from a file that the server did not deliver.
        return fail(unavailable(error), attempt);
      }
      if (!live) return;
      const { document, variables } = found;
      const requestPolicy = round === 0 && attempt === 0 ? "cache-first" : "network-only";
      const answers = client.query<Data>(document.toString(), variables, { requestPolicy });
      let answered = false;
      const ours = answers.subscribe((result: OperationResult<Data>) => {
        // A request that stays subscribed is sent again after every mutation, beside the one that the view sends.
        if (answered || result.stale) return;
        answered = true;
        subscription?.unsubscribe();
        receive(result, attempt);
      });
      if (answered) ours.unsubscribe();
      else subscription = ours;
    };

    void send(0);
    return end;
  }, [scope, key, round]);

  const again = useCallback(() => setRound((before) => before + 1), []);
  const stop = useCallback(() => cancel.current(), []);
  return { ...(state.scope === scope ? state : IDLE), again, stop };
}
