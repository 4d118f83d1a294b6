"""The frame of every mutation: locks, the records named by the input, guards, writes and the Event."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from graph.bulk.provenance import PROPERTY, REMOVED
from graph.events import write_event
from graph.mutations.declarations import Body, Group, Guard, Mutation, RecordInput, Value, words
from graph.mutations.reasons import BELOW, MISSING, RECORDED, UNAVAILABLE, VERSION
from graph.query.availability import unavailable
from graph.query.builder import CypherBuilder
from graph.query.cypher import call, name, quoted, where
from graph.search.analysis import WORDS
from graph.validation import ordered_pairs
from graph.vocabulary import Property, concrete, entity

_MOST_NAMED = 4

VERSION_OF = "toString(n.modifiedAt)"


# A version never returns: the timestamp of a change is later than the one before, even within one request.
def touch(record: str) -> str:
    """Sets the version of a changed record."""
    later = f"{record}.modifiedAt + duration({{microseconds: 1}})"
    return f"SET {record}.modifiedAt = CASE WHEN {record}.modifiedAt >= $now THEN {later} ELSE $now END"


TOUCH = touch("n")


def remove(edge: str) -> str:
    """Deletes a relationship; its start keeps what an import wrote, so that the next load does not create it again."""
    return (
        f"FOREACH (text IN [text IN [{edge}.{PROPERTY}] WHERE text IS NOT NULL] |\n"
        f"  SET (startNode({edge})).{REMOVED} = coalesce(startNode({edge}).{REMOVED}, []) + text)\nDELETE {edge}"
    )


def statement(mutation: Mutation, builder: CypherBuilder) -> str:
    """The text of a mutation up to its answer: it binds `n`, `refused` (null or a list of reasons) and more."""
    body = mutation.body(builder)
    return "\n".join(
        [
            _named_locks(),
            _record_locks(body.near),
            *_records(builder, mutation),
            *body.prepare,
            _refused(_guards(mutation, builder, body)),
            *body.create,
            *body.plan,
            f"WITH *, {body.changes} AS changes",
            *_writes(mutation, body),
        ]
    )


# ---------- locks ----------------------------------------------------------------------------------------------------


def _named_locks() -> str:
    """Waits for the locks named in `$input.locks`: mutations that keep one invariant run one after the other."""
    return call(
        "",
        "UNWIND $input.locks AS name\n"
        "MERGE (lock:Lock {name: name}) SET lock.at = $now\n"
        "RETURN count(lock) AS locked",
    )  # fmt: skip


def _record_locks(near: Iterable[str]) -> str:
    """Locks the records of `$input.held`, and those that the queries return as `one`, in the order of their ids.

    Setting and removing a property locks a record without a change; removing alone does not lock while the name is
    new to the database. All mutations lock in that order, because otherwise two of them could deadlock.
    """
    queries = ["UNWIND $input.held AS uid\nMATCH (one:Record {uid: uid})\nRETURN one", *near]
    found = call("", "\nUNION\n".join(queries))
    return call(
        "",
        f"{found}\nWITH DISTINCT one ORDER BY one.uid\nSET one.held = true REMOVE one.held\nRETURN count(one) AS held",
    )


def locking(mutation: Mutation, builder: CypherBuilder) -> str:
    """Text that takes the locks of a mutation and returns the properties that derived values depend on, or null."""
    near = mutation.body(builder).near
    return "\n".join([_named_locks(), _record_locks(near), *mutation.stored(builder), "RETURN stored"])


def near_locks(mutation: Mutation, builder: CypherBuilder) -> str | None:
    """Text that locks the records which a mutation looks for; None when it locks only those that its input names."""
    near = mutation.body(builder).near
    return "\n".join([_record_locks(near), "RETURN held"]) if near else None


def locks() -> str:
    """Text that takes the locks of several mutations at once."""
    return "\n".join([_named_locks(), _record_locks(()), "RETURN held"])


# ---------- records named by the input -------------------------------------------------------------------------------


def seek(builder: CypherBuilder, one: RecordInput, uid: str) -> str:
    """Binds the record of an input within the caller's access, or null."""
    if one.deleted:
        return f"OPTIONAL MATCH {builder.deleted(one.bound, one.label, uid)}"
    narrowed = [f"{one.bound}:{'|'.join(one.only)}"] if one.only else []
    return f"OPTIONAL MATCH {builder.node(one.bound, one.label, uid=uid)}{where(narrowed)}"


