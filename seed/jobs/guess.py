"""Guesses what the columns of a file become: by their names, by synonyms, and by the kinds of their values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from graph.import_targets import Target, importable, targets
from graph.models.properties import Kind
from seed.jobs.profile import Column, Profile
from seed.mapping.numbers import NotationError, notation
from seed.rows.values import UnfitError, truth

_LEAST_FITTING = 0.8
_EXACT, _SYNONYM, _PART = 3.0, 2.0, 1.0
_DATES = ("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%d-%m-%Y", "%Y%m%d")
_TRUE, _FALSE = ("true", "yes", "y", "1", "x", "ja", "oui"), ("false", "no", "n", "0", "nein", "non")
_NUMBERS = (Kind.INT, Kind.FLOAT, Kind.MONEY)
_KEYS = ("id", "key", "no", "nr", "number", "code", "uid", "guid", "external id", "customer id", "record id")

# Names that the columns of other systems have, for fields of any type; those of one type are in `_OWN`.
_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "accounts": ("company", "account", "employer", "organization", "organisation", "firma", "company id", "account id"),
    "account": ("company", "customer", "client", "account id", "customer id", "customer name", "account name"),
    "city": ("town", "ort", "stadt", "locality", "mailing city", "billing city", "ville"),
    "closeProbability": ("probability", "chance", "win probability"),
    "contact": ("contact id", "contact person"),
    "country": ("land", "nation", "billing country", "mailing country", "office location", "pays"),
    "department": ("abteilung", "division"),
    "description": ("notes", "note", "comment", "comments", "remarks", "bemerkung"),
    "emailAddress1": ("email", "mail", "e mail", "email address", "primary email", "work email"),
    "emailAddress2": ("second email", "other email", "personal email"),
    "employees": ("number of employees", "headcount", "staff", "mitarbeiter", "employee count", "size"),
    "estimatedCloseDate": ("close date", "expected close", "expected close date", "closing date"),
    "estimatedValue": ("amount", "value", "deal value", "opportunity value", "expected revenue"),
    "firstName": ("given name", "vorname", "forename", "prenom"),
    "industry": ("sector", "branch", "branche", "line of business"),
    "jobTitle": ("title", "position", "role", "job", "contact title", "funktion"),
    "lastName": ("surname", "family name", "nachname", "nom"),
    "manager": ("reports to", "manager id", "reportsto", "supervisor", "boss"),
    "mobilePhone": ("mobile", "cell", "phone", "telephone", "cell phone", "mobil"),
    "opportunity": ("deal", "opportunity id", "deal id"),
    "parent": ("parent id", "parent account", "subsidiary of", "parent company", "belongs to", "group"),
    "product": ("product id", "article", "item"),
    "productNumber": ("sku", "article number", "item number", "product code"),
    "revenue": ("turnover", "annual revenue", "sales", "umsatz", "yearly revenue"),
    "tickerSymbol": ("ticker", "symbol"),
    "websiteUrl": ("website", "web", "url", "homepage", "web site", "domain"),
}
_OWN: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("Account", "name"): ("company", "company name", "account", "account name", "organization", "firma", "customer"),
    ("Account", "accountNumber"): ("customer number", "kundennummer", "account no", "customer no"),
    ("Contact", "name"): ("contact", "contact name", "full name", "person"),
    ("Product", "name"): ("product", "product name", "article", "item", "description"),
    ("Opportunity", "name"): ("opportunity", "deal", "deal name", "opportunity name", "topic"),
    ("SalesOrder", "orderNumber"): ("order", "order no", "order id", "invoice", "invoice number"),
    ("SalesOrder", "submitDate"): ("order date", "date", "ordered on"),
    ("Lead", "name"): ("lead", "lead name"),
}
# What the name of a file says about its records.
_FILES: Mapping[str, tuple[str, ...]] = {
    "Account": ("account", "customer", "compan", "firm", "client", "kunden", "organi"),
    "Contact": ("contact", "people", "person", "employee", "kontakt"),
    "Product": ("product", "article", "item", "artikel"),
    "Opportunity": ("opportunit", "deal", "pipeline"),
    "SalesOrder": ("order", "invoice", "sales_order"),
    "Lead": ("lead", "prospect"),
    "Case": ("case", "ticket", "incident"),
    "User": ("user", "rep", "team"),
}


@dataclass(frozen=True, slots=True)
class Guess:
    """The guessed type of the records, the column of their key, and the field of each column."""

    target: str
    key: str | None
    fields: Mapping[str, str] = field(default_factory=dict)


def guess(found: Profile, file_name: str) -> Guess:
    """Guesses the mapping of a file."""
    guessed = {label: fields_of(label, found) for label in importable()}
    scores = {label: sum(score for _, score in one.values()) for label, one in guessed.items()}
    stem = _words(file_name.rpartition(".")[0])
    for label, parts in _FILES.items():
        scores[label] += 5.0 * any(part in stem for part in parts)
    target = max(scores, key=lambda label: (scores[label], label == "Account"))
    chosen = {column: name for column, (name, _) in guessed[target].items()}
    return Guess(target, key_of(found, target, chosen), chosen)


def fields_of(label: str, found: Profile) -> dict[str, tuple[str, float]]:
    """The best field for each column, with its score; each field at most once."""
    pairs = []
    for column in found.columns:
        for target in targets(label).values():
            score = _score(label, column, target)
            if score:
                pairs.append((score, column.name, target.name))
    chosen: dict[str, tuple[str, float]] = {}
    taken: set[str] = set()
    for score, column_name, name in sorted(pairs, key=lambda one: (-one[0], one[1], one[2])):
        if column_name not in chosen and name not in taken:
            chosen[column_name] = (name, score)
            taken.add(name)
    if "name" in taken:
        chosen = {column: one for column, one in chosen.items() if one[0] != "fullName"}
    return chosen


def _score(label: str, column: Column, target: Target) -> float:
    """How well a column fits a field; 0 if its values cannot be stored there."""
    name = _words(re.sub(r" \(\d+\)$", "", column.name))
    own = _words(target.name)
    others = (*_SYNONYMS.get(target.name, ()), *_OWN.get((label, target.name), ()))
    score = 0.0
    if name == own or name == f"{_words(label)} {own}":
        score = _EXACT
    elif name in {*others, f"{own} id", f"{own} key"}:
        score = _SYNONYM
    elif len(own) > 3 and own in name and target.link is None:
        score = _PART
    if not score or not fits(column.values, target):
        return 0.0
    return score + 0.5 * bool(target.required)


def fits(values: Sequence[str], target: Target) -> bool:
    """Whether most values can be stored in a field."""
    if not values or target.declared is None:
        return True
    kind, form = target.declared.kind, target.declared.format
    good = sum(_is_storable(one, kind) for one in values)
    if form is not None:
        good = sum(form.fits(form.canonical(one)) for one in values)
    if kind is Kind.CHOICE:
        known = choices(target)
        good = sum(one in known for one in values)
    return _most(good, values)


def _most(good: int, values: Sequence[str]) -> bool:
    return good >= _LEAST_FITTING * len(values)


def choices(target: Target) -> dict[str, str]:
    """The texts that mean a member of a choice, in the usual spellings."""
    assert target.declared is not None
    found = {}
    for one in target.declared.members or ():
        words = one.name.replace("_", " ").lower()
        for text in (words, words.capitalize(), words.title(), words.upper(), one.name, one.name.lower()):
            found[text] = one.name
    return found


def _is_storable(text: str, kind: Kind) -> bool:
    if kind in _NUMBERS:
        return bool(re.fullmatch(r"[^\d]{0,4}[\d.,' \u00a0]*\d[\d.,' \u00a0]*[^\d]{0,4}", text))
    if kind is Kind.BOOL:
        return text.lower() in (*_TRUE, *_FALSE)
    if kind in (Kind.DATE, Kind.DATETIME):
        return _is_iso(text) or any(_parses(text, one) for one in _DATES)
    return True


def _is_iso(text: str) -> bool:
    with suppress(ValueError):
        return "-" in text and bool(datetime.fromisoformat(text))
    return False


def _parses(text: str, pattern: str) -> bool:
    with suppress(ValueError):
        return bool(datetime.strptime(text, pattern))  # noqa: DTZ007  only the notation matters
    return False


def date_format(values: Sequence[str]) -> str | None:
    """The notation of dates, if it is not ISO 8601 and only one fits."""
    if _most(sum(map(_is_iso, values)), values):
        return None
    fitting = [one for one in _DATES if _most(sum(_parses(text, one) for text in values), values)]
    return fitting[0] if len(fitting) == 1 else None


def number_notation(values: Sequence[str]) -> str | None:
    """An example of the notation of numbers, if they are not plain."""
    if _most(sum(re.fullmatch(r"-?\d+(\.\d+)?", text) is not None for text in values), values):
        return None
    for text in sorted(set(values), key=len, reverse=True):
        with suppress(NotationError):
            found = notation(text)
            if _most(sum(found.plain(one) is not None for one in values), values):
                return text
    return None


def truth_codes(values: Sequence[str]) -> dict[str, str]:
    """The texts of a column that mean true and false, where they are not plain."""
    codes = {}
    for text in dict.fromkeys(values):
        try:
            truth(text)
        except UnfitError:
            if text.lower() in (*_TRUE, *_FALSE):
                codes[text] = "true" if text.lower() in _TRUE else "false"
    return codes


def key_of(found: Profile, target: str, fields: Mapping[str, str]) -> str | None:
    """The column that identifies a row: a unique one that is never empty, with the name of a key if there is one."""
    unique = [one for one in found.columns if one.values and one.is_unique]
    most = max((len(one.values) for one in unique), default=0)
    unique = [one for one in unique if len(one.values) == most]
    own = _words(target)
    names = (*_KEYS, f"{own} id", f"{own} no", f"{own} number", f"{own} code", f"{own} key")
    by_name = next((one.name for one in unique if _words(one.name) in names), None)
    if by_name is None:
        by_name = next((one.name for one in unique if _words(one.name).endswith((" id", " key", " number"))), None)
    if by_name is None:
        wanted = ("name", "emailAddress1", "title", "orderNumber", "productNumber")
        by_name = next((one.name for name in wanted for one in unique if fields.get(one.name) == name), None)
    return by_name or next((one.name for one in unique), None)


def _words(text: str) -> str:
    """A name in lower-case words without accents and punctuation.

    >>> _words("customerID"), _words("E-Mail"), _words("Société_nom")
    ('customer id', 'e mail', 'societe nom')
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    plain = re.sub(r"([a-z])([A-Z])", r"\1 \2", plain)
    return " ".join(re.findall(r"[a-z]+|\d+", plain.lower()))
