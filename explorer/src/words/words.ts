import type { ReactNode } from "react";
import { en } from "./en";
import { fill, parsePattern } from "./patterns";

type Words = typeof en;
export type Section = keyof Words;
export type Slots = Record<string, string | number>;

export interface Say<S extends Section> {
  /** Returns a text with its slots filled. */
  (key: keyof Words[S] & string, slots?: Slots): string;
  /** Returns a sentence whose slots may be elements of the page, such as receipts. */
  rich(key: keyof Words[S] & string, slots: Record<string, ReactNode>): ReactNode[];
}

/** Returns the texts of one section of `en.ts`. */
export function words<S extends Section>(section: S): Say<S> {
  const texts = en[section] as Record<string, string>;
  const say = (key: string, slots: Slots = {}) => fill<string>(parsePattern(texts[key]!), slots).join("");
  say.rich = (key: string, slots: Record<string, ReactNode>) =>
    fill<ReactNode>(parsePattern(texts[key]!), slots as Record<string, string | number>);
  return say;
}
