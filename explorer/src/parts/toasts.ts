import { Store } from "../app/session";

export interface ToastMessage {
  message: string;
  /** Takes it back; named Undo, key Z. */
  undo?: () => unknown;
  /** A refusal stays until it is dismissed. */
  refused?: boolean;
}

export const toasts = new Store<ToastMessage | null>(null);

/** Says what happened, with a way to take it back. */
export function toast(message: ToastMessage): void {
  toasts.set(message);
}
