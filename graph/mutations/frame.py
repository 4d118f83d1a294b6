"""The pieces the verbs are written with: locks, what is sought, why not, what changes, and the event of it."""

from __future__ import annotations

from collections.abc import Iterable

from graph.query.builder import CypherBuilder
from graph.query.cypher import call, quoted, where
from graph.vocabulary import ENTITIES, concrete


def alone() -> str:
    """Waits for the locks named in `$input.locks`: verbs that keep one rule together come one after the other."""
    return call(
        "",
        "UNWIND $input.locks AS name\n"
        "MERGE (lock:Lock {name: name}) SET lock.at = $now\n"
        "RETURN count(lock) AS locked",
    )  # fmt: skip


def holding(*more: str) -> str:
    """Locks the records of `$input.held`, and those that `more` texts return as `one`, in the order of their ids.

    To set a property and take it away locks a record and writes nothing; to take away alone does not lock where the
    name is new to the database. Every verb takes its records in that order, or two of them would stop each other.
    """
    ways = ["UNWIND $input.held AS uid\nMATCH (one:Record {uid: uid})\nRETURN one", *more]
    found = call("", "\nUNION\n".join(ways))
    return call(
        "",
        f"{found}\nWITH DISTINCT one ORDER BY one.uid\nSET one.held = true REMOVE one.held\nRETURN count(one) AS held",
    )


def begun(*more: str) -> str:
    """What every verb begins with."""
    return f"{alone()}\n{holding(*more)}"


def sought(builder: CypherBuilder, variable: str, label: str, given: str, only: Iterable[str] = ()) -> str:
    """Binds the visible record of a label (one of `only`, where it is several kinds) with a given id, or null."""
    narrowed = tuple(only) if only and set(only) < set(concrete(label)) else (label,)
    own = label in ENTITIES
    pattern = f"({variable}:{label if own else 'Record'} {{uid: {given}}})"
    rules = [] if own or narrowed == ("Record",) else [f"({variable}:{'|'.join(narrowed)})"]
    return f"OPTIONAL MATCH {pattern}{where(rules + builder.access_predicates(variable, label))}"


def why(reason: str, **details: str) -> str:
    """A reason to refuse: its name in `graph.mutations.refusals`, and expressions for its details."""
    parts = "".join(f", {key}: {text}" for key, text in details.items())
    return f"{{why: {quoted(reason)}{parts}}}"


def missing(what: str, given: str) -> str:
    """The reason that there is no such record."""
    return why("missing", what=quoted(what), id=given)


def refusing(*cases: tuple[str, str]) -> str:
    """`refused` is the reason of the first condition that holds, or null."""
    if not cases:
        return "null AS refused"
    whens = "\n  ".join(f"WHEN {condition} THEN {reason}" for condition, reason in cases)
    return f"CASE\n  {whens}\nEND AS refused"


def doing(verb: str, imports: Iterable[str], *writes: str) -> str:
    """What is written unless it is refused: `writes`, when anything changes, and in any case the event.

    `n`, `refused`, `before` and `after` are in scope; both lists are empty when nothing changes.
    """
    names = ", ".join(dict.fromkeys(("n", "refused", "before", "after", *imports)))
    parts = [call(names, "\n".join(["WITH * WHERE refused IS NULL AND size(before) + size(after) > 0", *writes]))]
    parts.append(call("n, refused, before, after", f"WITH * WHERE refused IS NULL\n{event(verb)}"))
    return "\n".join(parts if writes else parts[1:])


def event(verb: str) -> str:
    """Creates the event of a verb: who did what when to `n`, and what that changed."""
    return (
        f"CREATE (:Event {{uid: $input.event, at: $now, who: $input.who, verb: {quoted(verb)}, subject: n.uid,\n"
        "  before: before, after: after})-[:SUBJECT]->(n)"
    )


TOUCH = "SET n.modifiedAt = $now"


def told(value: str) -> str:
    """A stored value as the text an event keeps."""
    listed = f"'[' + reduce(text = '', one IN {value} | text + CASE text WHEN '' THEN '' ELSE ', ' END + one) + ']'"
    return f"CASE WHEN {value} IS :: LIST<STRING> THEN {listed} ELSE toString({value}) END"


def altered(keys: str, wanted: str, of: str = "n") -> str:
    """Those of some keys whose stored value differs from the one in a map of what is wanted."""
    same = f"{of}[key] = {wanted}[key]"
    none = f"{of}[key] IS NULL AND {wanted}[key] IS NULL"
    return f"[key IN {keys} WHERE NOT coalesce({same}, {none})]"


def facts(keys: str, of: str) -> str:
    """The texts `key=value` of those keys that have a value."""
    return f"[key IN {keys} WHERE {of}[key] IS NOT NULL | key + '=' + {told(f'{of}[key]')}]"


def fact(key: str, value: str) -> str:
    """The one text `key=value` as a list, empty without a value."""
    return f"CASE WHEN {value} IS NULL THEN [] ELSE [{quoted(key + '=')} + toString({value})] END"


# ---------- time on the edge -----------------------------------------------------------------------------------------

MOMENT = "WITH *, coalesce($input.validFrom, $now) AS moment"


def at(edge: str, moment: str = "moment") -> str:
    """Whether a relationship holds at a moment."""
    return f"({edge}.validFrom IS NULL OR {edge}.validFrom <= {moment}) AND {lasting(edge, moment)}"


def lasting(edge: str, moment: str = "moment") -> str:
    """Whether a relationship holds at a moment or begins after it."""
    return f"({edge}.validTo IS NULL OR {moment} < {edge}.validTo)"


def begins(edges: str, moment: str = "moment") -> str:
    """When the first of some relationships begins that begin after a moment; null when none does."""
    return (
        f"reduce(first = null, one IN [one IN {edges} WHERE one.validFrom > {moment}] | "
        "CASE WHEN first IS NULL OR one.validFrom < first THEN one.validFrom ELSE first END)"
    )


def circle(start: str, edge: str, end: str, *rules: str) -> str:
    """Whether a way leads from one record up to the id of another, all of whose steps hold together at some moment.

    Intervals that overlap by twos have a moment in common; the end is named by id, so that the search begins below.
    """
    kept = f" WHERE {' AND '.join(rules)}" if rules else ""
    together = (
        "all(one IN steps WHERE all(other IN steps WHERE\n"
        "      one.validFrom IS NULL OR other.validTo IS NULL OR one.validFrom < other.validTo))"
    )
    timed = f"\n    AND {together}" if rules else ""
    return (
        f"EXISTS {{\n    MATCH ({start}) (()-[steps:{edge}{kept}]->())+ (top)\n    WHERE top.uid = {end}{timed}\n  }}"
    )
