"""The frame of every mutation: locks, the records named by the input, guards, writes and the Event."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from graph.bulk.provenance import PROPERTY, REMOVED
from graph.events import write_event
from graph.mutations.declarations import CREATE, WRITE, Body, Group, Guard, Mutation, RecordInput, Value, words
from graph.mutations.reasons import (
    BELOW,
    EVERYWHERE,
    FORBIDDEN,
    MISSING,
    RECORDED,
    UNAVAILABLE,
    UNCREATED,
    UNWRITABLE,
    VERSION,
)
from graph.query import ownership
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
            *(_intended(mutation) if mutation.creates else ()),
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
            uid = f"$input.{name(one.name)}"
            needed = mutation.privilege if one.name in mutation.subjects else one.privilege
            yield seek(builder, one, uid)
            cases.append(_missing(builder, replace(one, privilege=needed), uid, quoted(f"input.{one.name}")))
        elif not isinstance(one, Value) and not one.many:
            for inner in one.inputs:
                if isinstance(inner, RecordInput):
                    uid = f"$input.{one.name}.{name(inner.name)}"
                    yield seek(builder, inner, uid)
                    cases.append(_missing(builder, inner, uid, quoted(f"input.{one.name}.{inner.name}")))
        elif not isinstance(one, Value):
            yield _listed(builder, one)
            lists.append(f"{one.name}Missing")
    found = f"[one IN [{', '.join(cases)}] WHERE one IS NOT NULL]"
    yield f"WITH *, {' + '.join([found, *lists])} AS missing"


def _intended(mutation: Mutation) -> Iterator[str]:
    """Binds `holder`, the owner of the new record, and `intended`, a map of the owner and the unit it will have."""
    inputs = {one.name: one.bound for one in mutation.inputs() if isinstance(one, RecordInput)}
    yield "OPTIONAL MATCH (caller:User {uid: $event.actor})"
    default = ["caller"] if entity(mutation.label).owned else []
    yield f"WITH *, coalesce({', '.join([inputs.get('owner', 'null'), *default, 'null'])}) AS holder"
    unit = "holder.unitUid" if "unit" not in inputs else f"coalesce({inputs['unit']}.uid, holder.unitUid)"
    yield f"WITH *, {{ownerUid: holder.uid, unitUid: {unit}}} AS intended"


def _missing(builder: CypherBuilder, one: RecordInput, uid: str, field: str) -> str:
    """A reason if the record of an input was not found, or if the caller lacks the privilege on it; else null."""
    labels = one.only if 0 < len(one.only) <= _MOST_NAMED else (one.label,)
    what = ("deleted " if one.deleted else "") + " or ".join(map(words, labels))
    parts = f"field: {field}, what: {quoted(what)}, id: {uid}"
    found = f"CASE WHEN {uid} IS NOT NULL AND {one.bound} IS NULL THEN {{reason: {quoted(MISSING.name)}, {parts}}}"
    rules = builder.privilege_predicates(one.bound, one.label, one.privilege)
    if rules:
        forbidden = f"{{reason: {quoted(FORBIDDEN.name)}, {parts}, privilege: {quoted(one.privilege)}}}"
        found += f"\n  WHEN {one.bound} IS NOT NULL AND NOT coalesce({' AND '.join(rules)}, false) THEN {forbidden}"
    return f"{found} END"


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
        missing.append(_missing(builder, one, uid, f"{quoted(f'input.{group}.')} + at + {quoted(f'.{one.name}')}"))
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
    allowed = (*_everywhere(mutation, builder), *_creatable(mutation, builder), *_changeable(mutation, builder))
    return (
        *allowed,
        *_permitted(mutation, builder),
        *first,
        *_assignable(mutation),
        *_unrecorded(mutation, builder),
        *body.guards,
    )


def _everywhere(mutation: Mutation, builder: CypherBuilder) -> Iterator[Guard]:
    """Refuses a caller who lacks a privilege on some records of labels on all of which it takes."""
    for privilege, labels in mutation.needed_everywhere().items():
        if restricted := builder.access.restricted(privilege, labels):
            yield Guard("true", EVERYWHERE, details(what=words(restricted[0]), privilege=privilege))


def _creatable(mutation: Mutation, builder: CypherBuilder) -> Iterator[Guard]:
    """Refuses to create a record whose owner and unit are not those for which the caller may."""
    if not mutation.creates:
        return
    for label in concrete(mutation.label):
        rules = builder.privilege_predicates("intended", label, CREATE)
        if rules:
            kind = [] if label == mutation.label else [f"$input.kind = {quoted(label)}"]
            refused = f"NOT coalesce({' AND '.join(rules)}, false)"
            yield Guard(" AND ".join([*kind, refused]), UNCREATED, details(what=words(label)))


def _changeable(mutation: Mutation, builder: CypherBuilder) -> Iterator[Guard]:
    """Refuses to give a record another linked record, such as an owner, without the privilege that this takes."""
    for one in mutation.inputs():
        if isinstance(one, RecordInput) and one.changes and not mutation.creates:
            rules = builder.privilege_predicates("n", mutation.label, one.changes)
            if rules:
                sent = f"{quoted(one.name)} IN $input.given"
                if one.kept:
                    sent += f" AND NOT coalesce(EXISTS {{ (n)-[:{one.kept}]->({one.bound}) }}, false)"
                lacking = f"{sent} AND NOT coalesce({' AND '.join(rules)}, false)"
                text = {**details(what=words(mutation.label), privilege=one.changes), "id": "n.uid"}
                yield Guard(lacking, FORBIDDEN, text, one.name)


def _permitted(mutation: Mutation, builder: CypherBuilder) -> Iterator[Guard]:
    """Refuses to write a secured or administered field without the permission, whatever its value."""
    some = bool(builder.access.restricted(WRITE, [mutation.label])) and not mutation.creates
    for one in mutation.inputs():
        if isinstance(one, Value) and one.stored:
            sent, what = f"{quoted(one.name)} IN $input.keys", words(mutation.label)
            if builder.access.unwritable_at(mutation.label, one.name):
                yield Guard(sent, UNWRITABLE, details(what=what, property=one.name), one.name)
            if some and one.declared.administered:
                yield Guard(sent, EVERYWHERE, details(what=what, privilege=WRITE), one.name)


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
    event = f"WITH * WHERE refused IS NULL\n{write_event(mutation.name, rewrites=body.rewrites)}\nRETURN event"
    rewrites = "" if body.rewrites is None else f", {body.rewrites}"
    yield f"OPTIONAL {call(f'n, refused, changes{rewrites}', event)}"


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


def shares(edge: str, record: str) -> tuple[str, ...]:
    """Stores with whom the record at the end of a changed relationship is shared, if the relationship shares it."""
    return ("WITH *", ownership.refreshed(f"[{record}]", record)) if edge in ownership.SHARES else ()


def readable(builder: CypherBuilder, edges: str, far: str, label: str) -> str:
    """The relationships in a list whose far end, a record of that label, the caller may read."""
    rules = builder.access_predicates("far", label)
    if not rules:
        return edges
    return f"COLLECT {{ UNWIND {edges} AS edge WITH edge, {far} AS far WHERE {' AND '.join(rules)} RETURN edge }}"


def details(**texts: str) -> Mapping[str, str]:
    """Constant details of a guard."""
    return {key: quoted(text) for key, text in texts.items()}
