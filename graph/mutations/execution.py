"""A verb carried out: one transaction, refused as a whole or done as a whole, and never done twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, LiteralString, cast

from neo4j import AsyncManagedTransaction

from graph.errors import Conflict, KithError, NotFound, Refused, Unavailable
from graph.mutations.events import DONE, stored_text
from graph.mutations.refusals import check
from graph.store import Bound, Writes
from graph.vocabulary import Entity, entity

_UNSURE = (Conflict, NotFound, Refused, Unavailable)

Values = Mapping[str, Any]
Following = Callable[[Values], Bound]


async def execute_mutation(writes: Writes, bound: Bound, *, again: Bound) -> Any:
    """Runs a verb's statement and gives what it shows of the record it wrote.

    `again` reads that record, for when the verb turns out to be done all the same: where the connection was lost
    before the answer came nobody knows, and where the driver then sent it again the graph may not allow it any more.
    Raises NotFound, Conflict, Refused: then nothing was changed; Unavailable, when nobody can tell.
    """
    try:
        answer = await writes.change(bound, check=check)
    except _UNSURE as error:
        return await _settled(writes, bound, again, error)
    return answer["shown"]


async def execute_after_read(writes: Writes, first: Bound, verb: Following, *, again: Bound) -> Any:
    """Like `execute_mutation`, for a verb that follows from what `first` reads of the record, in the same transaction.

    `verb` makes its statement from the stored properties, of which there are none without such a record.
    """
    bound = first

    async def work(transaction: AsyncManagedTransaction) -> Any:
        nonlocal bound
        bound = verb(await _value(transaction, first) or {})
        answer = await _value(transaction, bound)
        check(answer)
        return answer

    try:
        answer = await writes.in_transaction(work, name=first.name)
    except _UNSURE as error:
        return await _settled(writes, bound, again, error)
    return answer["shown"]


async def _settled(writes: Writes, bound: Bound, again: Bound, error: KithError) -> Any:
    """What `again` reads where the verb was done all the same: its event is there; else raises what befell it."""
    unsure = Unavailable(
        "The database did not answer, and nobody can tell whether this was done.",
        remedy="Read the record, then decide; nothing is ever done by half.",
    )
    try:
        if await writes.ask(DONE.bind(event=bound.parameters["input"]["event"])):
            return await writes.ask(again)
    except Unavailable:
        raise unsure from error
    raise unsure if isinstance(error, Unavailable) else error


def stored(label: str, given: Values, now: datetime) -> Bound:
    """Reads what is stored of the record `id` of a label, once everything the verb with that input locks is locked."""
    return Bound(f"update{label}", stored_text(label), {"input": given, "now": now})


async def _value(transaction: AsyncManagedTransaction, bound: Bound) -> Any:
    result = await transaction.run(cast("LiteralString", bound.text), cast("dict[str, Any]", bound.parameters))
    record = await result.single()
    return None if record is None else record[0]


# ---------- values that follow from others ---------------------------------------------------------------------------


def follows(one: Entity) -> bool:
    """Whether values of the entity may follow from other values of it."""
    return one.complete.__func__ is not entity("Record").complete.__func__  # type: ignore[attr-defined]


def completed(one: Entity, values: Values, before: Values) -> dict[str, Any]:
    """The values to change, with those that follow from them, given everything that was stored before.

    A stored value follows when it is what the other ones come to; one that was given otherwise stays as it is.

    >>> contact, jane = entity("Contact"), {"firstName": "Jane", "lastName": "Roe", "name": "Jane Roe"}
    >>> completed(contact, {"lastName": "Poe"}, {**jane, "fullName": "Jane Roe"})
    {'lastName': 'Poe', 'name': 'Jane Poe', 'fullName': 'Jane Poe'}
    >>> completed(contact, {"lastName": "Poe"}, {**jane, "name": "Dr. Roe", "fullName": "Dr. Roe"})
    {'lastName': 'Poe'}
    >>> completed(contact, {"fullName": "Dr. Roe"}, {**jane, "fullName": "Jane Roe"})
    {'fullName': 'Dr. Roe', 'name': 'Dr. Roe'}
    >>> completed(contact, {"lastName": None}, {**jane, "fullName": "Jane Roe"})
    {'lastName': None, 'name': 'Jane', 'fullName': 'Jane'}
    """
    rest = [key for key in before if key not in values]
    each = [key for key in rest if _comes_to(one, before, (key,), key)]
    every = [key for key in each if _comes_to(one, before, each, key)]
    found = dict(values)
    for loose in (every, *([key] for key in each if key not in every)):
        base = {key: value for key, value in {**before, **values}.items() if key not in loose and value is not None}
        new = one.complete(base)
        for key in loose:
            if new.get(key, before[key] if _required(one, key) else None) != before[key]:
                found.setdefault(key, new.get(key))
    whole = one.complete({key: value for key, value in {**before, **found}.items() if value is not None})
    return found | {key: value for key, value in whole.items() if key not in before and key not in found}


def _comes_to(one: Entity, stored_values: Values, without: Iterable[str], key: str) -> bool:
    left_out = set(without)
    base = {name: value for name, value in stored_values.items() if name not in left_out}
    return bool(one.complete(base).get(key) == stored_values[key])


def _required(one: Entity, key: str) -> bool:
    return key in one.properties and one.properties[key].required
