"""The reference of the mutations, generated: `python -m schema.mutations.reference > docs/reference/mutations.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from graph.mutations.bulk import BULK
from graph.mutations.declarations import MUTATIONS, Mutation
from graph.mutations.edges import EdgeMutation
from graph.mutations.frame import guards
from graph.mutations.reasons import MISSING, REASONS, UNSEEN
from graph.mutations.records import Create, Update
from graph.mutations.relationships import RelationshipMutation
from graph.mutations.transitions import Step, Transition
from graph.query.access_shape import AccessShape
from graph.query.builder import CypherBuilder
from graph.vocabulary import entity
from schema.mutations.imports import IMPORTS

_HEAD = """# Mutations

Generated from the declarations in `graph/mutations/`; a test checks that it is current. To update it, run
`python -m schema.mutations.reference > docs/reference/mutations.md`. [mutations.md](../mutations.md) explains which
mutation to use, and what all mutations have in common.
"""


def reference() -> str:
    """The page."""
    return "\n".join([_HEAD, *_table(), *_bulk(), *_imports(), *_diagrams(), *_reasons()])


def _table() -> Iterator[str]:
    yield "| mutation | kind | record | change | may be refused as |"
    yield "|---|---|---|---|---|"
    for name in sorted(MUTATIONS):
        one = MUTATIONS[name]
        found = dict.fromkeys(f"`{guard.reason.name}`" for guard in guards(one, CypherBuilder(AccessShape(()))))
        yield f"| `{name}` | {_kind(one)} | {one.label} | {_change(one)} | {', '.join(found)} |"
    yield ""


def _kind(one: Mutation) -> str:
    return "edge" if isinstance(one, EdgeMutation | RelationshipMutation) else type(one).__name__.lower()


def _change(one: Mutation) -> str:
    if isinstance(one, Transition):
        sources = ", ".join(one.sources) or "any"
        target = one.target if isinstance(one.target, str) else ("next" if one.target.by > 0 else "previous")
        when = "".join(f", while `{key}` is {' or '.join(states)}" for key, states in one.when.items())
        return f"`{one.state}`: {sources} → {target}{when}"
    if isinstance(one, EdgeMutation):
        return f"{one.mode}s {' or '.join(f'`{edge.type}`' for edge in one.edges)}"
    if isinstance(one, RelationshipMutation):
        return f"{one.mode}s `{one.type}`"
    return "new record" if one.creates else "the fields that are sent" if isinstance(one, Update) else "several records"


def _bulk() -> Iterator[str]:
    yield "## Many records\n"
    yield "| mutation | for each record |"
    yield "|---|---|"
    yield from (f"| `{name}` | `{BULK[name].each.name}` |" for name in sorted(BULK))
    yield ""


def _imports() -> Iterator[str]:
    yield "## Import jobs\n"
    yield "| mutation | effect |"
    yield "|---|---|"
    yield from (f"| `{name}` | {IMPORTS[name].description} |" for name in sorted(IMPORTS))
    yield ""


def _diagrams() -> Iterator[str]:
    transitions = [one for one in MUTATIONS.values() if isinstance(one, Transition)]
    for label, state in sorted({(one.label, one.state) for one in transitions}):
        yield f"## `{label}.{state}`\n\n```mermaid\nstateDiagram-v2"
        initial = entity(label).properties[state].initial
        created = [one for one in MUTATIONS.values() if isinstance(one, Create) and one.label == label]
        yield from (f"    [*] --> {initial} : {one.name}" for one in created if initial is not None)
        for one in transitions:
            if (one.label, one.state) == (label, state):
                yield from (f"    {source} --> {target} : {one.name}" for source, target in _moves(one))
        yield "```\n"


def _moves(one: Transition) -> Iterator[tuple[str, str]]:
    members = one.members
    for place, source in enumerate(members):
        if isinstance(one.target, Step):
            if 0 <= place + one.target.by < len(members):
                yield source, members[place + one.target.by]
        elif not one.sources or source in one.sources:
            yield source, one.target


def _reasons() -> Iterator[str]:
    yield "## Refusals\n"
    yield f"Every mutation may also be refused as `{MISSING.name}` and `{UNSEEN.name}`.\n"
    yield "| reason | code | message | remedy |"
    yield "|---|---|---|---|"
    for name in sorted(REASONS):
        one = REASONS[name]
        yield f"| `{name}` | `{one.error.code}` | {one.message} | {one.remedy} |"


if __name__ == "__main__":
    sys.stdout.write(reference() + "\n")
