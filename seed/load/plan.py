"""Plans a load: combines the tables of a mapping with the files of a folder, or reports all problems."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from graph.money import Rates
from seed.load.check import check, creates, needed, place_of, sentences
from seed.mapping.model import AnyTable, Complaint, Mapping, NodeTable, columns
from seed.mapping.parse import read
from seed.rows.files import Layout, layout
from seed.rows.row import Row, UnreadableError
from seed.rows.tables import TableReader, table_reader

_SHIPPED = resources.files("seed") / "mappings"


@dataclass(frozen=True, slots=True)
class Step:
    """One table with its reader and its file; `creates` is False if it only adds to existing nodes.

    `rows` reads the columns of the file where it is kept for several tables or passes.
    """

    reader: TableReader
    path: Path
    layout: Layout
    creates: bool
    rows: Callable[[Sequence[str]], Iterator[Row]] | None = None

    @property
    def table(self) -> AnyTable:
        """The table of the mapping."""
        return self.reader.table


@dataclass(frozen=True, slots=True)
class Plan:
    """A mapping and the steps that load a folder."""

    mapping: Mapping
    steps: tuple[Step, ...]


def shipped() -> tuple[str, ...]:
    """The names of the mappings that come with Kith."""
    return tuple(sorted(one.name.removesuffix(".toml") for one in _SHIPPED.iterdir() if one.name.endswith(".toml")))


def mapping_text(name: str) -> tuple[str, str]:
    """The name and the text of a mapping, given by path or shipped name. Raises UnreadableError."""
    path = Path(name)
    try:
        if name in shipped():
            return name, (_SHIPPED / f"{name}.toml").read_text("utf-8-sig")
        return path.stem, path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        known = ", ".join(shipped())
        text = f"The mapping {name!r} cannot be read: {error}. Give the path of a mapping file, or one of {known}."
        raise UnreadableError(text) from error


def read_mapping(name: str, rates: Rates) -> tuple[Mapping | None, list[Complaint]]:
    """Reads a mapping, given by path or shipped name, and checks it without its files."""
    try:
        known_as, text = mapping_text(name)
    except UnreadableError as error:
        return None, [Complaint(name, *sentences(error))]
    mapping, complaints = read(known_as, text)
    if mapping is None:
        return None, complaints
    return mapping, [*complaints, *(check(mapping, rates) if not complaints else _also(mapping, rates, complaints))]


def _also(mapping: Mapping, rates: Rates, already: list[Complaint]) -> list[Complaint]:
    """Checks a mapping whose structure has problems, and leaves out places that were reported already."""
    places = [one.place for one in already]
    found = check(mapping, rates)
    return [
        one for one in found if not any(place.startswith(one.place) or one.place.startswith(place) for place in places)
    ]


def build_plan(name: str, folder: Path, rates: Rates) -> tuple[Plan | None, list[Complaint]]:
    """Plans the load of a folder by a mapping; returns None and the complaints if it is not possible."""
    mapping, complaints = read_mapping(name, rates)
    if mapping is None:
        return None, complaints
    if not folder.is_dir():
        there = Complaint(str(folder), "It is not a folder.", "Give the folder that contains the files of the source.")
        return None, [*complaints, there]
    sound = not complaints
    steps = []
    for table in mapping.tables:
        found = _located(mapping, table, folder)
        if isinstance(found, Complaint):
            complaints.append(found)
            continue
        laid_out = _laid_out(mapping, table, found)
        if isinstance(laid_out, Complaint):
            complaints.append(laid_out)
            continue
        complaints.extend(needed(mapping, table, laid_out.columns))
        if sound and not complaints:
            makes = not isinstance(table, NodeTable) or creates(mapping, table)
            steps.append(Step(table_reader(table, mapping, laid_out, rates, creates=makes), found, laid_out, makes))
    distinct = list(dict.fromkeys(complaints))
    return (None, distinct) if distinct else (Plan(mapping, tuple(steps)), [])


def _located(mapping: Mapping, table: AnyTable, folder: Path) -> Path | Complaint:
    """Finds the file in the folder, or the only one of that name in a subfolder, plain or gzipped."""
    names = (table.file.name, f"{table.file.name}.gz")
    for name in names:
        if (folder / name).is_file():
            return folder / name
    below = sorted({path for name in names for path in folder.rglob(Path(name).name) if path.is_file()})
    if len(below) == 1:
        return below[0]
    place = place_of(mapping, table, "file")
    if below:
        listed = ", ".join(str(path.relative_to(folder)) for path in below)
        return Complaint(
            place, f"{table.file.name!r} was found more than once: {listed}.", "Include the folder in the name."
        )
    return Complaint(place, f"{table.file.name!r} was not found in {folder}.", "Check the folder and the name.")


def _laid_out(mapping: Mapping, table: AnyTable, path: Path) -> Layout | Complaint:
    try:
        return layout(path, table.file, columns(table))
    except UnreadableError as error:
        message, remedy = sentences(error)
        return Complaint(place_of(mapping, table, "file"), f"{table.file.name}: {message}", remedy)