def _records(builder: CypherBuilder, mutation: Mutation) -> Iterator[str]:
    """Binds every record that the input names, then `missing`: a reason for each id that was not found."""
    cases: list[str] = []
    lists: list[str] = []
    for one in mutation.inputs():
        if isinstance(one, RecordInput):
            yield seek(builder, one, f"$input.{name(one.name)}")
            cases.append(_missing(one, f"$input.{name(one.name)}", quoted(f"input.{one.name}")))
        elif not isinstance(one, Value) and not one.many:
            for inner in one.inputs:
                if isinstance(inner, RecordInput):
                    uid = f"$input.{one.name}.{name(inner.name)}"
                    yield seek(builder, inner, uid)
                    cases.append(_missing(inner, uid, quoted(f"input.{one.name}.{inner.name}")))
        elif not isinstance(one, Value):
            yield _listed(builder, one)
            lists.append(f"{one.name}Missing")
    found = f"[one IN [{', '.join(cases)}] WHERE one IS NOT NULL]"
    yield f"WITH *, {' + '.join([found, *lists])} AS missing"


def _missing(one: RecordInput, uid: str, field: str) -> str:
    labels = one.only if 0 < len(one.only) <= _MOST_NAMED else (one.label,)
    what = quoted(("deleted " if one.deleted else "") + " or ".join(map(words, labels)))
    reason = f"{{reason: {quoted(MISSING.name)}, field: {field}, what: {what}, id: {uid}}}"
    return f"CASE WHEN {uid} IS NOT NULL AND {one.bound} IS NULL THEN {reason} END"


def _listed(builder: CypherBuilder, many: Group) -> str:
    """Binds a list of objects with the records in place of their ids, and what is missing among them."""
    group = many.name
    lines = [f"UNWIND range(0, size($input.{group}) - 1) AS at", f"WITH at, $input.{group}[at] AS item"]
    missing, parts = [], ["values: item.values"]
    for one in many.inputs:
        uid = f"item.{name(one.name)}"
        if isinstance(one, Value):
            parts += [] if one.stored else [f"{name(one.name)}: {uid}"]
            continue
        parts.append(f"{name(one.name)}: {one.bound}")
        lines.append(seek(builder, one, uid))
        missing.append(_missing(one, uid, f"{quoted(f'input.{group}.')} + at + {quoted(f'.{one.name}')}"))
    lines += [
        f"WITH {{{', '.join(parts)}}} AS item, [one IN [{', '.join(missing)}] WHERE one IS NOT NULL] AS missing",
        f"RETURN collect(item) AS {group},",
        f"  reduce(every = [], one IN collect(missing) | every + one) AS {group}Missing",
    ]
    return call("", "\n".join(lines))


def references(mutation: Mutation, builder: CypherBuilder) -> str:
    """Text that returns a reason for each id in the input that was not found, without locks or writes."""
    return "\n".join([*_records(builder, mutation), "RETURN missing"])


# ---------- guards ---------------------------------------------------------------------------------------------------


def _unchanged() -> Guard:
    return Guard(
        f"$input.ifVersion IS NOT NULL AND {VERSION_OF} <> $input.ifVersion",
        VERSION, {"version": VERSION_OF}, "ifVersion",
    )  # fmt: skip


