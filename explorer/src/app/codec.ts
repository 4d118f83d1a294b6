/** Lens state in the query string: each field has a default, which is not written. */
export interface Field<T> {
  read(text: string): T;
  write(value: T): string;
  initial: T;
  /** Whether a change is an entry of the history; selections, filters and receipts only replace the address. */
  push: boolean;
}

export type Fields<T> = { [K in keyof T]: Field<T[K]> };

interface Options {
  push?: boolean;
}

export function text(initial = "", { push = false }: Options = {}): Field<string> {
  return { read: (value) => value, write: (value) => value, initial, push };
}

export function flag({ push = false }: Options = {}): Field<boolean> {
  return { read: (value) => value === "1", write: (value) => (value ? "1" : ""), initial: false, push };
}

export function integer(initial: number, least: number, most: number, { push = false }: Options = {}): Field<number> {
  return {
    read: (value) => {
      const n = Number.parseInt(value, 10);
      return Number.isNaN(n) ? initial : Math.min(most, Math.max(least, n));
    },
    write: String,
    initial,
    push,
  };
}

/** One of several values; anything else reads as the first one. */
export function oneOf<const V extends readonly [string, ...string[]]>(
  values: V,
  { push = false }: Options = {},
): Field<V[number]> {
  return {
    read: (value) => (values.includes(value) ? value : values[0]),
    write: (value) => value,
    initial: values[0],
    push,
  };
}

/** A list of ids or words, separated by commas; an empty one that is not the default is written as a dash. */
export function list({ push = false, initial = [] }: Options & { initial?: readonly string[] } = {}): Field<
  readonly string[]
> {
  return {
    read: (value) => (value === "" || value === NO_ITEMS ? [] : value.split(",").map(decodeURIComponent)),
    write: (values) => (values.length > 0 ? values.map(escaped).join(",") : initial.length > 0 ? NO_ITEMS : ""),
    initial,
    push,
  };
}

const NO_ITEMS = "-";

function escaped(item: string): string {
  return encodeURIComponent(item).replaceAll("%3A", ":");
}

/** The moment of a view (`asOf`); empty means now. */
export const at: Field<string> = {
  read: (value) => (/^\d{4}-\d{2}-\d{2}$/.test(value) ? value : ""),
  write: (value) => value,
  initial: "",
  push: true,
};

export function readLens<T extends object>(fields: Fields<T>, search: string): T {
  const parameters = new URLSearchParams(search);
  const entries = Object.entries<Field<unknown>>(fields as never).map(([name, field]) => {
    const value = parameters.get(name);
    return [name, value === null ? field.initial : field.read(value)];
  });
  return Object.fromEntries(entries) as T;
}

/** Returns the query string without `?`; defaults are left out, so that equal states have equal addresses. */
export function writeLens<T extends object>(fields: Fields<T>, state: T): string {
  const parameters = new URLSearchParams();
  for (const [name, field] of Object.entries<Field<unknown>>(fields as never)) {
    const value = field.write(state[name as keyof T]);
    if (value !== field.write(field.initial)) parameters.set(name, value);
  }
  // Commas and colons are common in lists and need no escape in a query.
  return parameters.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
}

/** Whether a change of these fields is an entry of the history. */
export function pushes<T extends object>(fields: Fields<T>, patch: Partial<T>): boolean {
  return Object.keys(patch).some((name) => fields[name as keyof T].push);
}
