"""Updates ties with each activity, and recomputes them after imports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from graph.query.tie_formula import USUAL, Formula
from graph.store import Bound, Statement, Writes
from graph.ties import statements

_PAGE = 10_000
_BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Done:
    """The numbers of ties created, changed and removed, and of all recomputed ties that exist now."""

    created: int = 0
    changed: int = 0
    removed: int = 0
    ties: int = 0

    def __add__(self, other: Done) -> Done:
        return Done(
            self.created + other.created,
            self.changed + other.changed,
            self.removed + other.removed,
            self.ties + other.ties,
        )


HOLD = Statement(
    "ties.hold",
    """UNWIND $parties AS uid
WITH DISTINCT uid ORDER BY uid
MATCH (party:Record {uid: uid})
REMOVE party.startedAt
RETURN count(party) AS held""",
)

_HOLD_AROUND = Statement(
    "ties.holdAround",
    """CALL () {
  UNWIND $parties AS uid
  MATCH (one:Record {uid: uid})
  WITH DISTINCT one
  MATCH (one)-[:PARTICIPATED_IN]->(activity)
  WITH DISTINCT activity
  MATCH (activity)<-[:PARTICIPATED_IN]-(party)
  RETURN party
  UNION
  UNWIND $parties AS uid
  MATCH (one:Record {uid: uid})
  WITH DISTINCT one
  MATCH (one)-[:KNOWS]->(party)
  RETURN party
  UNION
  UNWIND $parties AS uid
  MATCH (party:Record {uid: uid})
  RETURN party
}
WITH party ORDER BY party.uid
REMOVE party.startedAt
RETURN count(party) AS held""",
)

_JOINED = Statement("ties.joined", statements.joined())
_RECOMPUTED = Statement("ties.recomputed", statements.recomputed())

_PARTIES_OF = Statement(
    "ties.partiesOf",
    """UNWIND $activities AS uid
MATCH (activity:Record {uid: uid})
WITH DISTINCT activity
MATCH (activity)<-[:PARTICIPATED_IN]-(party)
WITH DISTINCT party
RETURN collect([party.uid, COUNT { (party)-[:PARTICIPATED_IN]->() }]) AS parties""",
)

_PARTIES_AFTER = Statement(
    "ties.partiesAfter",
    """MATCH (party:Record)
WHERE party.uid > $after AND party:Party
WITH party ORDER BY party.uid LIMIT $first
RETURN collect([party.uid, COUNT { (party)-[:PARTICIPATED_IN]->() } + COUNT { (party)-[:KNOWS]->() }]) AS parties""",
)


def held(party_uids: Iterable[str]) -> Bound:
    """Locks parties in uid order until the transaction ends; the value is their number.

    A transaction that adds several parties to an activity runs it first: creating relationships locks their ends too,
    and two transactions that lock the same parties in different orders would deadlock.
    """
    return HOLD.bind(parties=list(party_uids))


def joined(activity_uid: str, *, formula: Formula = USUAL, now: datetime | None = None) -> Bound:
    """Adds one new activity to the ties of its participants, in the transaction that created it, after `held`.

    The cost is quadratic in the number of participants. The sums decay to the time of the activity, or, if it is
    earlier than the last one, the activity decays to that time. Run it exactly once for an activity that has not been
    counted yet; in all other cases use `recomputed`. The value is the number of ties that the activity counts for.
    """
    return _JOINED.bind(activity=activity_uid, **formula.parameters(now))


def recomputed(
    party_uids: Iterable[str], *, formula: Formula = USUAL, now: datetime | None = None
) -> tuple[Bound, Bound]:
    """Recomputes all ties that run from some parties; run both statements in one transaction.

    The last value is a map of the counts in `Done`. Ties that differ only by rounding are not written.
    """
    parties = sorted(set(party_uids))
    return (
        _HOLD_AROUND.bind(parties=parties),
        _RECOMPUTED.bind(parties=parties, **formula.parameters(now)),
    )


async def refresh(
    writes: Writes, activity_uids: Iterable[str], *, formula: Formula = USUAL, now: datetime | None = None
) -> Done:
    """Recomputes all ties between the participants of some activities.

    It recomputes every tie that runs from one of the participants, and so also removes ties without activities. After
    the removal of a participation or an activity, use `refresh_parties` with the previous participants.
    """
    degrees: dict[str, int] = {}
    for page in _pages(list(activity_uids)):
        degrees.update(await writes.ask(_PARTIES_OF.bind(activities=page)) or [])
    return await _refreshed(writes, degrees, formula, now)


async def refresh_parties(
    writes: Writes, party_uids: Iterable[str], *, formula: Formula = USUAL, now: datetime | None = None
) -> Done:
    """Recomputes all ties that run from some parties."""
    return await _refreshed(writes, dict.fromkeys(party_uids, 1), formula, now)


async def rebuild(writes: Writes, *, after: str = "", formula: Formula = USUAL, now: datetime | None = None) -> Done:
    """Recomputes all ties, or those that run from parties with a uid above `after`, in uid order.

    Use it after a change of the formula, or to repair ties.
    """
    done = Done()
    while page := await writes.ask(_PARTIES_AFTER.bind(after=after, first=_PAGE)):
        done += await _refreshed(writes, {uid: degree for uid, degree in page if degree}, formula, now)
        after = page[-1][0]
    return done


async def _refreshed(writes: Writes, degrees: Mapping[str, int], formula: Formula, now: datetime | None) -> Done:
    done = Done()
    moment = now or datetime.now(UTC)
    for batch in _batches(degrees):
        done += Done(**await writes.change(*recomputed(batch, formula=formula, now=moment)))
    return done


def _pages(uids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(uids), _PAGE):
        yield uids[start : start + _PAGE]


def _batches(degrees: Mapping[str, int]) -> Iterator[list[str]]:
    """Yields the parties in uid order, in groups with about as many participations as fit into one transaction."""
    batch: list[str] = []
    size = 0
    for uid in sorted(degrees):
        if batch and size + degrees[uid] > _BATCH:
            yield batch
            batch, size = [], 0
        batch.append(uid)
        size += degrees[uid]
    if batch:
        yield batch
