import { FileText } from "lucide-react";
import { useKeys } from "../app/keys";
import { catalog, reportChoice, reportsAbout } from "../app/reports";
import { useStore, type Subject } from "../app/session";
import { words } from "../words/words";

const say = words("reports");

/** Offers the reports about a record, or those about the reader; without any it is not there. */
export function ReportButton({ subject, moment = "" }: { subject: Subject | null; moment?: string }) {
  const some = reportsAbout(useStore(catalog), subject).length > 0;
  const open = () => reportChoice.set({ subject, moment });
  useKeys(some ? { r: open } : {});
  if (!some) return null;
  return (
    <button
      type="button"
      className="btn ghost report"
      aria-label={say("button")}
      title={say("help")}
      aria-keyshortcuts="R"
      onClick={open}
    >
      <FileText aria-hidden="true" /> <span className="label">{say("button")}</span>
    </button>
  );
}
