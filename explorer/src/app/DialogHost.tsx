import { lazy, Suspense, type ComponentType } from "react";
import { loaded } from "./code";
import { dialogs, type DialogRequest } from "../parts/dialogs";
import { useStore } from "./session";

export interface ActionProps {
  request: DialogRequest;
  close: () => void;
}

/** The forms with a component of their own; every other action is the form of its mutation. */
const FORMS: Readonly<Record<string, ComponentType<ActionProps>>> = {
  log: lazy(() => loaded(() => import("../schema/actions/LogDialog"))),
};
const MutationDialog: ComponentType<ActionProps> = lazy(() => loaded(() => import("../schema/actions/MutationDialog")));

/** The place of the form over the page. */
export function DialogHost() {
  const request = useStore(dialogs);
  if (!request) return null;
  const Chosen = FORMS[request.action] ?? MutationDialog;
  return (
    <Suspense fallback={null}>
      <Chosen request={request} close={() => dialogs.set(null)} />
    </Suspense>
  );
}
