import type { LucideIcon } from "lucide-react";
import type { ComponentType } from "react";
import type { TypedDocumentString } from "../generated/graphql";
import type { Fields } from "./codec";

export type Params = Readonly<Record<string, string | undefined>>;

/** One GraphQL request. */
export interface GraphQLCall<Data> {
  document: TypedDocumentString<Data, never> | string;
  variables: Record<string, unknown>;
}

export interface ViewProps<Data, Lens> {
  data: Data;
  lens: Lens;
  /** Changes the lens state and with it the address. */
  setLens: (patch: Partial<Lens>) => void;
  params: Params;
  /** Sends the request of the view again, for example after a mutation. */
  again: () => void;
  /** Whether newer data are on their way. */
  stale: boolean;
}

/** A key of a view, as the foot and the sheet of keys show it; the view itself binds it with `useKeys`. */
export interface KeyHint {
  keys: readonly string[];
  /** What it does, in a word or two. */
  does: string;
}

/** Ids of the demo world, for the tests and screenshots that open every view. */
export type Samples = Readonly<
  Record<"account" | "group" | "contact" | "target" | "employer" | "deal" | "order" | "user", string>
>;

export interface View<Data, Lens extends object> {
  /** The name of its folder. */
  name: string;
  /** A pattern such as `/account/:id/group`; the more literal pattern wins. */
  address: string;
  title: string;
  /** The entry of the rail that is current. */
  area: string;
  /** The state in the query string. */
  lens: Fields<Lens>;
  /** The one request of the view. */
  request: (params: Params, lens: Lens) => GraphQLCall<Data> | Promise<GraphQLCall<Data>>;
  /** What the view is about; without it there is no such record, or the request failed. */
  main?: (data: Data) => unknown;
  /** Why the view shows only what holds now, when its lens has no moment (`at`). */
  present?: string;
  /** The part of the lens that the request depends on; by default all of it. */
  requestKey?: (lens: Lens) => unknown;
  component: () => Promise<{ default: ComponentType<ViewProps<Data, Lens>> }>;
  keys?: readonly KeyHint[];
  /** An entry of the rail, with its letter after G; `bar` tells whether it is in the bottom bar of a phone too. */
  rail?: {
    order: number;
    icon: LucideIcon;
    letter: string;
    count?: keyof RailCounts;
    bar?: boolean;
    /** The part of the lens with which the entry opens what is the caller's own, as its count says. */
    own?: Partial<Lens>;
  };
  /** The action of an insight that this view answers, if it has another name than the view. */
  opens?: string;
  /** The record type whose records open in this view. */
  record?: string;
  /** The record type whose list the view is; the lists of other types are generated. */
  lists?: string;
  /**
   * A lens on one or several kinds of subject: a tab beside the others, in this order. Its keys are the digit of the
   * order and the letter, if it has one.
   */
  tab?: {
    subject: string | readonly string[];
    label: string;
    icon: LucideIcon;
    order: number;
    letter?: string;
  };
  /** An address for tests and screenshots; none for a view that only redirects. */
  sample?: (ids: Samples) => string;
}

/** The counts that every request brings for the rail. */
export interface RailCounts {
  accounts: number;
  deals: number;
}

// The types of data and lens differ by view, and only the view itself sees them.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyView = View<any, any>;

/** Declares a view; the default export of `views/NAME/view.ts`. */
export function view<Data, Lens extends object>(declared: View<Data, Lens>): AnyView {
  return declared;
}
