import { createContext, useContext } from "react";
import type { AnyView, Params } from "./registry";

export interface CurrentView {
  view: AnyView;
  params: Params;
}

/** The view on the screen, for parts that link to its neighbours and lenses. */
export const CurrentViewContext = createContext<CurrentView | null>(null);

export function useCurrentView(): CurrentView | null {
  return useContext(CurrentViewContext);
}

/** Sends the request of the view on the screen again, for parts that change what it shows. */
export const AgainContext = createContext<() => void>(() => undefined);

export function useAgain(): () => void {
  return useContext(AgainContext);
}
