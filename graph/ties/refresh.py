"""Ties drawn from activities: kept up to date as they happen, recomputed after imports, read for the insights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from graph.store import Bound, Statement, Writes
from graph.ties import statements
from graph.ties.formula import USUAL, Formula

_PAGE = 10_000
_BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Done:
    """How many ties were made, changed and removed, and how many of those looked at there are now."""

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
    """Locks those parties in uid order until the transaction ends; the value is how many there are.

    A transaction that joins several parties to an activity sends it first: making relationships locks their ends too,
    and two transactions that lock the same parties in different orders stop each other.
    """
    return HOLD.bind(parties=list(party_uids))


def joined(activity_uid: str, *, formula: Formula = USUAL, now: datetime | None = None) -> Bound:
    """Adds one new activity to the ties of its participants, within the transaction that made it, after `held`.

    In the square of the number of participants; the sums are carried on to the activity's time, or, where it is
    earlier than the tie's last one, the activity to the tie's. To be sent exactly once for an activity, and only when
    it was not counted before; `recomputed` is for everything else. The value is the number of ties it counts for, 0
    for an activity that ties nobody.
    """
    return _JOINED.bind(activity=activity_uid, **formula.parameters(now))


def recomputed(
    party_uids: Iterable[str], *, formula: Formula = USUAL, now: datetime | None = None
) -> tuple[Bound, Bound]:
    """Makes every tie that runs from one of those parties what the activities say; to be sent in one transaction.

    The last value is a map of the counts in `Done`. A tie that differs by rounding alone is left as it is.
    """
    parties = sorted(set(party_uids))
    return (
        _HOLD_AROUND.bind(parties=parties),
        _RECOMPUTED.bind(parties=parties, **formula.parameters(now)),
    )


async def refresh(
    writes: Writes, activity_uids: Iterable[str], *, formula: Formula = USUAL, now: datetime | None = None
) -> Done:
    """Recomputes from scratch every tie between people who took part in those activities.

    More than those: every tie that runs from one of them, so that ties no activity supports any more go too. Where a
    participation or an activity was taken away, use `refresh_parties` with those who took part before.
    """
    degrees: dict[str, int] = {}
    for page in _pages(list(activity_uids)):
        degrees.update(await writes.ask(_PARTIES_OF.bind(activities=page)) or [])
    return await _refreshed(writes, degrees, formula, now)


async def refresh_parties(
    writes: Writes, party_uids: Iterable[str], *, formula: Formula = USUAL, now: datetime | None = None
) -> Done:
    """Recomputes from scratch every tie that runs from one of those parties."""
    return await _refreshed(writes, dict.fromkeys(party_uids, 1), formula, now)


async def rebuild(writes: Writes, *, after: str = "", formula: Formula = USUAL, now: datetime | None = None) -> Done:
    """Recomputes every tie from scratch, or those that run from parties with a uid above `after`, in that order.

    For a change of the formula, or when in doubt.
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
    """The parties in uid order, in groups with about as many participations as one transaction should look at."""
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
