"""Converts an input to the parameter `$input` of its statement, or raises all of its errors at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from zlib import crc32

from graph.collation import sort_keys
from graph.errors import Invalid, KithError, KithErrors, Refused
from graph.identity import new_uid
from graph.models.properties import Kind
from graph.money import Rates, exact, minor
from graph.mutations.declarations import Copy, Expression, Input, Mutation, RecordInput, Value, words
from graph.mutations.records import Create, Update
from graph.validation import Problem, normalized, pair_problems, problem
from graph.vocabulary import Entity, Property, entity

Values = Mapping[str, Any]

_LOCKS = 1_024


class _Reader:
    """Reads an input; collects its errors instead of stopping at the first one."""

    def __init__(self, rates: Rates, now: datetime, *, allow_future: bool) -> None:
        self.rates, self.now, self.allow_future = rates, now, allow_future
        self.errors: list[KithError] = []
        self.records: list[str] = []
        self.sort_keys: set[str] = set()

    def read(self, inputs: Iterable[Input], given: Values, path: str, defaults: Values) -> dict[str, Any]:
        """The parameters of an object: stored values under `values` and `keys`, the rest by name."""
        found: dict[str, Any] = {"values": {}, "given": []}
        for one in inputs:
            at = f"{path}.{one.name}"
            if isinstance(one, Value):
                self._value(one, given, at, found)
            elif isinstance(one, RecordInput):
                self._record(one, given, at, found)
            elif one.many:
                if given.get(one.name) is not None:
                    found["given"].append(one.name)
                items = enumerate(given.get(one.name) or ())
                found[one.name] = [self.read(one.inputs, item, f"{at}.{index}", one.defaults) for index, item in items]
            else:
                item = given.get(one.name)
                found[one.name] = None if item is None else self.read(one.inputs, item, at, one.defaults)
        found["values"].update({key: value for key, value in defaults.items() if found["values"].get(key) is None})
        stored = {one.name: one.declared for one in inputs if isinstance(one, Value) and one.stored}
        for name, wrong in pair_problems(stored, found["values"]):
            self.violated(f"{path}.{name}", name, wrong)
        found["keys"] = sorted(found["values"])
        return found

    def _record(self, one: RecordInput, given: Values, path: str, found: dict[str, Any]) -> None:
        uid = given.get(one.name)
        found[one.name] = uid
        if one.name in given:
            found["given"].append(one.name)
        if uid is not None:
            self.records.append(uid)
            if one.stores:
                found["values"][one.stores] = uid
        elif one.required or (one.explicit and one.name not in given):
            remedy = "Send an id." if one.required else "Send an id, or null for none."
            self.fail(Invalid, path, f"`{one.name}` is missing.", remedy)

    def _value(self, one: Value, given: Values, path: str, found: dict[str, Any]) -> None:
        if one.stored and one.declared.has_sort_key:
            self.sort_keys.add(one.name)
        value = given.get(one.name)
        if one.name not in given or (value is None and (not one.stored or one.default is not None)):
            if one.required:
                self.fail(Invalid, path, f"`{one.name}` is missing.", "Send a value.")
            plain = one.default is not None and not callable(one.default)
            value = one.default if plain and not isinstance(one.default, Copy | Expression) else None
            if not one.stored:
                found[one.name] = value
            elif value is not None:
                found["values"][one.name] = value
            return
        stored = self._stored(one, normalized(one.declared, value), path)
        if one.stored:
            found["values"].update(stored)
        else:
            found.update(stored)

    def _stored(self, one: Value, value: Any, path: str) -> dict[str, Any]:
        declared, name = one.declared, one.name
        required = declared.required or one.required
        if one.among and value not in one.among:
            allowed = " or ".join(one.among)
            error = Invalid if one.required else Refused
            self.fail(error, path, f"`{name}` must be {allowed}; got {value}.", f"Send {allowed}.")
        elif required and (value is None or (isinstance(value, str) and not value.strip())):
            what = "cleared" if value is None else "empty"
            remedy = "Send a value." if one.required else "Send a value, or omit it."
            self.fail(Refused, path, f"`{name}` is required and cannot be {what}.", remedy)
        elif value is not None and declared.kind is Kind.MONEY:
            return self._guarded(path, lambda: self._money(one, value, path))
        else:
            self._check(declared, value, path)
        return {name: value} if declared.kind is not Kind.MONEY else money(name, None, self.rates)

    def _money(self, one: Value, value: Values, path: str) -> dict[str, Any]:
        self._check(one.declared, exact(value["amount"]), path)
        return money(one.name, value, self.rates)

    def _check(self, declared: Property, value: Any, path: str) -> None:
        found = problem(declared, value, self.now)
        if found is not None and not (found.confirmable and self.allow_future):
            self.violated(path, declared.name, found)

    def _guarded(self, path: str, convert: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        try:
            return convert()
        except KithError as error:
            error.details["field"] = path
            self.errors.append(error)
            return {}

    def violated(self, path: str, name: str, found: Problem) -> None:
        """Adds the error of a value that violates a rule."""
        self.fail(Invalid, path, f"`{name}` {found.rule}; got {found.got}.", found.remedy)

    def fail(self, error: type[KithError], path: str, message: str, remedy: str) -> None:
        """Adds an error of one field."""
        self.errors.append(error(message, remedy=remedy, field=path))


def money(name: str, value: Values | None, rates: Rates) -> dict[str, Any]:
    """An amount as three values: minor units, currency, minor units of the base currency; three nulls for null."""
    units = currency = base = None
    if value is not None:
        currency = value.get("currency") or rates.base
        units = minor(exact(value["amount"]), currency)
        base = rates.in_base(units, currency)
    return {name: units, f"{name}Currency": currency, f"{name}Base": base}


def parameters(
    mutation: Mutation, given: Values, rates: Rates, now: datetime
) -> tuple[dict[str, Any], list[KithError]]:
    """The parameter `$input` for an input, with the ids to lock in `held`, and all errors of the input."""
    reader = _Reader(rates, now, allow_future=bool(given.get("allowFuture")))
    given = _present(given) if mutation.creates else given
    found = reader.read(mutation.inputs(), given, "input", {})
    failed = {error.details.get("field") for error in reader.errors}
    reader.errors += [error for error in mutation.errors(given) if error.details.get("field") not in failed]
    if isinstance(mutation, Create):
        found["values"] = _whole(entity(mutation.label), found["values"], reader)
        found["keys"] = sorted(found["values"])
    elif isinstance(mutation, Update):
        _agreeing(entity(mutation.label), _present(found["values"]), reader)
    keyed = entity(mutation.label).sort_keys if isinstance(mutation, Create) else reader.sort_keys
    found["values"].update(sort_keys(found["values"], keyed))
    ids = {name: new_uid() for name in mutation.ids}
    found.update(ids)
    found["ifVersion"] = given.get("ifVersion")
    found["held"] = sorted({*reader.records, *ids.values()})
    found["locks"] = sorted({*mutation.locks(found), *_identities(mutation, found["values"])})
    return found, reader.errors


def _identities(mutation: Mutation, values: Values) -> Iterator[str]:
    """The locks under which identifying values are recorded once; few names, because a lock is never removed."""
    for one in mutation.inputs():
        if isinstance(one, Value) and one.stored and one.declared.identifying and values.get(one.name) is not None:
            yield f"{one.name} {crc32(values[one.name].encode(errors='replace')) % _LOCKS}"


def raise_errors(errors: list[KithError]) -> None:
    """Raises the errors, if there are any."""
    if errors:
        raise errors[0] if len(errors) == 1 else KithErrors(errors)


# ---------- new records ----------------------------------------------------------------------------------------------


def _present(values: Values) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _whole(one: Entity, values: Values, reader: _Reader) -> dict[str, Any]:
    """The values of a new record with initial and derived values; adds an error for each missing one."""
    initial = {name: declared.initial for name, declared in one.properties.items() if declared.initial is not None}
    known = {name: value() if callable(value) else value for name, value in initial.items()}
    found = _agreeing(one, {**known, **_present(values)}, reader)
    failed = {error.details.get("field") for error in reader.errors}
    explained: set[frozenset[str]] = set()
    for name, declared in one.properties.items():
        absent = name not in found and declared.numbered is None
        if declared.required and declared.writable and absent and f"input.{name}" not in failed:
            sources = list(_sources(one, name))
            if frozenset(sources) not in explained:  # values that follow from each other lack for one reason
                remedy = f"Send {' or '.join(f'`{key}`' for key in sources)}."
                reader.fail(Refused, f"input.{name}", f"A new {words(one.label)} needs `{name}`.", remedy)
                explained.add(frozenset(sources))
    return found


def _sources(one: Entity, name: str) -> Iterator[str]:
    """The properties from which a value can be derived, including itself."""
    for key, declared in one.properties.items():
        if declared.kind is Kind.TEXT and declared.writable and (key == name or name in one.complete({key: "x"})):
            yield key


def _agreeing(one: Entity, values: dict[str, Any], reader: _Reader) -> dict[str, Any]:
    """The values and the values derived from them; adds an error for each contradiction."""
    found = one.complete(values)
    for key, value in values.items():
        if found[key] != value:
            message = f"`{key}` is {value!r}, but the other values make it {found[key]!r}."
            reader.fail(Invalid, f"input.{key}", message, f"Omit `{key}`.")
    return found
