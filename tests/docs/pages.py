"""What the pages of the docs hold: examples, commands and links."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_INDENTED = re.compile(r"^    (\S.*)$", re.MULTILINE)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_SHELLS = {"sh", "console", "bash", "shell"}
# A bare `python -m seed` in a sentence names the program, not a command.
_CALLS = re.compile(r"(?:[A-Z][A-Z0-9_]*=\S+ )*(make [a-z]|python -m (?!(?:seed|graph|reports)$)\S+)")


@dataclass(frozen=True)
class Example:
    """A GraphQL block of a page, and the variables in the JSON block right after it."""

    page: str
    text: str
    variables: dict[str, Any] | None

    @property
    def changes(self) -> bool:
        """Whether it is a mutation."""
        return self.text.lstrip().startswith("mutation")

    def __str__(self) -> str:
        named = re.search(r"(?:query|mutation) (\w+)", self.text)
        return f"{self.page}: {named[1] if named else 'unnamed'}"


@dataclass(frozen=True)
class Command:
    """A command line that a page shows."""

    page: str
    line: str

    def __str__(self) -> str:
        return f"{self.page}: {self.line}"


def name(page: Path) -> str:
    """The page's path within the repository."""
    return page.relative_to(ROOT).as_posix()


def examples() -> Iterator[Example]:
    """Every GraphQL block of the docs."""
    for page in PAGES:
        blocks = list(_FENCE.finditer(page.read_text(encoding="utf-8")))
        for at, block in enumerate(blocks):
            if block[1] == "graphql":
                after = blocks[at + 1] if at + 1 < len(blocks) and blocks[at + 1][1] == "json" else None
                yield Example(name(page), block[2], json.loads(after[2]) if after else None)


def commands() -> Iterator[Command]:
    """Every command of the docs: in shell blocks whatever stands there, elsewhere what calls make or a room."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        found: list[str] = []
        for kind, block in _FENCE.findall(text):
            if kind in _SHELLS:
                found += _lines(block)
        prose = _FENCE.sub("", text)
        found += [line for line in map(_bare, _INDENTED.findall(prose)) if _CALLS.match(line)]
        found += [line for line in map(_bare, _SPAN.findall(prose)) if _CALLS.match(line)]
        yield from (Command(name(page), line) for line in dict.fromkeys(found))


def links() -> Iterator[tuple[Path, str]]:
    """Every link of a page to something in the repository, and the page it is on."""
    for page in PAGES:
        prose = _SPAN.sub("", _FENCE.sub("", page.read_text(encoding="utf-8")))
        for target in _LINK.findall(prose):
            if "://" not in target:
                yield page, target


def _lines(block: str) -> Iterator[str]:
    joined = block.replace("\\\n", " ")
    for line in joined.splitlines():
        if bare := _bare(line):
            yield bare


def _bare(line: str) -> str:
    """A command without its prompt and comment."""
    return re.sub(r"(^|\s+)#\s.*$", "", line.strip().removeprefix("$ ")).strip()
