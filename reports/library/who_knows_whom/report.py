"""The people of an account, who of us knows them, and the best introduction to each."""

from __future__ import annotations

from typing import Any

from reports.charts import FAIR
from reports.declaration import Column, Data, Each, Report, Row, Table, at

_LONGEST_LIST = 6


def _best(row: Row) -> Row | None:
    """Returns the strongest introduction to the person."""
    found = at(row, "each.introductions")
    return found[0] if found else None


def _strength(row: Row) -> float | None:
    best = _best(row)
    return best["strength"] if best else None


def _way(row: Row) -> str | None:
    """The people on the strongest introduction, in order."""
    best = _best(row)
    if best is None:
        return None
    return " → ".join([best["hops"][0]["from"]["name"], *(hop["to"]["name"] for hop in best["hops"])])


def _reason(row: Row) -> str | None:
    best = _best(row)
    return min(best["hops"], key=lambda hop: hop["strength"])["reason"] if best else None


def _tie(row: Row) -> Row | None:
    """Returns the strongest tie of one of us to the person."""
    return next(iter(row["ties"]), None)


def _known_by(row: Row) -> Any:
    return at(_tie(row), "from.name")


def _tie_strength(row: Row) -> Any:
    return at(_tie(row), "strength")


def _last(row: Row) -> Any:
    return at(_tie(row), "lastAt")


def _rows(data: Data) -> list[Row]:
    """Returns the people, those with the strongest introduction first."""
    people = data["account"]["contacts"]["nodes"]
    return sorted(people, key=lambda one: (-(_strength(one) or 0), -(_tie_strength(one) or 0), one["name"], one["id"]))


def _stops(best: Row) -> list[tuple[str, bool, float | None]]:
    first = best["hops"][0]["from"]
    following = ((hop["to"]["name"], hop["to"]["__typename"] == "User", hop["strength"]) for hop in best["hops"])
    return [(first["name"], True, None), *following]


def _prepare(data: Data) -> dict[str, Any]:
    rows = _rows(data)
    ways = [(row, best) for row in rows if (best := _best(row)) is not None and best["strength"] >= FAIR]
    return {
        "known": sum((_tie_strength(row) or 0) >= FAIR for row in rows),
        "people": data["account"]["contacts"]["totalCount"],
        "reached": len(ways),
        "introduced": next((row for row, best in ways if len(best["hops"]) > 1), None),
        "asked": "each" in rows[0] and rows[0]["each"].get("introductions") is not None if rows else False,
        "ways": [
            {"to": row, "strength": best["strength"], "stops": _stops(best), "reason": _reason(row)}
            for row, best in ways[:_LONGEST_LIST]
        ],
    }


_EACH = "account.contacts.nodes.each"
_TIES = "account.contacts.nodes.ties"

REPORT = Report(
    title="Who knows whom",
    description="The people of an account, who of us knows them, and the best introduction to each of them.",
    about="Account",
    subject="account.name",
    each=Each("each.graphql", rows="account.contacts.nodes", path="id"),
    tables=(
        Table(
            "people",
            "The best introduction to each",
            _rows,
            (
                Column("person", "Person", "name", of="account.contacts.nodes.name"),
                Column("id", "Id", of="account.contacts.nodes.id", shown=False),
                Column("jobTitle", "Title", of="account.contacts.nodes.jobTitle"),
                Column("department", "Department", of="account.contacts.nodes.department", shown=False),
                Column("introduction", "Strength", value=_strength, kind="score",
                       of=f"{_EACH}.introductions.strength"),
                Column("way", "Way", value=_way, kind="text"),
                Column("reason", "Weakest step", value=_reason, of=f"{_EACH}.introductions.hops.reason", shown=False),
                Column("tie", "Our best tie", value=_tie_strength, kind="tie", of=f"{_TIES}.strength"),
                Column("knownBy", "of", value=_known_by, of=f"{_TIES}.from.name"),
                Column("lastAt", "Last contact", value=_last, of=f"{_TIES}.lastAt"),
            ),
            empty="No person is on record there.",
            of="account.contacts.totalCount",
        ),
    ),
    notes=(
        "A person is known if the best tie of one of us is 40 or stronger.",
        "Introductions start from the caller of the report, over at most three steps.",
    ),
    prepare=_prepare,
)  # fmt: skip
