"""Bulk mutations: one `create…` or `update…` for up to 1,000 records, derived from every entity that has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from neo4j import AsyncManagedTransaction
from neo4j.exceptions import ClientError

from graph.database_errors import translate
from graph.errors import Conflict, Invalid, KithError, KithErrors, Refused, Unavailable
from graph.mutations.declarations import MUTATIONS
from graph.mutations.execution import DONE, Call, Done, locks_of, perform, settle
from graph.mutations.inputs import raise_errors
from graph.mutations.reasons import error_of
from graph.mutations.records import Create, Update
from graph.store import Bound, Writes
from graph.transactions import value
from graph.vocabulary import entity

MOST = 1_000


@dataclass(frozen=True, slots=True)
class BulkMutation:
    """A mutation of one record, for many records; `plural` is the payload field with the records."""

    name: str
    plural: str
    each: Create | Update


def _bulk(each: Create | Update) -> BulkMutation:
    plural = entity(each.label).plural
    verb = each.name.removesuffix(each.label)
    return BulkMutation(f"{verb}{plural[0].upper()}{plural[1:]}", plural, each)


BULK: dict[str, BulkMutation] = {
    one.name: one for one in (_bulk(each) for each in MUTATIONS.values() if isinstance(each, Create | Update))
}


@dataclass(slots=True)
class RowCall:
    """One row: its call, the errors of its input, and the statement that finds its unknown ids.

    `path` turns the field of an error into the path within the bulk input. `subject` is the id of the record, unless
    it is new: errors of its state name it. After the execution it has `done`, or `errors`.
    """

    call: Call
    references: Bound
    path: Callable[[str | None], str]
    subject: str | None = None
    errors: list[KithError] = field(default_factory=list)
    done: Done | None = None

    def fail(self, error: KithError) -> None:
        """Adds an error, or several, with the path of the row; one for each field."""
        taken = {one.details["field"] for one in self.errors}
        for one in error.errors if isinstance(error, KithErrors) else (error,):
            one.details["field"] = self.path(str(one.details["field"]) if "field" in one.details else None)
            if one.details["field"] not in taken:
                self.errors.append(one)

    def refuse(self, error: KithError) -> None:
        """Adds an error of the state of the record."""
        for one in error.errors if isinstance(error, KithErrors) else (error,):
            if self.subject is not None:
                one.details["id"] = self.subject
        self.fail(error)


def _distinct(batch: Sequence[RowCall]) -> list[KithError]:
    """The errors of all rows; those of an input that all rows share are listed once."""
    errors = [error for row in batch for error in row.errors]
    return list({(one.details["field"], one.message, one.details.get("id")): one for one in errors}.values())


class _RolledBack(Exception):
    """Rolls back the transaction of a batch: a dry run, or one with refused rows."""


async def execute_bulk(writes: Writes, name: str, rows: Sequence[RowCall], *, size: int | None, dry_run: bool) -> None:
    """Executes rows in one transaction, or in batches of a size with a transaction each.

    A batch is done as a whole or refused as a whole. Without a size, raises the errors of all rows; with a size, the
    rows of a refused batch have the errors, and the other batches are done.
    """
    step = size or MOST
    for start in range(0, len(rows), step):
        batch = rows[start : start + step]
        try:
            await _execute(writes, name, batch, dry_run=dry_run)
        except KithError as error:
            if size is None:
                raise
            for row in batch:
                row.errors.append(error)
            if isinstance(error, Unavailable):
                _leave(rows[start + step :])
                return
        if any(row.errors for row in batch):
            if size is None:
                raise_errors(_distinct(batch))
            _explain(batch)


async def _execute(writes: Writes, name: str, batch: Sequence[RowCall], *, dry_run: bool) -> None:
    """Executes the rows of a batch in one transaction; refused rows get their errors, and no row is done."""
    first = batch[0].call
    invalid = [list(row.errors) for row in batch]
    attempts = 0

    async def work(transaction: AsyncManagedTransaction) -> None:
        nonlocal attempts
        attempts += 1
        for row, errors in zip(batch, invalid, strict=True):
            row.errors, row.done = list(errors), None
        if attempts > 1 and await value(transaction, DONE.bind(event=first.uids["event"])):
            _all_done(batch)
            return
        await value(transaction, locks_of([row.call for row in batch]))
        for row in batch:
            await _row(transaction, row, writes.seconds)
        if dry_run or any(row.errors for row in batch):
            raise _RolledBack

    try:
        await writes.in_transaction(work, name=name)
    except _RolledBack:
        return
    except Unavailable as error:
        if dry_run:
            raise
        await settle(writes, first, error)
        _all_done(batch)


async def _row(transaction: AsyncManagedTransaction, row: RowCall, seconds: float) -> None:
    if row.errors:
        for one in await value(transaction, row.references):
            row.fail(error_of(one, row.call.record))
        return
    try:
        row.done = await perform(transaction, row.call)
    except ClientError as error:
        found = translate(error, seconds)
        if not isinstance(found, Conflict | Invalid):
            raise
        # The server has ended the transaction, so that the rows after this one cannot be checked.
        row.refuse(found)
        raise _RolledBack from error
    except KithError as error:
        row.refuse(error)


def _all_done(batch: Sequence[RowCall]) -> None:
    """Marks the rows as done by an attempt whose answer was lost."""
    for row in batch:
        row.errors, row.done = [], Done(row.call.uids)


def _explain(batch: Sequence[RowCall]) -> None:
    """Gives every row of a refused batch an error."""
    for row in batch:
        row.done = None
        if not row.errors:
            message = "Another row of the same batch was refused, so nothing of the batch was done."
            row.fail(Refused(message, remedy="Correct the other rows, and send the rows of the batch again."))


def _leave(rows: Sequence[RowCall]) -> None:
    """Gives the rows after a batch whose outcome is unknown an error."""
    for row in rows:
        message = "The database did not answer for an earlier batch, so this row was not tried."
        row.fail(Unavailable(message, remedy="Send the row again."))
