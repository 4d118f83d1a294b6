"""Trusted documents: the operations that callers may send when the server accepts only registered ones."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Self

from graphql import (
    DefinitionNode,
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    Visitor,
    parse,
    print_ast,
    visit,
)

from graph.bounded_cache import BoundedCache
from graph.errors import Invalid, KithError
from schema.build import build
from schema.documents import parsed
from schema.limits import DocumentLimits

FILE = "documents.json"
"""The file in the data folder that registered documents are kept in, by their ids."""

_PREFIX = "sha256:"
_CACHE_BYTES = 8 * 1024 * 1024


class NotRegistered(KithError):
    """The document is not registered, and the server accepts registered ones only."""

    code = "DOCUMENT_NOT_REGISTERED"


def document_id(text: str) -> str:
    """Returns the id of a document: the SHA-256 of its text in hexadecimal digits.

    >>> document_id("{ __typename }")[:8]
    '7f56e67d'
    """
    return hashlib.sha256(text.encode()).hexdigest()


class TrustedDocuments:
    """Registered documents by id; a text is also found if only its layout differs."""

    def __init__(self, documents: Mapping[str, str], limits: DocumentLimits) -> None:
        self._documents = dict(documents)
        self._limits = limits
        self._canonical = {document_id(_canonical(parse(text))) for text in documents.values()}
        self._accepted: BoundedCache[str, bool] = BoundedCache(_CACHE_BYTES)

    @classmethod
    def read(cls, file: Path, sources: Iterable[Path], limits: DocumentLimits) -> Self:
        """Reads the registered documents, and registers those of further folders. Raises Invalid."""
        documents = stored(file)
        for folder in sources:
            documents |= documents_of(folder, limits)
        return cls(documents, limits)

    def text(self, query: str | None, uid: str | None) -> str:
        """Returns the text of a request, by its id if it has none. Raises NotRegistered."""
        if query is None:
            known = self._documents.get((uid or "").removeprefix(_PREFIX))
            if known is None:
                raise _not_registered(f"No document with the id {(uid or '')[:80]!r} is registered.")
            return known
        if self._accepted.get(query) is None:
            if not self._is_registered(query):
                raise _not_registered("The document is not registered, and this server accepts registered ones only.")
            self._accepted.put(query, True, len(query))
        return query

    def _is_registered(self, query: str) -> bool:
        if document_id(query) in self._documents:
            return True
        if len(query) > self._limits.characters:
            return False
        try:
            document = parse(query, no_location=True, max_tokens=self._limits.tokens)
        except GraphQLError:
            return False
        return document_id(_canonical(document)) in self._canonical


def _not_registered(message: str) -> NotRegistered:
    return NotRegistered(
        message,
        remedy="Send a registered operation, or ask an administrator to register yours with "
        "`python -m schema documents FOLDER`.",
        field="query",
    )


def stored(file: Path) -> dict[str, str]:
    """Returns the documents in a file by id; none without a file. Raises Invalid."""
    try:
        documents: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise Invalid(f"{file} is not JSON: {error}.", remedy="Delete it, and register the documents again.") from error
    return documents


def documents_of(folder: Path, limits: DocumentLimits) -> dict[str, str]:
    """Returns each operation in the `.graphql` files below a folder with the fragments that it needs, by id.

    Fragments may be in other files. Raises Invalid for a file that cannot be parsed, a name that is used twice, and
    an operation that is not valid.
    """
    found: dict[tuple[type[DefinitionNode], str], DefinitionNode] = {}
    for path in sorted(folder.rglob("*.graphql")):
        for one in _definitions(path):
            key = type(one), one.name.value if one.name is not None else ""
            if key in found:
                raise Invalid(
                    f"{path} has a second `{key[1]}`.", remedy="Give each operation and fragment its own name."
                )
            found[key] = one
    documents = {}
    for (_, name), definition in found.items():
        if not isinstance(definition, OperationDefinitionNode):
            continue
        document = DocumentNode(definitions=(definition, *_fragments(definition, found)))
        text = _canonical(document)
        errors = parsed(text, build()[1], limits).errors
        if errors:
            raise Invalid(f"The operation `{name}` is not valid: {errors[0]['message']}", remedy="Correct it.")
        documents[document_id(text)] = text
    return documents


def _definitions(path: Path) -> Iterator[OperationDefinitionNode | FragmentDefinitionNode]:
    try:
        document = parse(path.read_text(encoding="utf-8"), no_location=True)
    except (GraphQLError, UnicodeDecodeError) as error:
        raise Invalid(f"{path} cannot be parsed: {error}", remedy="Correct the file.") from error
    for one in document.definitions:
        if not isinstance(one, OperationDefinitionNode | FragmentDefinitionNode):
            raise Invalid(f"{path} has a {one.kind}.", remedy="Register operations and fragments only.")
        yield one


class _Spreads(Visitor):
    """Collects the fragments that a definition spreads, directly and indirectly."""

    def __init__(self, known: Mapping[tuple[type[DefinitionNode], str], DefinitionNode]) -> None:
        super().__init__()
        self._known = known
        self.found: dict[str, DefinitionNode] = {}

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: object) -> None:
        """Adds the fragment of a spread; an unknown one is left to the validation."""
        name = node.name.value
        one = self._known.get((FragmentDefinitionNode, name))
        if one is not None and name not in self.found:
            self.found[name] = one
            visit(one, self)


def _fragments(
    one: DefinitionNode, known: Mapping[tuple[type[DefinitionNode], str], DefinitionNode]
) -> tuple[DefinitionNode, ...]:
    spreads = _Spreads(known)
    visit(one, spreads)
    return tuple(spreads.found.values())


def _canonical(document: DocumentNode) -> str:
    """The text of a document in one layout, its fragments in the order of their names."""
    return "\n\n".join(
        sorted(map(print_ast, document.definitions), key=lambda text: (text.startswith("fragment"), text))
    )


def register(folder: Path, file: Path, limits: DocumentLimits) -> tuple[int, int]:
    """Registers the operations of a folder in a file; returns how many it has, and how many are registered then."""
    documents = documents_of(folder, limits)
    every = stored(file) | documents
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_suffix(".new")
    new.write_text(json.dumps(every, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    new.replace(file)
    return len(documents), len(every)
