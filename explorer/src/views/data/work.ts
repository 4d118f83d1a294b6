import type { DataQuery } from "../../generated/graphql";

export type Job = NonNullable<DataQuery["importJob"]>;
export type State = Job["state"];

export const STEPS = [1, 2, 3, 4, 5] as const;
export type Step = (typeof STEPS)[number];

/** The step that a job is at. */
const STEP_OF: Readonly<Record<State, Step>> = {
  UPLOADED: 2,
  CHECKING: 3,
  CHECKED: 3,
  LOADING: 4,
  STOPPED: 5,
  FAILED: 5,
  LOADED: 5,
  UNDOING: 5,
  UNDONE: 5,
};

export function stepOf(state: State): Step {
  return STEP_OF[state];
}

const BUSY: readonly State[] = ["CHECKING", "LOADING", "UNDOING"];

export function isBusy(state: State): boolean {
  return BUSY.includes(state);
}

/** Whether the mapping can still be changed. */
export function isOpen(state: State): boolean {
  return state === "UPLOADED" || state === "CHECKED";
}

/** The names of the required fields that no column becomes. */
export function lacking({ columns, targetFields }: Pick<Job, "columns" | "targetFields">): string[] {
  const mapped = new Set(columns.map(({ field }) => field));
  return targetFields.filter(({ name, required }) => required && !mapped.has(name)).map(({ name }) => name);
}
