"""Converts all stored amounts to the base currency again, in batches that can be resumed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from neo4j import AsyncManagedTransaction

from graph import fill_lock
from graph.errors import Conflict, Refused
from graph.money import Rates
from graph.store import Statement, Store, Writes
from graph.valuation import stored as valuation
from graph.valuation.stored import Stored, columns, money_names, money_types

_ROWS = 2_000
_SECONDS = 600.0
_UNUSED = {"01N50": "a small graph has no deleted records"}

# called with the number of records that have been converted, and the number of all records
Progress = Callable[[int, int], None]

_COUNT = Statement(
    "valuation.count",
    "RETURN COUNT { MATCH (n:Deleted) } + COUNT { MATCH (n:Record) } AS records",
    expected=_UNUSED,
)

# The first SET takes a write lock on the record, so that no other write comes between reading and converting. The
# relationships of a deleted record are nodes.
_BATCH = Statement(
    "valuation.batch",
    """CALL () {
  MATCH (n:Record) WHERE n.uid > $after RETURN n ORDER BY n.uid LIMIT $rows
  UNION ALL MATCH (n:Deleted) WHERE n.uid > $after RETURN n ORDER BY n.uid LIMIT $rows
}
WITH n ORDER BY n.uid LIMIT $rows
SET n.modifiedAt = n.modifiedAt
WITH n, [name IN $names WHERE n[name] IS NOT NULL | [name, n[name], n[name + 'Currency']]] AS amounts,
  COLLECT { MATCH (n)-[r]->() WHERE type(r) IN $types RETURN
    [elementId(r), [name IN $names WHERE r[name] IS NOT NULL | [name, r[name], r[name + 'Currency']]]] } AS lines,
  COLLECT { MATCH (n)-[:HAD_RELATIONSHIP]->(r:DeletedRelationship) RETURN
    [elementId(r), [name IN $names WHERE r[name] IS NOT NULL | [name, r[name], r[name + 'Currency']]]] } AS deleted
RETURN collect([n.uid, amounts, lines, deleted]) AS batch""",
    expected=_UNUSED,
)

_SET_RECORDS = Statement(
    "valuation.set_records",
    "UNWIND $rows AS row MATCH (n:Record|Deleted {uid: row.key}) SET n += row.values RETURN count(n) AS changed",
    expected=_UNUSED,
)

_SET_LINES = Statement(
    "valuation.set_lines",
    """UNWIND $rows AS row MATCH ()-[r]->() WHERE elementId(r) = row.key SET r += row.values
RETURN count(r) AS changed""",
)

_SET_DELETED_LINES = Statement(
    "valuation.set_deleted_lines",
    """UNWIND $rows AS row MATCH (r:DeletedRelationship) WHERE elementId(r) = row.key SET r += row.values
RETURN count(r) AS changed""",
    expected=_UNUSED,
)


async def revalue(store: Store, rates: Rates, progress: Progress) -> int:
    """Converts every amount to the base currency of `rates`; returns the number of amounts.

    An interrupted conversion to the same currency and rates continues where it ended. Until one has finished, no
    program starts that reads or writes amounts. The caller stops other programs that write.
    Raises Refused if a currency has no rate, Conflict while another process converts or writes, and Unavailable.
    """
    writes = store.writes.limited(_SECONDS)
    _require_rates(await valuation.used(writes, rates), rates)
    _, lock = await fill_lock.claim(writes, "revaluation", replace=True, name=fill_lock.MIGRATION)
    if lock is None:
        raise Conflict(
            "Another process is migrating the data or converting its amounts.", remedy="Wait until it has finished."
        )
    async with fill_lock.held(lock, writes, _SECONDS) as held:
        amounts = await _convert(held.writes, rates, await valuation.read(writes), progress)
        await valuation.write(held.writes, rates)
        await lock.complete(writes)
    return amounts


def _require_rates(used: dict[str, int], rates: Rates) -> None:
    missing = sorted(used.keys() - rates.rates.keys() - {rates.base})
    if missing:
        raise Refused(
            f"KITH_RATES has no rate of {', '.join(missing)} to {rates.base}, but the graph has amounts in it.",
            remedy=f"Add {', '.join(f'{code}=RATE' for code in missing)} to KITH_RATES.",
        )


async def _convert(writes: Writes, rates: Rates, found: Stored | None, progress: Progress) -> int:
    resumes = found is not None and found.after is not None and found.rates == rates
    after = found.after or "" if resumes and found is not None else ""
    await valuation.write(writes, rates, after)
    total = await writes.ask(_COUNT.bind())
    done = amounts = 0
    while True:
        records, converted, after = await _batch(writes, rates, after)
        if not records:
            return amounts
        done, amounts = done + records, amounts + converted
        progress(done, total)


async def _batch(writes: Writes, rates: Rates, after: str) -> tuple[int, int, str]:
    """Converts the records after a uid; returns the counts of records and amounts, and the last uid."""

    async def work(transaction: AsyncManagedTransaction) -> tuple[int, int, str]:
        async def run(statement: Statement, **parameters: Any) -> Any:
            record = await (await transaction.run(statement.text, parameters)).single()
            return None if record is None else record[0]

        rows = await run(_BATCH, after=after, rows=_ROWS, names=money_names(), types=money_types())
        found = [
            (_SET_RECORDS, [(uid, amounts) for uid, amounts, _, _ in rows]),
            (_SET_LINES, [line for _, _, lines, _ in rows for line in lines]),
            (_SET_DELETED_LINES, [line for _, _, _, lines in rows for line in lines]),
        ]
        converted = 0
        for statement, keyed in found:
            changes = [_row(key, amounts, rates) for key, amounts in keyed if amounts]
            converted += sum(len(one["values"]) for one in changes)
            if changes:
                await run(statement, rows=changes)
        last = rows[-1][0] if rows else after
        await run(valuation.WRITE, **columns(rates), after=last)
        return len(rows), converted, last

    result: tuple[int, int, str] = await writes.in_transaction(work, name="valuation.batch")
    return result


def _row(key: str, amounts: list[tuple[str, int, str]], rates: Rates) -> dict[str, Any]:
    return {"key": key, "values": {f"{name}Base": rates.in_base(units, code) for name, units, code in amounts}}
