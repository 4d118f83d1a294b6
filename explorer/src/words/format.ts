/** Money, dates and numbers as the explorer writes them. */
export interface Money {
  amount: number;
  currency: string;
}

const LOCALE = "en-US";
/** Shown for a value that is empty in a table. */
export const NONE = "—";

const formats = new Map<string, Intl.NumberFormat>();

function format(currency: string, digits: number): Intl.NumberFormat {
  const key = `${currency}${digits}`;
  let found = formats.get(key);
  if (!found) {
    const display = currency === "USD" ? "narrowSymbol" : "code";
    found = new Intl.NumberFormat(LOCALE, {
      style: "currency",
      currency,
      currencyDisplay: display,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
    formats.set(key, found);
  }
  return found;
}

/** `$48,100` */
export function money({ amount, currency }: Money): string {
  return format(currency, 0).format(amount);
}

/** `$51,175.00`, where a sum must be seen to add up. */
export function moneyInFull({ amount, currency }: Money): string {
  return format(currency, 2).format(amount);
}

/** `$6.94M` from a million on, as in a sentence. */
export function moneyInWords(value: Money): string {
  if (Math.abs(value.amount) < 1_000_000) return money(value);
  return `${format(value.currency, 2).format(value.amount / 1_000_000)}M`;
}

/** The amount, or a dash for none. */
export function moneyOrNone(value: Money | null | undefined): string {
  return value && value.amount !== 0 ? money(value) : NONE;
}

const INTEGER = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const DECIMAL = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 2 });

/** `1,234` */
export function count(n: number): string {
  return INTEGER.format(n);
}

export function decimal(n: number): string {
  return DECIMAL.format(n);
}

/** `60%` */
export function percent(n: number): string {
  return `${INTEGER.format(n)}%`;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY = 86_400_000;

function read(iso: string): Date {
  // A date without a time is the day of the reader, not midnight in London.
  return iso.length === 10 ? new Date(`${iso}T00:00`) : new Date(iso);
}

/** `24 Dec` in this year, `24 Dec 2027` in another one. */
export function day(iso: string, now: Date = new Date()): string {
  const date = read(iso);
  const short = `${date.getDate()} ${MONTHS[date.getMonth()]!}`;
  return date.getFullYear() === now.getFullYear() ? short : `${short} ${date.getFullYear()}`;
}

/** `24 Dec 2026` */
export function fullDay(iso: string): string {
  const date = read(iso);
  return `${date.getDate()} ${MONTHS[date.getMonth()]!} ${date.getFullYear()}`;
}

const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** `Thursday 24 Dec 2026` */
export function weekday(date: Date): string {
  return `${WEEKDAYS[date.getDay()]!} ${date.getDate()} ${MONTHS[date.getMonth()]!} ${date.getFullYear()}`;
}

/** `18:40` */
export function time(iso: string): string {
  const date = read(iso);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** `24 Dec 2026, 18:40` */
export function moment(iso: string): string {
  return `${fullDay(iso)}, ${time(iso)}`;
}

/** The days from now to a date; negative in the past. */
export function daysUntil(iso: string, now: Date = new Date()): number {
  const start = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  return Math.round((read(iso.slice(0, 10)).getTime() - start.getTime()) / DAY);
}

/** The two letters of a person's mark. */
export function initials(name: string): string {
  const parts = name.trim().split(/\s+/).filter(Boolean);
  const letters = parts.length > 1 ? [parts[0]!, parts.at(-1)!] : parts;
  return letters.map((part) => [...part][0]!.toLocaleUpperCase()).join("");
}

/** `QUALIFY_OUT` or `estimatedCloseDate` as words: “qualify out”, “estimated close date”. */
export function humanized(name: string): string {
  const spaced = /^[A-Z0-9_]+$/.test(name) ? name.replaceAll("_", " ") : name.replace(/([a-z0-9])([A-Z])/g, "$1 $2");
  return spaced.toLowerCase();
}

/** The text with its first letter in upper case. */
export function capitalized(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}

/** The first word of a name: people are named in full once, and ours then by their first name. */
export function firstWord(name: string): string {
  return name.trim().split(/\s+/, 1)[0] ?? name;
}

/** A name without the first word that it shares with the top of its group; alone it stays whole. */
export function shortName(name: string, group: string): string {
  const [first, ...rest] = name.split(" ");
  return name !== group && rest.length > 0 && first === firstWord(group) ? rest.join(" ") : name;
}
