import { Store, type Subject } from "./session";
import { fetchSignedIn } from "./signIn";

/** A report as the server lists it. */
export interface Report {
  name: string;
  title: string;
  description: string;
  /** The type of the records that it is about. */
  about: string;
  /** Whether it needs a record; otherwise it can be about the reader. */
  aboutRequired: boolean;
  formats: readonly string[];
}

/** The reports of the server; empty until they are read. */
export const catalog = new Store<readonly Report[]>([]);

let reading = false;

/** Reads the list of reports, unless it is here. A page that is opened while the server is away reads it again later. */
export async function readCatalog(): Promise<void> {
  if (reading || catalog.get().length > 0) return;
  reading = true;
  try {
    const response = await fetchSignedIn(new URL("reports", document.baseURI), {
      headers: { accept: "application/json" },
    });
    if (response.ok) catalog.set(((await response.json()) as { reports: Report[] }).reports);
  } catch {
    // The page tells that the server is away.
  } finally {
    reading = false;
  }
}

/** The reports about a record, or those that are about the reader. */
export function reportsAbout(reports: readonly Report[], subject: Subject | null): readonly Report[] {
  return reports.filter(({ about, aboutRequired }) => (subject ? about === subject.type : !aboutRequired));
}

/** The address of a report in a format, as of a day; an empty one means now. */
export function reportUrl(report: Report, format: string, subject: Subject | null, moment: string): string {
  const url = new URL(`reports/${report.name}.${format}`, document.baseURI);
  if (subject) url.searchParams.set("about", subject.id);
  if (moment) url.searchParams.set("as-of", moment);
  return url.href;
}

/** The choice of a report and its format: about which record, as of which day, and the report that is offered first. */
export interface ReportChoice {
  subject: Subject | null;
  moment: string;
  first?: string;
}

/** The choice that is open. */
export const reportChoice = new Store<ReportChoice | null>(null);
