import { useCallback, useState } from "react";
import { useLocation } from "wouter";
import { words } from "../words/words";
import { ToastHost } from "../parts/Toast";
import { DialogHost } from "./DialogHost";
import { useKeys } from "./keys";
import { KeySheet } from "./KeySheet";
import { CurrentViewContext } from "./lens";
import { Palette } from "./Palette";
import { Rail } from "./Rail";
import { ReportDialog } from "./ReportDialog";
import { reportChoice } from "./reports";
import { useStore } from "./session";
import { RAIL, viewAt } from "./views";
import { ViewHost } from "./ViewHost";

const say = words("frame");

/** The whole page: the rail, the view of the address, and what lies over them. */
export function App() {
  const [path, navigate] = useLocation();
  const [open, setOpen] = useState<"palette" | "keys" | null>(null);
  const choice = useStore(reportChoice);
  const current = viewAt(path);
  const close = useCallback(() => setOpen(null), []);
  const find = useCallback(() => setOpen("palette"), []);
  const showKeys = useCallback(() => setOpen("keys"), []);

  useKeys({
    "$mod+k": find,
    "/": find,
    "?": showKeys,
    "Shift+?": showKeys,
    ...Object.fromEntries(RAIL.map((view) => [`g ${view.rail!.letter}`, () => navigate(view.address)])),
  });

  return (
    <CurrentViewContext value={current}>
      <button type="button" className="skip" onClick={() => document.querySelector("main")?.focus()}>
        {say("skip")}
      </button>
      <div className="frame">
        <Rail area={current?.view.area ?? ""} find={find} showKeys={showKeys} />
        <ViewHost current={current} />
      </div>
      <ToastHost />
      <DialogHost />
      {open === "palette" && <Palette close={close} />}
      {choice && <ReportDialog choice={choice} close={() => reportChoice.set(null)} />}
      {open === "keys" && <KeySheet close={close} />}
    </CurrentViewContext>
  );
}
