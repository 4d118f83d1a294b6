import { useEffect, useRef } from "react";
import { FileDown, X } from "lucide-react";
import { fullDay } from "../words/format";
import { words } from "../words/words";
import { Dialog } from "./KeySheet";
import { catalog, reportsAbout, reportUrl, type ReportChoice } from "./reports";
import { useStore } from "./session";

const say = words("reports");

/** The reports about a record in all formats; each opens in a tab of its own or is saved. */
export function ReportDialog({ choice, close }: { choice: ReportChoice; close: () => void }) {
  const { subject, moment } = choice;
  const reports = reportsAbout(useStore(catalog), subject);
  const first = choice.first ?? reports[0]?.name;
  const chosen = useRef<HTMLAnchorElement>(null);
  useEffect(() => chosen.current?.focus(), []);
  const title = subject ? say("about", { name: subject.name }) : say("aboutYou");
  return (
    <Dialog close={close} label={title} className="report-dialog">
      <header>
        <h2>{title}</h2>
        <button type="button" className="btn ghost icon" aria-label={say("close")} onClick={close}>
          <X aria-hidden="true" />
        </button>
      </header>
      <ul>
        {reports.map((report) => (
          <li key={report.name}>
            <h3>{report.title}</h3>
            <p className="dim">{report.description}</p>
            <p className="formats">
              {report.formats.map((format, index) => (
                <a
                  key={format}
                  className="btn"
                  href={reportUrl(report, format, subject, moment)}
                  target="_blank"
                  rel="noopener"
                  ref={report.name === first && index === 0 ? chosen : undefined}
                  aria-label={say("as", { report: report.title, format: format.toUpperCase() })}
                >
                  {index === 0 ? null : <FileDown aria-hidden="true" />} {format.toUpperCase()}
                </a>
              ))}
            </p>
          </li>
        ))}
      </ul>
      <footer className="dim">{moment ? say("asOf", { day: fullDay(moment) }) : say("asOfNow")}</footer>
    </Dialog>
  );
}
