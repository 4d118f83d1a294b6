import { useLayoutEffect, useRef } from "react";
import { tinykeys } from "tinykeys";
import { singleKeys } from "./session";

export type KeyBindings = Record<string, (event: KeyboardEvent) => void>;

/** Where keys write or choose; a checkbox takes only the keys that press it. */
const FIELDS = "input:not([type='checkbox']), textarea, select, [contenteditable='true']";
/** What Enter and Space press. */
const PRESSED = "button, a[href], summary, input[type='checkbox']";

function isTaken(event: KeyboardEvent): boolean {
  const target = event.target as Element | null;
  const inField = target?.closest(FIELDS) !== null && target !== null;
  const inDialog = document.querySelector("dialog[open]") !== null;
  const presses = (event.key === "Enter" || event.key === " ") && Boolean(target?.closest(PRESSED));
  const held = event.repeat && !/^(Arrow|[jk]$)/i.test(event.key);
  return event.defaultPrevented || held || event.isComposing || inField || inDialog || presses;
}

/** Whether a key is one letter, digit or sign; these can be switched off (WCAG 2.1.4). */
function isSingle(keys: string): boolean {
  return !keys.includes("$mod") && !/Arrow|Enter|Home|End|Page|Escape/.test(keys);
}

/**
 * Binds keys outside of fields and dialogs while the component is mounted: from the moment it is
 * drawn, since whoever sees a view may press its keys at once.
 */
export function useKeys(bindings: KeyBindings): void {
  const latest = useRef(bindings);
  useLayoutEffect(() => {
    latest.current = bindings;
  });
  const names = Object.keys(bindings).join(" | ");
  useLayoutEffect(() => {
    const bound = names
      .split(" | ")
      .filter(Boolean)
      .map((keys) => {
        const act = (event: KeyboardEvent) => {
          if (event.defaultPrevented || (isSingle(keys) && !singleKeys.get())) return;
          event.preventDefault();
          latest.current[keys]?.(event);
        };
        return [keys, act] as const;
      });
    return tinykeys(window, Object.fromEntries(bound), { ignore: isTaken });
  }, [names]);
}