def _guards(mutation: Mutation, builder: CypherBuilder, body: Body) -> tuple[Guard, ...]:
    first = () if mutation.creates else (_unchanged(),)
    return (*first, *_assignable(mutation), *_unrecorded(mutation, builder), *body.guards)


def _unrecorded(mutation: Mutation, builder: CypherBuilder) -> Iterator[Guard]:
    """Refuses a value that identifies a record which exists already, and names it to those who may read it."""
    for one in mutation.inputs():
        if isinstance(one, Value) and one.stored and one.declared.identifying:
            labels = [label for label in concrete(mutation.label) if one.name in entity(label).properties]
            other = [] if mutation.creates else ["twin <> n"]
            found = f"MATCH (twin:{'|'.join(labels)} {{{one.name}: $input.values.{one.name}}})"
            seen = [*other, *builder.access_predicates("twin", mutation.label)]
            twin = f"head(COLLECT {{ {found}{where(seen)} RETURN twin.uid ORDER BY twin.uid LIMIT 1 }})"
            yield Guard(
                f"EXISTS {{ {found}{where(other)} }}", RECORDED, {**details(property=one.name), "id": twin}, one.name
            )


def _assignable(mutation: Mutation) -> Iterator[Guard]:
    """Refuses to assign a record that is unavailable, such as a user who left us."""
    for one in mutation.inputs():
        if isinstance(one, RecordInput) and one.assigned:
            predicate = unavailable(one.bound, one.label)
            if one.kept and not mutation.creates:
                predicate = f"({predicate}) AND NOT EXISTS {{ (n)-[:{one.kept}]->({one.bound}) }}"
            who = f"coalesce({one.bound}.name, {one.bound}.uid)"
            yield Guard(predicate, UNAVAILABLE, {**details(what=words(one.label)), "name": who}, one.name)


def guards(mutation: Mutation, builder: CypherBuilder) -> tuple[Guard, ...]:
    """The guards of a mutation in their order."""
    return _guards(mutation, builder, mutation.body(builder))


def reason(guard: Guard) -> str:
    """The map that stands for the reason of a guard."""
    parts = {"reason": quoted(guard.reason.name), **guard.details}
    if guard.field is not None:
        parts["field"] = quoted(f"input.{guard.field}")
    return f"{{{', '.join(f'{key}: {text}' for key, text in parts.items())}}}"


def _refused(guards: Iterable[Guard]) -> str:
    """Binds `refused`: all ids that were not found, else the first guard that matches, else null."""
    whens = [f"WHEN {guard.predicate} THEN [{reason(guard)}]" for guard in guards]
    return "\n  ".join(["WITH *, CASE WHEN size(missing) > 0 THEN missing", *whens]) + "\nEND AS refused"


# ---------- writes ---------------------------------------------------------------------------------------------------


def _writes(mutation: Mutation, body: Body) -> Iterator[str]:
    """The writes of a mutation that is not refused: its changes, if any, and always the Event."""
    if body.writes:
        names = ", ".join(dict.fromkeys(("n", "refused", "changes", *body.imports)))
        yield call(names, "\n".join(["WITH * WHERE refused IS NULL AND size(changes) > 0", *body.writes]))
    event = f"WITH * WHERE refused IS NULL\n{write_event(mutation.name)}\nRETURN event"
    yield f"OPTIONAL {call('n, refused, changes', event)}"


# ---------- pieces for declarations ----------------------------------------------------------------------------------


def differing(keys: str, wanted: str, of: str) -> str:
    """The keys whose stored value differs from the value in a map."""
    same = f"{of}[key] = {wanted}[key]"
    none = f"{of}[key] IS NULL AND {wanted}[key] IS NULL"
    return f"[key IN {keys} WHERE NOT coalesce({same}, {none})]"


