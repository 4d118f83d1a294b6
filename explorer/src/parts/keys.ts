import type { KeyHint } from "../app/registry";
import { words } from "../words/words";

const say = words("keys");

/** The keys of a table of rows. */
export const ROW_KEYS: readonly KeyHint[] = [
  { keys: ["J", "K"], does: say("moveRows") },
  { keys: ["↵"], does: say("open") },
];

/** The keys of a record. */
export const RECORD_KEYS: readonly KeyHint[] = [
  { keys: ["E"], does: say("edit") },
  { keys: ["L"], does: say("logHere") },
  { keys: ["P"], does: say("pin") },
  { keys: ["[", "]"], does: say("step") },
];
