"""A report schedule: a report that Kith makes again and again, and sends."""

from __future__ import annotations

from graph.models.choices import Described
from graph.models.formats import EMAIL_ADDRESS, REPORT_NAME, TIME_ZONE
from graph.models.properties import MAX_INDEXED_LENGTH, Bool, Choice, DateTime, Int, Text, Texts
from graph.models.record import Record


class ReportFormat(Described):
    """The format of a report."""

    PDF = "A document for paper."
    HTML = "A page for a browser, which needs no other file."
    XLSX = "A workbook with a sheet for each table."
    CSV = "The first table, as comma-separated values."
    JSON = "The figures, as the JSON schema of the report describes them."


class PaperSize(Described):
    """A size of paper."""

    A4 = "210 by 297 millimeters."
    LETTER = "8.5 by 11 inches."


class ReportRepetition(Described):
    """The repetition of a report."""

    DAY = "Every day."
    WEEKDAY = "Every day from Monday to Friday."
    WEEK = "Every week, on the weekday of the start."
    MONTH = "Every month, on the day of the start, or on the last day of a month that is shorter."


class ReportDelivery(Described):
    """The destination of a report."""

    FOLDER = "Into the folder of reports on the server (setting KITH_REPORTS)."
    EMAIL = "By email (setting KITH_SMTP_URL)."
    WEBHOOK = "To the webhook of the server (setting KITH_WEBHOOK_URL)."


class ReportRunStatus(Described):
    """The status of the last run of a schedule."""

    RUNNING = "The report is being made."
    DELIVERED = "The report was sent."
    RETRYING = "The run failed. It is repeated at `retryAt`."
    FAILED = "The run failed, also when it was repeated. The next one is at `nextRunAt`."


class ReportSchedule(Record):
    """A report that Kith makes again and again, and sends."""

    plural = "reportSchedules"
    importable = False

    name = Text("The display name.", required=True, index=True, search="title")
    report = Text(
        "The name of the report, as `/reports` lists it.", required=True, index=True, collated=False, format=REPORT_NAME
    )
    aboutId = Text(
        "The id of the record that the report is about; null for a report that can be about its reader.",
        title="About",
        index=True,
        collated=False,
    )
    format = Choice(ReportFormat, "The format.", required=True, initial=ReportFormat.PDF)
    paper = Choice(PaperSize, "The size of the paper of a PDF.", required=True, initial=PaperSize.A4)
    startsAt = DateTime(
        "When the report is made for the first time. It is repeated at the same time of day.",
        title="First run",
        required=True,
    )
    repeats = Choice(ReportRepetition, "How often the report is made.", title="Repeats", required=True)
    timeZone = Text(
        "The time zone in which the time of day stays the same, such as `Europe/Berlin`; UTC without one.",
        title="Time zone",
        collated=False,
        longest=MAX_INDEXED_LENGTH,
        format=TIME_ZONE,
    )
    delivery = Choice(ReportDelivery, "Where the report is sent.", title="Delivered to", required=True)
    recipients = Texts(
        "The email addresses that the report is sent to; without any, that of the user whom the schedule belongs to.",
        format=EMAIL_ADDRESS,
    )
    isPaused = Bool("True while the report is not made.", title="Paused")

    userId = Text(
        "The id of the user whom the schedule belongs to, who created it. The report contains what this user may read, "
        "and only this user can change the schedule.",
        title="For",
        writable=False,
        index=True,
        collated=False,
        record="User",
    )
    lastDueAt = DateTime("The time for which the report was last made, or tried.", title="Last due", writable=False)
    lastRunAt = DateTime("When the last run began.", title="Last run", writable=False)
    runStatus = Choice(
        ReportRunStatus, "The status of the last run; null before the first one.", title="Last result", writable=False
    )
    lastError = Text("Why the last run failed; null if it did not.", title="Last error", writable=False)
    lastDelivery = Text("Where the last report was sent.", title="Last delivered to", writable=False)
    failures = Int("How often the last run failed.", writable=False)
    retryAt = DateTime("When the last run is repeated; null if it is not.", title="Tries again", writable=False)
    run = Text("Changes whenever a process starts or ends a run.", writable=False, hidden=True, collated=False)
