"""The registry of formats."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from graph.errors import Invalid
from reports.execution import Result

PAPERS = ("a4", "letter")


@dataclass(frozen=True, slots=True)
class Options:
    """The choices of a reader: the size of paper of a PDF, and the table of a CSV."""

    paper: str = "a4"
    table: str | None = None

    def __post_init__(self) -> None:
        if self.paper not in PAPERS:
            raise Invalid(f"`paper` must be a4 or letter; got {self.paper[:20]!r}.", remedy="Correct it, or omit it.")


Write = Callable[[Result, Options], bytes]


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name, which is also the suffix of a file, its media type, and the function that writes it."""

    name: str
    media_type: str
    write: Write
    attachment: bool
    order: int


FORMATS: dict[str, Format] = {}


def report_format(name: str, media_type: str, *, order: int, attachment: bool = False) -> Callable[[Write], Write]:
    """Registers a function as a format; `order` is its place in lists. A browser saves an attachment."""

    def register(write: Write) -> Write:
        FORMATS[name] = Format(name, media_type, write, attachment, order)
        for key in sorted(FORMATS, key=lambda one: FORMATS[one].order):
            FORMATS[key] = FORMATS.pop(key)
        return write

    return register


def find(name: str) -> Format:
    """Returns a format. Raises Invalid for an unknown name."""
    if name not in FORMATS:
        raise Invalid(
            f"`format` must be one of {', '.join(FORMATS)}; got {name[:20]!r}.", remedy="Use one of these formats."
        )
    return FORMATS[name]


def file_name(result: Result, suffix: str) -> str:
    """Returns the name of a file with a report: the report and the date, never a name from the data."""
    return f"{result.report.name}-{result.moment:%Y-%m-%d}.{suffix}"