def merged_words(words: str) -> str:
    """The analyzed texts of a record, where those of a list that are not null replace the stored ones."""
    stored = f"coalesce(n.{WORDS}, [])"
    most = f"CASE WHEN size({words}) > size({stored}) THEN size({words}) ELSE size({stored}) END"
    return f"[at IN range(0, {most} - 1) | coalesce({words}[at], n.{WORDS}[at], '')]"


# Stores the words of the searched texts among the values, see decision 0018.
SEARCHED = f"SET n.{WORDS} = CASE WHEN $input.words IS NULL THEN n.{WORDS}\n  ELSE {merged_words('$input.words')} END"


def change(field: str, before: str = "null", after: str = "null", *, record: str = "n") -> str:
    """The change of one value or link of a record as a list, empty when both sides are null."""
    present = " OR ".join(f"{value} IS NOT NULL" for value in (before, after) if value != "null")
    found = f"{{record: {record}, field: {quoted(field)}, before: {before}, after: {after}}}"
    return f"CASE WHEN {present} THEN [{found}] ELSE [] END"


def each(variable: str, write: str, at: str = "one") -> str:
    """Runs a write for a record, unless it is null."""
    return f"FOREACH ({at} IN [{at} IN [{variable}] WHERE {at} IS NOT NULL] | {write})"


def ordered(
    mutation: Mutation, properties: Mapping[str, Property], new: Callable[[str], str], sent: str
) -> Iterator[Guard]:
    """Guards that keep the declared order of two values, where an input is one of them and the other one is stored.

    `new` returns the expression of a value after the change, `sent` is a list of the keys that change.
    """
    inputs = {one.name for one in mutation.inputs()}
    for high, low in ordered_pairs(properties):
        text = {"property": quoted(high), "low": quoted(low), "value": f"toString({new(high)})",
                "least": f"toString({new(low)})"}  # fmt: skip
        for field in (one for one in (high, low) if one in inputs):
            yield Guard(f"{quoted(field)} IN {sent} AND {new(high)} < {new(low)}", BELOW, text, field)


# ---------- time on relationships ------------------------------------------------------------------------------------

# The present, once the locks are held: not before the latest change of the record, so that of several changes at once
# that name no time none is earlier than the one before it. A clock that was far ahead is not followed.
PRESENT = (
    "CASE WHEN n.modifiedAt >= $now AND n.modifiedAt < $now + duration({hours: 26})\n"
    "  THEN n.modifiedAt + duration({microseconds: 1}) ELSE $now END"
)
FROM = f"WITH *, coalesce($input.validFrom, {PRESENT}) AS moment"
UNTIL = f"WITH *, coalesce($input.validTo, {PRESENT}) AS moment"


def holds(edge: str, moment: str = "moment") -> str:
    """Whether a relationship is valid at a timestamp."""
    return f"({edge}.validFrom IS NULL OR {edge}.validFrom <= {moment}) AND {lasts(edge, moment)}"


def lasts(edge: str, moment: str = "moment") -> str:
    """Whether a relationship is valid at a timestamp or begins after it."""
    return f"({edge}.validTo IS NULL OR {moment} < {edge}.validTo)"


def begins(edges: str, moment: str = "moment") -> str:
    """The start of the first relationship that begins after a timestamp, or null."""
    return (
        f"reduce(first = null, one IN [one IN {edges} WHERE one.validFrom > {moment}] | "
        "CASE WHEN first IS NULL OR one.validFrom < first THEN one.validFrom ELSE first END)"
    )


def readable(builder: CypherBuilder, edges: str, far: str, label: str) -> str:
    """The relationships in a list whose far end, a record of that label, the caller may read."""
    rules = builder.access_predicates("far", label)
    if not rules:
        return edges
    return f"COLLECT {{ UNWIND {edges} AS edge WITH edge, {far} AS far WHERE {' AND '.join(rules)} RETURN edge }}"


def details(**texts: str) -> Mapping[str, str]:
    """Constant details of a guard."""
    return {key: quoted(text) for key, text in texts.items()}
