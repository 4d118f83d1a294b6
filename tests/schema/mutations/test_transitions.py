"""Every state of every entity with transitions, times every transition: allowed with the right target, or CONFLICT."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

import pytest

from graph.mutations.declarations import MUTATIONS
from graph.mutations.transitions import Step, Transition
from graph.vocabulary import entity
from tests.schema.mutations.examples import record, required
from tests.schema.mutations.stage import Stage

TRANSITIONS = [one for one in MUTATIONS.values() if isinstance(one, Transition)]
States = Mapping[str, str]


def states(label: str) -> Iterator[States]:
    """Every combination of the states of an entity."""
    own = [one for one in TRANSITIONS if one.label == label]
    keys = sorted({key for one in own for key in (one.state, *one.when)})
    members = []
    for key in keys:
        choices = entity(label).properties[key].members
        assert choices is not None
        members.append([member.name for member in choices])
    for found in itertools.product(*members):
        yield dict(zip(keys, found, strict=True))


def target(transition: Transition, before: States) -> str | None:
    """The state after a transition; None when it is not allowed."""
    if any(before[key] not in allowed for key, allowed in transition.when.items()):
        return None
    if transition.sources and before[transition.state] not in transition.sources:
        return None
    if isinstance(transition.target, Step):
        place = transition.members.index(before[transition.state]) + transition.target.by
        return transition.members[place] if 0 <= place < len(transition.members) else None
    return transition.target


CASES = [(one, before) for one in TRANSITIONS for before in states(one.label)]


@pytest.mark.parametrize(
    ("transition", "before"), CASES, ids=[f"{one.name}-{'-'.join(before.values())}" for one, before in CASES]
)
async def test_a_transition_is_allowed_from_its_sources_only(
    stage: Stage, transition: Transition, before: States
) -> None:
    uid = await record(stage, transition.label, **before)
    given = {transition.subject: uid, **await required(stage, transition)}
    wanted = target(transition, before)
    if wanted is None:
        assert await stage.refuse(transition.name, given) == "CONFLICT"
        return
    await stage.do(transition.name, given)
    stored = await stage.stored(uid)
    assert stored[transition.state] == wanted
    assert {key: stored[key] for key in transition.sets} == dict(transition.sets)
    assert not set(transition.clears) & stored.keys()
    mutation, changes = await stage.last(uid)
    assert mutation == transition.name
    moved = (before[transition.state], wanted)
    assert changes.get(transition.state, (wanted, wanted)) == moved


def test_an_entity_with_transitions_has_every_state_in_the_matrix() -> None:
    assert len(CASES) > len(TRANSITIONS)
    assert {one.name for one, _ in CASES} == {one.name for one in TRANSITIONS}
