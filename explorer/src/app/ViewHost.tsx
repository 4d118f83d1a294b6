import { useCallback, useEffect, useState, type ComponentType } from "react";
import { useLocation, useSearch } from "wouter";
import { Failed, NotFound, Shape } from "../parts/States";
import { Boundary } from "./Boundary";
import { loaded } from "./code";
import { pushes, readLens, writeLens } from "./codec";
import { AgainContext, type CurrentView } from "./lens";
import { currentSearch } from "./links";
import type { AnyView, ViewProps } from "./registry";
import { see, session, Store, useStore } from "./session";
import { useAnswer } from "./useAnswer";

type Component = ComponentType<ViewProps<unknown, object>>;

const components = new Map<string, Component>();

/** Loads the code of a view once. */
function useComponent(view: AnyView): Component | undefined {
  const [, setLoaded] = useState("");
  useEffect(() => {
    if (components.has(view.name)) return;
    void loaded(view.component).then(({ default: component }) => {
      components.set(view.name, component as Component);
      setLoaded(view.name);
    });
  }, [view]);
  return components.get(view.name);
}

/** Shows the view of an address, or that the address has none. */
export function ViewHost({ current }: { current: CurrentView | null }) {
  return current === null ? <NotFound /> : <Loaded {...current} />;
}

interface Shown {
  scope: string;
  Component: Component;
  props: ViewProps<unknown, object>;
}

/** The view before, which stays for a moment while the next one is read. */
const lastShown = new Store<Shown | null>(null);

function Loaded({ view, params }: CurrentView) {
  const search = useSearch();
  const [path, navigate] = useLocation();
  // Filters name the caller, who is known after the first answer.
  useStore(session);
  const lens = readLens<object>(view.lens, search);
  const scope = `${view.name} ${JSON.stringify(params)}`;
  const requestKey = `${scope} ${JSON.stringify(view.requestKey ? view.requestKey(lens) : lens)}`;
  const answer = useAnswer(scope, requestKey, () => view.request(params, lens));
  const Component = useComponent(view);

  const setLens = useCallback(
    (patch: Partial<object>) => {
      const fields = view.lens;
      const next = writeLens(fields, { ...readLens<object>(fields, currentSearch()), ...patch });
      navigate(next ? `${path}?${next}` : path, { replace: !pushes<object>(fields, patch) });
    },
    [view, path, navigate],
  );

  const { data } = answer;
  const shown: Shown | null =
    data !== undefined && Component
      ? {
          scope,
          Component,
          props: { data, lens, setLens, params, again: answer.again, stale: answer.waitingSince !== undefined },
        }
      : null;
  useEffect(() => {
    if (data !== undefined) see(data);
  }, [data]);
  useEffect(() => {
    if (shown) lastShown.set(shown);
  });

  if (shown && view.main && !view.main(data)) {
    return answer.partial ? <Failed answer={{ ...answer, failure: answer.partial }} /> : <NotFound />;
  }
  if (shown) return <View key={shown.scope} {...shown} />;
  if (answer.failure) return <Failed answer={{ ...answer, failure: answer.failure }} />;
  const last = lastShown.get();
  return <Shape since={answer.waitingSince} stop={answer.stop} before={last && <View key={last.scope} {...last} />} />;
}

function View({ Component, props }: Shown) {
  return (
    <AgainContext value={props.again}>
      <Boundary data={props.data} again={props.again}>
        <Component {...props} />
      </Boundary>
    </AgainContext>
  );
}
