import { useEffect, useRef, type ReactNode } from "react";
import { X } from "lucide-react";
import { Caps } from "../parts/Page";
import { words } from "../words/words";
import { useCurrentView } from "./lens";
import { singleKeys, useStore } from "./session";
import { RAIL } from "./views";

const say = words("keys");

/** A modal dialog: the browser keeps the focus in it and gives it back. */
export function Dialog({
  close,
  label,
  className,
  children,
}: {
  close: () => void;
  label: string;
  className: string;
  children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={className}
      aria-label={label}
      onClose={close}
      onClick={(event) => event.target === event.currentTarget && event.currentTarget.close()}
    >
      {children}
    </dialog>
  );
}

/** All keys: those that work everywhere, and those of the view on the screen. */
export function KeySheet({ close }: { close: () => void }) {
  const current = useCurrentView();
  const on = useStore(singleKeys);
  return (
    <Dialog close={close} label={say("title")} className="sheet-keys">
      <header>
        <h2>{say("title")}</h2>
        <button type="button" className="btn ghost icon" aria-label={say("close")} onClick={close}>
          <X aria-hidden="true" />
        </button>
      </header>
      <div className="columns">
        <section>
          <h3>{say("everywhere")}</h3>
          <dl>
            <KeyRow keys={["⌘K", "/"]} does={say("find")} />
            {RAIL.map((view) => (
              <KeyRow
                key={view.name}
                keys={["G", view.rail!.letter.toUpperCase()]}
                does={say("go", { name: view.title })}
              />
            ))}
            <KeyRow keys={["1", "8"]} does={say("lens")} />
            <KeyRow keys={["[", "]"]} does={say("neighbours")} />
            <KeyRow keys={["L"]} does={say("log")} />
            <KeyRow keys={["P"]} does={say("pin")} />
            <KeyRow keys={["R"]} does={say("report")} />
            <KeyRow keys={["Z"]} does={say("undo")} />
            <KeyRow keys={["⌘."]} does={say("moment")} />
            <KeyRow keys={["?"]} does={say("sheet")} />
            <KeyRow keys={["Esc"]} does={say("up")} />
          </dl>
        </section>
        {current?.view.keys && (
          <section>
            <h3>{say("here")}</h3>
            <dl>
              {current.view.keys.map(({ keys, does }) => (
                <KeyRow key={does} keys={keys} does={does} />
              ))}
            </dl>
          </section>
        )}
      </div>
      <footer>
        <label>
          <input type="checkbox" checked={on} onChange={(event) => singleKeys.set(event.target.checked)} />{" "}
          {say("single")}
        </label>
        <p>{say("singleHelp")}</p>
      </footer>
    </Dialog>
  );
}

function KeyRow({ keys, does }: { keys: readonly string[]; does: string }) {
  return (
    <div>
      <dt>
        <Caps keys={keys} />
      </dt>
      <dd>{does}</dd>
    </div>
  );
}
