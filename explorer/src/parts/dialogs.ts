import { Store } from "../app/session";

/** An argument of an action that is known before its form opens. */
export interface Argument {
  name: string;
  value: string;
}

/** A form over the page: what it does, the values that are known, and what follows when it is done. */
export interface DialogRequest {
  /** `log`, or the name of a mutation. */
  action: string;
  title: string;
  args: readonly Argument[];
  done: () => void;
  /** What follows when it is done, in words; the form asks once. */
  follows?: string;
  /** The text of the button that does it. */
  button?: string;
  /** The arguments that the form does not show. */
  hidden?: readonly string[];
  /** The mutation that takes it back, with the values that were there before. */
  inverse?: { action: string; args: readonly Argument[] };
}

export const dialogs = new Store<DialogRequest | null>(null);

/** Opens the form that logs a call, a meeting or a mail with a record. */
export function openLog(id: string, done: () => void = () => undefined): void {
  dialogs.set({ action: "log", title: "", args: [{ name: "id", value: id }], done });
}
