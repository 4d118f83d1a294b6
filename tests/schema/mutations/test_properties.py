"""Random moves in a hierarchy, against a model that looks at every moment."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.identity import new_uid
from tests.schema.mutations.stage import Stage

ACCOUNTS = 4
MOMENTS = 5
FOREVER = MOMENTS + 1

Move = tuple[int, int | None, int]

moves = st.lists(
    st.tuples(
        st.integers(0, ACCOUNTS - 1), st.one_of(st.none(), st.integers(0, ACCOUNTS - 1)), st.integers(0, MOMENTS - 1)
    ),
    min_size=1,
    max_size=8,
)


@dataclass
class Hierarchy:
    """For each account the parents it has had: who, from when, until when."""

    parents: dict[int, list[tuple[int, int, int]]] = field(default_factory=lambda: {n: [] for n in range(ACCOUNTS)})

    def at(self, account: int, moment: int) -> int | None:
        """The parent at a moment."""
        return next((who for who, since, until in self.parents[account] if since <= moment < until), None)

    def below(self, account: int, parent: int, moment: int) -> bool:
        """Whether a parent is below an account at a moment."""
        here: int | None = parent
        while here is not None and here != account:
            here = self.at(here, moment)
        return here == account

    def move(self, account: int, parent: int | None, moment: int) -> str:
        """Moves, and tells how it went."""
        lasting = [one for one in self.parents[account] if moment < one[2]]
        if account == parent:
            return "REFUSED"
        if any(moment < since for _, since, _ in lasting):
            return "CONFLICT"
        if parent is not None and any(self.below(account, parent, then) for then in range(moment, FOREVER)):
            return "CONFLICT"
        if [who for who, _, until in lasting if until == FOREVER] != [parent] and (parent is not None or lasting):
            kept = [(who, since, min(until, moment)) for who, since, until in self.parents[account]]
            self.parents[account] = kept + ([] if parent is None else [(parent, moment, FOREVER)])
        return "OK"


def written(moment: int) -> str:
    return f"2026-01-{moment + 1:02}T00:00:00Z"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves)
async def test_any_moves_end_as_a_model_of_every_moment_says(stage: Stage, asked: list[Move]) -> None:
    uids: list[str] = await stage.write(
        "UNWIND $uids AS uid CREATE (n:Account:Party:Record {uid: uid, name: uid}) RETURN collect(n.uid)",
        uids=[new_uid() for _ in range(ACCOUNTS)],
    )
    model = Hierarchy()
    for account, parent, moment in asked:
        given_input = {
            "account": uids[account],
            "parent": None if parent is None else uids[parent],
            "validFrom": written(moment),
        }
        body = await stage.answer("reparentAccount", given_input)
        went = body["errors"][0]["extensions"]["code"] if "errors" in body else "OK"
        assert went == model.move(account, parent, moment), (account, parent, moment, model.parents)
    for number, uid in enumerate(uids):
        expected = [
            (uids[who], written(since), None if until == FOREVER else written(until))
            for who, since, until in model.parents[number]
        ]
        edges = [one for one in await stage.edges(uid, "CHILD_OF") if one[0] == uid]
        found = [(end, edge["validFrom"], edge.get("validTo")) for _, end, edge in edges]
        assert sorted(found, key=str) == sorted(expected, key=str)
