import { useEffect, useState } from "react";
import { Check, TriangleAlert, Undo2, X } from "lucide-react";
import { useKeys } from "../app/keys";
import { useStore } from "../app/session";
import { words } from "../words/words";
import { toasts } from "./toasts";

const say = words("states");
const LASTS_MS = 8_000;

/** The place of the toast: it goes after 8 seconds, and stays while the pointer or the focus is on it. */
export function ToastHost() {
  const current = useStore(toasts);
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (!current || held || current.refused) return undefined;
    const timer = window.setTimeout(() => toasts.set(null), LASTS_MS);
    return () => window.clearTimeout(timer);
  }, [current, held]);
  const undo = () => {
    current?.undo?.();
    toasts.set(null);
  };
  useKeys(current?.undo ? { z: undo } : {});
  return (
    <div className="toasts" role="status" aria-live="polite">
      {current && (
        <div
          className={held || current.refused ? "toast held" : "toast"}
          onPointerEnter={() => setHeld(true)}
          onPointerLeave={() => setHeld(false)}
          onFocus={() => setHeld(true)}
          onBlur={() => setHeld(false)}
        >
          {current.refused ? (
            <TriangleAlert aria-hidden="true" className="risk" />
          ) : (
            <Check aria-hidden="true" className="ok" />
          )}
          <span>{current.message}</span>
          {current.undo && (
            <button type="button" className="btn" onClick={undo}>
              <Undo2 aria-hidden="true" /> {say("undo")} <kbd>Z</kbd>
            </button>
          )}
          <button type="button" className="btn ghost icon" aria-label={say("dismiss")} onClick={() => toasts.set(null)}>
            <X aria-hidden="true" />
          </button>
        </div>
      )}
    </div>
  );
}
