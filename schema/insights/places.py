"""Records inside answers that Python makes: found in the selection, fetched at once, handed out by where they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import strawberry
from graphql import FieldNode, GraphQLResolveInfo

from schema.planning.selection_builder import SelectionBuilder

Path = tuple[tuple[str, str], ...]


def occurrences(
    selection_builder: SelectionBuilder, nodes: Sequence[FieldNode], path: Path
) -> dict[str, list[FieldNode]]:
    """Where a path of (type, field) is selected below these nodes: keys joined by dots, and nodes."""
    found: dict[str, list[FieldNode]] = {"": list(nodes)}
    for type_name, field_name in path:
        deeper: dict[str, list[FieldNode]] = {}
        for place, here in found.items():
            for key, same in selection_builder.collected(here, type_name).items():
                if same[0].name.value == field_name:
                    deeper[f"{place}.{key}" if place else key] = same
        found = deeper
    return found


def raw(info: strawberry.Info) -> GraphQLResolveInfo[Any]:
    """What graphql-core tells a resolver; strawberry keeps it to itself."""
    return info._raw_info  # noqa: SLF001


def place(info: GraphQLResolveInfo[Any], depth: int) -> str:
    """Where a field stands: the last `depth` keys on its path, joined by dots."""
    keys = [step for step in info.path.as_list() if isinstance(step, str)]
    return ".".join(keys[-depth:])


def handed(shown: Mapping[str, Any], info: strawberry.Info, depth: int) -> Any:
    """The record fetched for the place a field stands at."""
    return shown[place(raw(info), depth)]
