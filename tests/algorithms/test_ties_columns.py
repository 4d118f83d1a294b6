"""The fast ties are the same ties."""

from __future__ import annotations

import random
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.interactions import Activity, Kind, Participant, Weights
from algorithms.moment import DAY
from algorithms.strength import Sums, strength
from algorithms.ties import from_activities
from algorithms.ties_columns import KnowsColumns, knows_from_columns, scores_from_columns

UIDS = ["u2", "c3", "u1", "c1", "c2"]
OURS = [uid.startswith("u") for uid in UIDS]

happenings = st.lists(
    st.tuples(
        st.sampled_from([*Kind, "TASK"]),
        st.floats(0.0, 2_000 * DAY),
        st.lists(
            st.tuples(
                st.integers(0, 4), st.sampled_from(["FROM", "TO", "CC", "BCC", "REQUIRED", "ORGANIZER", "OWNER"])
            ),
            max_size=7,
        ),
    ),
    max_size=25,
)


def told(ties: KnowsColumns, uids: list[str]) -> dict[tuple[str, str], Sums]:
    return {
        (uids[ties.source[at]], uids[ties.target[at]]): Sums(
            float(ties.both[at]),
            float(ties.inbound[at]),
            float(ties.outbound[at]),
            int(ties.meetings[at]),
            int(ties.calls[at]),
            int(ties.in_count[at]),
            int(ties.out_count[at]),
            float(ties.first_at[at]),
            float(ties.last_at[at]),
            float(ties.last_at[at]),
        )
        for at in range(len(ties))
    }


def columns(happened: list[tuple[str, float, list[tuple[int, str]]]], **more: float | Weights) -> KnowsColumns:
    rows = [(at, who, role) for at, (_, _, parts) in enumerate(happened) for who, role in parts]
    random.Random(len(rows)).shuffle(rows)
    return knows_from_columns(
        [kind for kind, _, _ in happened],
        [at for _, at, _ in happened],
        [row[0] for row in rows],
        [row[1] for row in rows],
        [row[2] for row in rows],
        UIDS,
        OURS,
        **more,  # type: ignore[arg-type]
    )


@given(happenings, st.floats(1.0, 400.0))
def test_columns_give_the_ties_that_activities_give(
    happened: list[tuple[str, float, list[tuple[int, str]]]], half_life: float
) -> None:
    weights = Weights(meeting=4.0)
    activities = [
        Activity(Kind(kind), at, tuple(Participant(UIDS[who], role, OURS[who]) for who, role in parts))
        for kind, at, parts in happened
        if kind != "TASK"
    ]
    slow = from_activities(activities, half_life, weights)
    fast = told(columns(happened, half_life_days=half_life, weights=weights), UIDS)
    assert fast.keys() == slow.keys()
    for pair, sums in slow.items():
        other = fast[pair]
        for name in ("both", "inbound", "outbound"):
            assert getattr(other, name) == pytest.approx(getattr(sums, name), rel=1e-9, abs=1e-12)
        assert replace(other, both=0.0, inbound=0.0, outbound=0.0) == replace(sums, both=0.0, inbound=0.0, outbound=0.0)


def test_no_activity_makes_no_tie() -> None:
    assert len(knows_from_columns([], [], [], [], [], [], [])) == 0
    assert len(columns([("MEETING", 0.0, [(0, "ORGANIZER")])])) == 0


def test_rows_come_in_order_whatever_the_order_of_the_activities() -> None:
    happened: list[tuple[str, float, list[tuple[int, str]]]] = [
        ("MEETING", float(at), [(who, "REQUIRED") for who in range(5)]) for at in range(9)
    ]
    ties, again = columns(happened), columns(happened[::-1])
    order = list(zip(ties.source.tolist(), ties.target.tolist(), strict=True))
    assert order == sorted(order)
    assert np.array_equal(ties.both, again.both)


@pytest.mark.parametrize(
    "wrong",
    [
        {"at": []},
        {"role": ["FROM"]},
        {"is_user": [True]},
        {"at": [float("nan")]},
        {"half_life_days": 0.0},
    ],
)
def test_columns_that_do_not_fit_are_refused(wrong: dict[str, object]) -> None:
    right: dict[str, object] = {
        "kinds": ["CALL"], "at": [0.0], "activity": [0, 0], "party": [0, 1], "role": ["FROM", "TO"],
        "uids": ["a", "b"], "is_user": [True, False],
    }  # fmt: skip
    assert len(knows_from_columns(**right)) == 1  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"not equally long|not finite|half-life"):
        knows_from_columns(**{**right, **wrong})  # type: ignore[arg-type]


def test_a_hundred_thousand_participations_take_no_more_than_seconds() -> None:
    chance = np.random.default_rng(1)
    activity = np.repeat(np.arange(30_000), 4)
    role = ["FROM", "TO", "TO", "CC"] * 30_000
    uids = [f"p{at:05}" for at in range(5_000)]
    started = time.process_time()
    ties = knows_from_columns(
        chance.choice(["MEETING", "CALL", "EMAIL"], 30_000).tolist(),
        chance.random(30_000) * 1e8,
        activity,
        chance.integers(0, 5_000, len(activity)),
        role,
        uids,
        chance.random(5_000) < 0.1,
    )
    assert len(ties) > 100_000
    assert time.process_time() - started < 5.0


@given(
    st.lists(st.tuples(*[st.floats(0.0, 5.0)] * 3, st.floats(0.0, 500 * DAY)), min_size=1, max_size=20),
    st.floats(0.0, 900 * DAY),
)
def test_scores_of_columns_are_the_scores_of_ties(rows: list[tuple[float, float, float, float]], at: float) -> None:
    both, read, wrote, as_of = (list(column) for column in zip(*rows, strict=True))
    scores = scores_from_columns(both, read, wrote, as_of, at, k=2.5)
    for row, score in zip(rows, scores.tolist(), strict=True):
        sums = Sums(row[0], row[1], row[2], 0, 0, 0, 0, row[3], row[3], row[3])
        assert score == pytest.approx(strength(sums, at, k=2.5).score, abs=1e-9)


def test_scores_without_scale_are_refused() -> None:
    with pytest.raises(ValueError, match="must be positive"):
        scores_from_columns([1.0], [0.0], [0.0], [0.0], 0.0, k=0.0)
