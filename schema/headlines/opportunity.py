"""The headline of an opportunity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from algorithms.strength import KNOWN, STRANGER
from schema.findings.finding import Viewpoint, day_of
from schema.findings.roles import champions, decides, is_against, is_for, mention, people
from schema.findings.rules.lines_against_value import lines_against_value
from schema.headlines import patterns
from schema.headlines.registry import headline
from schema.sentences.sentence import FigureUnit, Sentence, Slot, amount, count, sentence, single
from schema.sentences.wording import day

LIKELY = 50
LONG_SILENCE = 30


@headline(
    "headline",
    on="Opportunity",
    reads="""id name state createdAt closeProbability estimatedCloseDate actualCloseDate
        estimatedValue { amount currency } actualValue { amount currency }
        owner { __typename id ... on User { name } }
        lines(first: 200) { totalCount edges { extendedAmount { amount currency } node { id name } } }
        logged: activitiesRegarding(first: 1, orderBy: [{ startedAt: DESC }]) { nodes { id startedAt } }
        stakeholders(first: 100) { edges { role support node {
            id name ties(with: USERS, first: 5) { strength from { id ... on User { name } } } } } }""",
)
def opportunity(row: Mapping[str, Any], view: Viewpoint) -> Iterator[Sentence]:
    """The evidence against the probability of the opportunity, or the people who are for and against us."""
    if row["state"] != "OPEN":
        yield _closed(row, view)
        return
    doubted = _doubted(row, view)
    yield doubted or _sides(row, view) or _plain(row, view)
    other = None if doubted else _known_by_other(row)
    if other is not None:
        yield other
    for finding in lines_against_value(row, view):
        yield sentence(patterns.LINES, lines=finding.says.slots["lines"])


def _closed(row: Mapping[str, Any], view: Viewpoint) -> Sentence:
    closed, value = row["actualCloseDate"], row["actualValue"]
    slots: dict[str, Slot] = {} if closed is None else {"date": day(day_of(closed), view.today)}
    if closed is None or (row["state"] == "WON" and value is None):
        return sentence(patterns.CLOSED)
    if row["state"] == "WON":
        return sentence(patterns.WON, value=amount(value, "actual value", row["id"]), **slots)
    return sentence(patterns.LOST, **slots)


def _deciders(row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [edge for edge in row["stakeholders"]["edges"] if decides(edge["role"])]


def _doubted(row: Mapping[str, Any], view: Viewpoint) -> Sentence | None:
    """The probability, where nobody of us knows the people who decide."""
    chance, edges = row["closeProbability"], _deciders(row)
    strengths = (tie["strength"] for edge in edges for tie in edge["node"]["ties"])
    if not edges or chance is None or chance < LIKELY or any(strength >= STRANGER for strength in strengths):
        return None
    slots: dict[str, Slot] = {
        "chance": single(chance, FigureUnit.PERCENT, "close probability", row["id"]),
        "deciders": count(people(edges)),
    }
    logged = row["logged"]["nodes"]
    since = logged[0]["startedAt"] if logged else row["createdAt"]
    pattern = view.claim(patterns.UNKNOWN_DECIDERS)
    if since is not None and view.days_since(since) >= LONG_SILENCE:
        record = logged[0]["id"] if logged else row["id"]
        slots["unlogged"] = single(view.days_since(since), FigureUnit.DAYS, f"since {since[:10]}", record)
        pattern += patterns.UNLOGGED
    return sentence(f"{pattern}.", **slots)


def _sides(row: Mapping[str, Any], view: Viewpoint) -> Sentence | None:
    edges = row["stakeholders"]["edges"]
    if not edges:
        return None
    seats, deciders = count(people(edges)), people(_deciders(row))
    friends = people(edge for edge in edges if is_for(edge["support"]))
    against = people(edge for edge in edges if is_against(edge["support"]))
    champion = any(champions(edge["role"]) and is_against(edge["support"]) for edge in edges)
    if against and (champion or len(against) > len(friends)):
        pattern = patterns.AGAINST_CHAMPION if champion else patterns.AGAINST
        pattern = patterns.ALL_AGAINST if len(against) == seats.value else pattern
        return sentence(pattern, against=count(against), seats=seats)
    if not deciders:
        return sentence(view.claim(patterns.NO_DECIDER))
    if not friends:
        return None
    pattern = patterns.ALL_FOR if len(friends) == seats.value else patterns.TAKEN_SIDES
    return sentence(pattern, friends=count(friends), seats=seats, decider=deciders[0])


def _known_by_other(row: Mapping[str, Any]) -> Sentence | None:
    owner, edges = row["owner"], _deciders(row)
    if owner is None or owner["__typename"] != "User" or not edges:
        return None
    node = edges[0]["node"]
    ties = {tie["from"]["id"]: tie for tie in node["ties"]}
    best = next((tie for tie in node["ties"] if tie["strength"] >= KNOWN), None)
    if best is None or (owner["id"] in ties and ties[owner["id"]]["strength"] >= STRANGER):
        return None
    return sentence(patterns.KNOWN_BY_OTHER, user=mention(best["from"]), decider=mention(node), owner=mention(owner))


def _plain(row: Mapping[str, Any], view: Viewpoint) -> Sentence:
    value, expected = row["estimatedValue"], row["estimatedCloseDate"]
    if value is None:
        return sentence(patterns.PLAIN)
    stated = amount(value, "estimated value", row["id"])
    if expected is None:
        return sentence(patterns.PLAIN_OPEN, value=stated)
    return sentence(patterns.PLAIN_DATED, value=stated, date=day(day_of(expected), view.today))
