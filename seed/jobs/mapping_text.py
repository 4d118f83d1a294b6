"""Writes the mapping of an import job as the mapping file that `python -m seed load` would take."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from graph.import_targets import Target, constant, targets
from graph.models.properties import Kind
from graph.vocabulary import entity
from seed.jobs.guess import choices, date_format, number_notation, truth_codes
from seed.jobs.profile import Profile


@dataclass(frozen=True, slots=True)
class JobMapping:
    """The mapping of a job: its file, source and type, the column of the key, and the field of each mapped column."""

    file: str
    source: str
    target: str
    key: str
    fields: Mapping[str, str]
    currency: str


def mapping_text(mapping: JobMapping, found: Profile) -> str:
    """The text of the mapping file. Raises KeyError for an unknown type or field."""
    return "\n".join(_lines(mapping, found)) + "\n"


def _lines(mapping: JobMapping, found: Profile) -> Iterator[str]:
    values = {one.name: one.values for one in found.columns}
    known = targets(mapping.target)
    yield f"source = {_text(mapping.source)}"
    yield f"currency = {_text(mapping.currency)}"
    yield from ("", "[[nodes]]", *_file(mapping, found), f"label = {_text(mapping.target)}")
    yield from (f"key = {_text(mapping.key)}", "[nodes.fields]")
    used = set()
    for column, name in mapping.fields.items():
        target = known[name]
        if target.link is None:
            used.add(name)
            yield f"{name} = {_rule(column, target, values[column])}"
    for name, declared in entity(mapping.target).properties.items():
        if name not in used and (value := constant(declared)) is not None:
            yield f"{name} = {{ value = {_text(value)} }}"
    for column, name in mapping.fields.items():
        link = known[name].link
        if link is not None:
            yield from ("", "[[edges]]", *_file(mapping, found), f"type = {_text(link.edge)}")
            yield f'where = {{ {_text(column)} = {{ not = "" }} }}'
            yield f"from = {{ label = {_text(mapping.target)}, key = {_text(mapping.key)} }}"
            yield f"to = {{ label = {_text(link.targets[0])}, key = {_text(column)} }}"
            yield "[edges.fields]"
            for key, fixed in known[name].constants.items():
                yield f"{key} = {{ value = {_scalar(fixed)} }}"


def _file(mapping: JobMapping, found: Profile) -> Sequence[str]:
    header = ", ".join(_text(one.name) for one in found.columns)
    return (
        f"file = {_text(mapping.file)}",
        f"delimiter = {_text(found.delimiter)}",
        f"encoding = {_text(found.encoding)}",
        f"header = [{header}]",
        "skip = 1",
    )


def _rule(column: str, target: Target, values: Sequence[str]) -> str:
    assert target.declared is not None
    kind, options = target.declared.kind, [f"column = {_text(column)}"]
    codes: Mapping[str, str] = {}
    if kind in (Kind.INT, Kind.FLOAT, Kind.MONEY) and (number := number_notation(values)) is not None:
        options.append(f"number = {_text(number)}")
    elif kind in (Kind.DATE, Kind.DATETIME) and (form := date_format(values)) is not None:
        options.append(f"format = {_text(form)}")
    elif kind is Kind.TEXTS:
        options.append('split = ";"')
    elif kind is Kind.CHOICE:
        codes = choices(target)
        if (value := constant(target.declared)) is not None:
            options.append(f"default = {_text(value)}")
    elif kind is Kind.BOOL:
        codes = truth_codes(values)
    if codes:
        options.append(f"map = {{ {', '.join(f'{_text(key)} = {_text(value)}' for key, value in codes.items())} }}")
    return f"{{ {', '.join(options)} }}"


def _scalar(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else _text(str(getattr(value, "name", value)))


def _text(value: str) -> str:
    """A basic string of TOML, which is one of JSON where control characters are escaped."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
