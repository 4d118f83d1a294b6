"""Functions that format pieces of Cypher."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache

from graph.collation import BASE_LETTERS, END, LENGTH
from graph.models.properties import Kind
from graph.money import currencies, exponent
from graph.vocabulary import ENDPOINTS, EdgeModel, Link, Property, concrete, deleted_label, entity


def indented(text: str) -> str:
    """Indents a text by two spaces."""
    return "\n".join("  " + line for line in text.split("\n"))


def call(imports: str, body: str) -> str:
    """Returns a subquery that imports variables."""
    return f"CALL ({imports}) {{\n{indented(body)}\n}}"


def quoted(text: str) -> str:
    """Returns a text of the program (a type name, a key) as a Cypher literal."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def literal(value: object) -> str:
    """Returns a value of the program (null, a boolean, a number, a text) as a Cypher literal."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else quoted(str(value))


def literals(values: Iterable[object]) -> str:
    """Returns values of the program as a Cypher list."""
    return f"[{', '.join(map(literal, values))}]"


def name(text: str) -> str:
    """Returns a key or a property name as a Cypher identifier, escaped if necessary."""
    return text if text.isidentifier() and text not in _RESERVED else f"`{text.replace('`', '``')}`"


_RESERVED = {"in", "or", "and", "not", "all", "any", "none", "single", "case", "when", "null", "true", "false", "count"}


@lru_cache(maxsize=1)
def _odd_currencies() -> tuple[tuple[int, tuple[str, ...]], ...]:
    by_exponent: dict[int, list[str]] = {}
    for code in currencies():
        if exponent(code) != 2:
            by_exponent.setdefault(exponent(code), []).append(code)
    return tuple((digits, tuple(codes)) for digits, codes in sorted(by_exponent.items()))


def amount(variable: str, property_name: str) -> str:
    """Returns the expression of a stored amount in units of its own currency, a float."""
    cases = " ".join(
        f"WHEN {variable}.{property_name}Currency IN [{', '.join(map(quoted, codes))}] THEN {float(10**digits)!r}"
        for digits, codes in _odd_currencies()
    )
    return f"{variable}.{property_name} / CASE {cases} ELSE 100.0 END"


def shown(kind: Kind, expression: str) -> str:
    """Returns the expression of a stored value in the form of a response."""
    return f"toString({expression})" if kind in (Kind.DATETIME, Kind.DATE) else expression


def type_of(variable: str, labels: tuple[str, ...], deleted: bool) -> str:
    """Returns the expression of the concrete label of a record, which is one of these labels; it may be deleted."""
    if len(labels) == 1:
        return quoted(labels[0])
    names = ", ".join(map(quoted, labels))
    own = f"labels({variable})"
    if deleted:
        own = f"[label IN {own} | replace(label, {quoted(deleted_label('Record'))}, '')]"
    return f"head([label IN {own} WHERE label IN [{names}]])"


@lru_cache(maxsize=1024)
def implied(start: str, link: Link) -> bool:
    """Returns True if the relationship determines the label of its other end, which then need not be checked."""
    mine, wanted = set(concrete(start)), set(concrete(link.target))
    ends: set[str] = set()
    for one in ENDPOINTS:
        here, there = (one.start, one.end) if link.outgoing else (one.end, one.start)
        if one.edge == link.edge and mine & set(concrete(here)):
            ends |= set(concrete(there))
    return ends <= wanted


# The text `base` with the number of digits before each number, whose leading zeros are left out.
_NUMBERED = """reduce(read = {text: '', digits: ''}, one IN split(base, '') + [''] | CASE
  WHEN '0' <= one <= '9' THEN {text: read.text, digits: CASE read.digits WHEN '0' THEN one ELSE read.digits + one END}
  WHEN read.digits = '' THEN {text: read.text + one, digits: ''}
  ELSE {text: read.text + left('99999999', size(read.digits) / 9) + (size(read.digits) % 9) + read.digits + one,
    digits: ''}
END).text"""


@cache
def letters(text: str) -> str:
    """Returns the expression that orders a text as `graph.collation.sort_key` does, for texts without a stored key."""
    start = f"left({text}, {LENGTH})"
    folded = f"toLower(normalize({start}, NFKD))"
    for letter, base in {**BASE_LETTERS, "ß": "ss"}.items():
        folded = f"replace({folded}, '{letter}', '{base}')"
    accent = "'\\u0300' <= one <= '\\u036f'"
    bare = f"reduce(found = '', one IN split({folded}, '') | CASE WHEN {accent} THEN found ELSE found + one END)"
    base = f"CASE WHEN {start} =~ '\\\\p{{ASCII}}*' THEN toLower({start}) ELSE {bare} END"
    numbered = f"CASE WHEN base =~ '[^0-9]*' THEN base ELSE {_NUMBERED} END"
    return f"head([base IN [{base}] | {numbered}]) + '\\u{ord(END):04x}' + {start}"


def where(rules: list[str]) -> str:
    """Returns a WHERE clause of all predicates, or an empty text."""
    return f"\nWHERE {' AND '.join(rules)}" if rules else ""


def either(predicates: Iterable[str]) -> str:
    """Returns a disjunction that the planner takes as one predicate.

    It would otherwise read an index to its end for each part and unite the records, whatever the parts are.
    """
    return f"coalesce({' OR '.join(predicates)}, false)"


def stored(variable: str, model: EdgeModel, property_name: str) -> str:
    """Returns the expression of a relationship property; a missing value means the declared default."""
    default = model.properties[property_name].default
    value = f"{variable}.{name(property_name)}"
    return value if default is None else f"coalesce({value}, {quoted(default)})"


def property_of(label: str, model: EdgeModel | None, property_name: str, edge: bool) -> Property:
    """Returns the property of a leaf, from the label of the node or from its edge."""
    if edge:
        assert model is not None
        return model.properties[property_name]
    return entity(label).properties[property_name]
