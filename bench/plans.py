"""Finds costly steps in the plans of statements: scans, repeated expansions, sorts, and values without use.

A small world hides them, so they are looked for on the medium one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from graph import indexes

# A step that reads fewer rows is cheap, whatever it reads them from.
FEW = 1_000
# An expansion with fewer rows may be repeated.
SOME = 100

Plan = Mapping[str, Any]
Path = tuple[str, ...]

_NODE = re.compile(r"\b(?P<variable>\w+):(?P<label>[\w|]+)(?:\((?P<property>\w+)\))?")
_STEP = re.compile(r"\((\w+)\)(<?-)\[\w*:?([\w|]*)(\*?)[\d.]*\](->?)\((\w+)\)")
_ALIAS = re.compile(r"(?:collect(?:_distinct)?\()?\[?(\w+)\]?\)? AS (\w+)$")
_LIMITED = re.compile(r"WITH (.+) ORDER BY (.+) LIMIT")
_FREE = re.compile(r"\{\}|\w+\[\d\]")


def findings(text: str, plan: Plan) -> set[str]:
    """Returns the costly steps of a statement, each by its kind and what it reads."""
    return {*_reads(plan), *_sorts(plan), *_repeated(plan), *_carried(text), *_unused(text)}


def declared(query: str) -> dict[str, str]:
    """Returns the steps that a golden query allows, with the reason for each: lines `# plan: step: reason`."""
    lines = re.findall(r"^# plan: (.+?): (.+)$", query, re.MULTILINE)
    return dict(lines)


def _name(step: Plan) -> str:
    return str(step["operatorType"]).partition("@")[0]


def _details(step: Plan) -> str:
    return str(step.get("args", {}).get("Details", ""))


def _rows(step: Plan) -> int:
    return int(step.get("args", {}).get("Rows", 0))


def _steps(plan: Plan) -> Iterator[Plan]:
    yield plan
    for child in plan.get("children", ()):
        yield from _steps(child)


def _reads(plan: Plan) -> Iterator[str]:
    """Yields scans of a label or type, and ranges of an index with many rows."""
    for step in _steps(plan):
        name, found = _name(step), _NODE.search(_details(step))
        if name.endswith("Scan") and "Index" not in name:
            yield f"scan {found['label'] if found else 'everything'}"
        elif name.endswith(("IndexScan", "SeekByRange", "ContainsScan", "EndsWithScan")) and _rows(step) > FEW:
            assert found is not None
            yield f"read {found['label']}({found['property']})"
        elif name == "Union" and len({*_starts(step)}) == 1 and None not in _starts(step):
            yield f"union {next(_starts(step))}"


def _starts(step: Plan) -> Iterator[str | None]:
    """Yields the label and property of each index range that a step starts from, None for another start."""
    for leaf in _steps(step):
        if not leaf.get("children"):
            found = _NODE.search(_details(leaf)) if _name(leaf).endswith(("IndexScan", "SeekByRange")) else None
            yield f"{found['label']}({found['property']})" if found else None


def _sorts(plan: Plan) -> Iterator[str]:
    """Yields sorts by a property that has an index, of records that no relationship leads to."""
    indexed = {(label, one.properties[0]) for one in indexes.definitions() for label in one.labels}
    for step in _steps(plan):
        key = re.match(r"`?(\w+)\.(\w+)`? (?:ASC|DESC)", _details(step))
        if _name(step) not in ("Sort", "Top") or key is None:
            continue
        for leaf in _steps(step):
            found = None if leaf.get("children") else _NODE.search(_details(leaf))
            if found and found["variable"] == key[1] and (found["label"], key[2]) in indexed:
                yield f"sort {found['label']}({key[2]})"


def _repeated(plan: Plan) -> Iterator[str]:
    """Yields the relationships that are followed twice from the same records."""
    followed: Counter[Path] = Counter()
    _follow(plan, {}, followed)
    for path, times in followed.items():
        if times > 1:
            yield f"repeat {path[-1].partition(' ')[0]}"


def _follow(step: Plan, known: Mapping[str, Path], followed: Counter[Path]) -> dict[str, Path]:
    """Returns the path to each variable of a step, and counts the paths that are followed."""
    paths = dict(known)
    for child in step.get("children", ()):
        paths |= _follow(child, paths if "Apply" in _name(step) else known, followed)
    details = _details(step)
    if not step.get("children"):
        for found in _NODE.finditer(details):
            paths[found["variable"]] = (re.sub(rf"\b{found['variable']}\b", "", details).partition(", cache")[0],)
    elif "Expand(All)" in _name(step) or _name(step).startswith("VarLengthExpand"):
        for one, left, types, times, right, other in _STEP.findall(details):
            start, end, arrow = (one, other, left + right) if one in paths else (other, one, right[::-1] + left[::-1])
            path = paths.get(start, (start,))
            taken = f"{types} {'in' if '<' in arrow else 'out'}"
            if times:
                # The records below a child are some of those below its parent.
                while path[-1].rstrip("*") == taken:
                    path = path[:-1]
            conditions = re.sub(r"\b[a-z]\w*\.|anon_\d+", "", details.partition(" WHERE ")[2])
            rules = sorted(one.strip() for one in conditions.split(" AND "))
            paths[end] = (*path, taken + times)
            if times or _rows(step) >= SOME:
                followed[(*path, f"{taken}{times} {' '.join(rules)}")] += 1
    for item in re.split(r", (?![^(\[{]*[)\]}])", details):
        alias = _ALIAS.match(item.strip())
        if alias and alias[1] in paths:
            paths[alias[2]] = paths[alias[1]]
    return paths


def _carried(text: str) -> Iterator[str]:
    """Yields the values that are read for every row before a limit, although the order does not need them."""
    lines = text.split("\n")
    for at, line in enumerate(lines):
        limited = _LIMITED.search(line)
        if limited is None:
            continue
        for variable in re.findall(r"\w+", limited[1]):
            used = re.compile(rf"\b{variable}\b")
            before = [one for one in lines[:at] if f" AS {variable}" in one]
            value = before[-1].partition(f" AS {variable}")[0] if before else ""
            inside = [one for one in lines[lines.index(before[-1]) + 1 : at] if used.search(one)] if before else []
            read = re.findall(r"\b[a-z]\w*\.(\w+)", re.split(r" AS \w+, ", value)[-1])
            if read and not used.search(limited[2]) and not any("WHERE" in one for one in inside):
                yield f"carry {read[-1]}"


def _unused(text: str) -> Iterator[str]:
    """Yields the values that are computed and not used."""
    lines = text.split("\n")
    for at, line in enumerate(lines):
        block = _block(lines, at)
        for value, name in re.findall(r"(\S+) AS (\w+)", line):
            rest = line.rpartition(f" AS {name}")[2] + block
            if name != "answer" and not _FREE.fullmatch(value) and not re.search(rf"\b{name}\b", rest):
                yield f"unused {name}"
        for keys, name in re.findall(r"\{([^{}]+)\} AS (e\d+)", line):
            for key in re.findall(r"(?:^|, )(\w+): ", keys):
                if not re.search(rf"\b{name}\.`?{key}\b", block):
                    yield f"unused {key}"


def _block(lines: list[str], at: int) -> str:
    """Returns the lines after one, as far as its values are known: to the end of its subquery, or of the one around."""
    depth = int(lines[at].lstrip().startswith("RETURN "))
    inside = []
    for line in lines[at + 1 :]:
        depth += line.endswith("{") - line.lstrip().startswith("}")
        if depth < 0:
            break
        inside.append(line)
    return "\n".join(inside)
