"""The digests of events: they differ exactly when the content differs."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from graph.event_chain.digests import digest_of_changes, hash_of_event

VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(), st.dates(),
    st.datetimes(timezones=st.just(UTC)), st.lists(st.text()),
)  # fmt: skip
PROPERTIES = st.dictionaries(st.text(), VALUES, max_size=4)
CHANGES = st.lists(st.tuples(st.text(), PROPERTIES), max_size=4)


@given(CHANGES, st.randoms())
def test_the_order_of_changes_does_not_matter(changes: list[tuple[str, dict[str, object]]], random: object) -> None:
    shuffled = list(changes)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert digest_of_changes(shuffled) == digest_of_changes(changes)


@given(PROPERTIES, PROPERTIES)
def test_other_properties_have_another_hash(one: dict[str, object], other: dict[str, object]) -> None:
    one.pop("hash", None)
    other.pop("hash", None)
    same = {name: (type(value), repr(value)) for name, value in one.items()} == {
        name: (type(value), repr(value)) for name, value in other.items()
    }
    assert (hash_of_event("", one) == hash_of_event("", other)) is same


def test_values_of_different_types_differ_and_the_hash_before_counts() -> None:
    values = [1, 1.0, "1", True, date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01", ["1"], None]
    assert len({hash_of_event("", {"value": value}) for value in values}) == len(values)
    assert hash_of_event("a", {}) != hash_of_event("b", {})
    assert hash_of_event("a", {"hash": "x"}) == hash_of_event("a", {})
