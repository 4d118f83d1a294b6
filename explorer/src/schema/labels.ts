import { capitalized, humanized } from "../words/format";
import type { EnumValue } from "./records";

/** What has a label for people: its title in the schema, or its name in words. */
export interface Labelled {
  name: string;
  title?: string;
}

/** The label of a field or of a value of an enum. */
export function labelOf({ name, title }: Labelled): string {
  return title ?? capitalized(humanized(name));
}

/** A label within a sentence; an abbreviation keeps its letters. */
export function labelInText(labelled: Labelled): string {
  const label = labelOf(labelled);
  return /^\p{Lu}\p{Ll}/u.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label;
}

/** The label of a value of an enum by its name. */
export function valueLabel(values: readonly EnumValue[] | undefined, name: string): string {
  return labelOf(values?.find((value) => value.name === name) ?? { name });
}
