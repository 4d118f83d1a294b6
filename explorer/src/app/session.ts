import { useSyncExternalStore } from "react";
import type { FrameFragment, PinnedRecordFragment } from "../generated/graphql";
import type { RailCounts } from "./registry";

export interface Session {
  user: { id: string; name: string } | null;
  counts: RailCounts | null;
}

/** A value outside React that components follow. */
export class Store<T> {
  private readonly listeners = new Set<() => void>();
  constructor(private value: T) {}

  get = (): T => this.value;

  set(value: T): void {
    if (Object.is(value, this.value)) return;
    this.value = value;
    for (const listener of this.listeners) listener();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}

/** The fields, such as `Account.creditLimit`, that an answer left out because the caller may not read them. */
export const masked = new Store<ReadonlySet<string>>(new Set());

/** Notes the fields that an answer left out, from its `extensions`. */
export function noteMasked(extensions: { masked?: { entity: string; field: string }[] } | undefined): void {
  const found = (extensions?.masked ?? []).map(({ entity, field }) => `${entity}.${field}`);
  const known = masked.get();
  if (found.some((one) => !known.has(one))) masked.set(new Set([...known, ...found]));
}

export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get);
}

/** A value that outlives the page, as JSON in the storage of the browser. */
export class StoredValue<T> extends Store<T> {
  constructor(
    private readonly name: string,
    initial: T,
  ) {
    super(read(name, initial));
  }

  override set(value: T): void {
    super.set(value);
    try {
      localStorage.setItem(this.name, JSON.stringify(value));
    } catch {
      // A browser may forbid storage; the value then lasts as long as the page.
    }
  }
}

function read<T>(name: string, initial: T): T {
  try {
    const stored = localStorage.getItem(name);
    return stored === null ? initial : (JSON.parse(stored) as T);
  } catch {
    return initial;
  }
}

/** Kept from visit to visit, so that the first request can name the caller. */
export const session = new StoredValue<Session>("kith.session", { user: null, counts: null });

/** Takes the caller and the counts of the rail from the answer to a view. */
export function see(data: object): void {
  const me = (data as Partial<FrameFragment>).me;
  if (me === undefined) return;
  const user = me?.user;
  if (user?.settings) pinned.receive(user.settings.pins.map(subjectOf));
  const known = session.get();
  const counts = user ? { accounts: user.accounts.totalCount, deals: user.opportunities.totalCount } : null;
  if (known.user?.id === user?.id && JSON.stringify(known.counts) === JSON.stringify(counts)) return;
  // Another reader at the same browser.
  if (known.user && known.user.id !== user?.id) recent.set([]);
  session.set({ user: user ? { id: user.id, name: user.name } : null, counts });
}

export interface Subject {
  type: string;
  id: string;
  name: string;
  detail?: string;
}

/** The time in which an answer may be older than a change of the reader, also after the page was loaded again. */
const SETTLED_MS = 10_000;

/** The pins of the reader: those of the server, unless the reader has just changed them here. */
class Pins extends StoredValue<readonly Subject[]> {
  private readonly changedAt = new StoredValue("kith.pinned.changedAt", 0);

  receive(pins: readonly Subject[]): void {
    if (Date.now() - this.changedAt.get() < SETTLED_MS) return;
    if (JSON.stringify(pins) !== JSON.stringify(this.get())) super.set(pins);
  }

  override set(pins: readonly Subject[]): void {
    this.changedAt.set(Date.now());
    super.set(pins);
  }
}

function subjectOf(record: PinnedRecordFragment): Subject {
  const name = "subject" in record ? record.subject : "name" in record ? record.name : null;
  return { type: record.__typename ?? "", id: record.id, name: name ?? record.id };
}

export const pinned = new Pins("kith.pinned", []);
export const recent = new StoredValue<readonly Subject[]>("kith.recent", []);
const MOST_RECENT = 12;

/** Puts a subject at the top of the recent ones. */
export function visit(subject: Subject): void {
  const rest = recent.get().filter(({ id }) => id !== subject.id);
  recent.set([subject, ...rest].slice(0, MOST_RECENT));
}

/** The list that the reader came from, for the keys [ and ]. */
export interface Neighbours {
  type: string;
  ids: readonly string[];
}

export const neighbours = new Store<Neighbours | null>(null);

export type Theme = "system" | "light" | "dark";
export const theme = new StoredValue<Theme>("kith.theme", "system");
export const singleKeys = new StoredValue<boolean>("kith.keys", true);

/** Applies the theme to the page now and after each change. */
export function applyTheme(): void {
  const apply = () => {
    if (theme.get() === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme.get();
  };
  apply();
  theme.subscribe(apply);
}
