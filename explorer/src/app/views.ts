import { matchRoute } from "wouter";
import { parse } from "regexparam";
import type { AnyView, Params, Samples } from "./registry";

const modules = import.meta.glob<{ default: AnyView }>("../views/*/view.ts", { eager: true });

/** All views; a folder of `views/` with a `view.ts` is one. The more literal address comes first. */
export const VIEWS: readonly AnyView[] = Object.values(modules)
  .map((module) => module.default)
  .sort((one, other) => literal(other.address) - literal(one.address) || one.name.localeCompare(other.name));

function literal(address: string): number {
  return address.split("/").filter((part) => part && !part.startsWith(":")).length;
}

export function viewAt(path: string): { view: AnyView; params: Params } | null {
  for (const view of VIEWS) {
    const [matches, params] = matchRoute(parse, view.address, path);
    if (matches) return { view, params: params as Params };
  }
  return null;
}

/** The entries of the rail in their order. */
export const RAIL = VIEWS.filter((view) => view.rail).sort((one, other) => one.rail!.order - other.rail!.order);

/** The lenses on a subject in their order. */
export function lenses(subject: string): AnyView[] {
  return VIEWS.filter((view) => isLens(view, subject)).sort((one, other) => one.tab!.order - other.tab!.order);
}

/** Whether a view is a lens on a kind of subject. */
export function isLens(view: AnyView, subject: string): boolean {
  return view.tab !== undefined && [view.tab.subject].flat().includes(subject);
}

/** The address of a view for a record. */
export function addressOf(view: AnyView, params: Params): string {
  return view.address
    .split("/")
    .flatMap((part) => (part.startsWith(":") ? (params[part.replace(/[:?]/g, "")] ?? []) : [part]))
    .join("/");
}

/** The address of each view that has a sample, by its name. */
export function sampleAddresses(ids: Samples): Record<string, string> {
  return Object.fromEntries(VIEWS.flatMap((view) => (view.sample ? [[view.name, view.sample(ids)]] : [])));
}
