"""The data of an org chart: the people with their ties to users, and the reporting lines between them."""

from __future__ import annotations

from datetime import datetime

from graph.models.account import Account
from graph.query.builder import CypherBuilder, Figures, computed
from graph.query.cypher import call, stored, where
from graph.query.party_ties import USERS, past_activities, stored_ties, took_part
from graph.query.selection import Computed, Part, Slot
from graph.query.tie_formula import SPOKE
from graph.query.values import Argument
from graph.query.withheld import withheld
from graph.vocabulary import entity

_PERSON = (
    "p.uid, p.name, coalesce(job.jobTitle, p.jobTitle), coalesce(job.department, p.department), "
    "coalesce(job.roles, []), toString(gone)"
)


class _Chart:
    """The patterns and predicates that all parts of the chart share, at one point in time."""

    def __init__(self, builder: CypherBuilder, start: str, at: Slot | None) -> None:
        self.builder = builder
        self.start = start
        self.at = at
        self.works = entity("Account").links["contacts"].model
        self.reports = entity("Contact").links["manager"].model

    def employed(self, edge: str) -> list[str]:
        """Returns the predicates of a valid employment."""
        return self.builder.validity_predicates(edge, self.works, self.at, None)

    def line(self, edge: str) -> list[str]:
        """Returns the predicates of a valid reporting line."""
        return self.builder.validity_predicates(edge, self.reports, self.at, None)

    def person(self, variable: str) -> str:
        """Returns the pattern of a readable person."""
        return self.builder.node(variable, "Contact", labelled=False)

    def elsewhere(self, variable: str) -> str:
        """Returns the predicate that a person does not work at the account."""
        rules = " AND ".join(self.employed("hw"))
        return f"NOT EXISTS {{ ({variable})-[hw:WORKS_AT]->({self.start}) WHERE {rules} }}"

    def climb(self, up: bool, start: str, end: str) -> str:
        """Returns the pattern of zero or more readable solid lines up or down."""
        step, node = self.builder.fresh("r"), self.builder.passed(self.builder.fresh("v"), "Contact")
        rules = " AND ".join([f"{stored(step, self.reports, 'kind')} = 'SOLID'", *self.line(step)])
        arrow = f"-[{step}:REPORTS_TO WHERE {rules}]->" if up else f"<-[{step}:REPORTS_TO WHERE {rules}]-"
        return f"({start}) ((){arrow}{node})* ({end})"


def _crossing(chart: _Chart, up: bool) -> str:
    """Returns clauses for the people outside the account whom lines from its people reach."""
    arrow = "-[cr:REPORTS_TO]->" if up else "<-[cr:REPORTS_TO]-"
    solid = [] if up else [f"{stored('cr', chart.reports, 'kind')} = 'SOLID'"]
    rules = [*solid, *chart.line("cr"), chart.elsewhere("x")]
    return call(
        f"{chart.start}, here",
        f"UNWIND here AS c\nMATCH (c){arrow}{chart.person('x')}{where(rules)}\nWITH DISTINCT x\n"
        f"MATCH {chart.climb(up, 'x', 'y')}\nRETURN collect(DISTINCT y) AS {'above' if up else 'below'}",
    )


@computed(on=Account, args=(Argument("asOf", datetime | None, "The point in time; the default is now."),))
def reporting(builder: CypherBuilder, selection: Computed, start: str) -> Figures:
    """`people`: [uid, name, title, department, roles, left, ties, spoke, here]; `lines`: [uid, manager, kind, sure].

    `withheld`: the number of people who are hidden, if it is selected.

    `ties` are those to users, see `graph.query.party_ties`; at a point in time, the activities that they follow from.
    """
    chart = _Chart(builder, start, dict(selection.arguments).get("asOf"))
    ties = "WITH *, [] AS ties"
    if needs_ties(selection.parts):
        past = chart.at is not None
        ties = (
            past_activities(builder, "p", chart.at, USERS, "ties") if past else stored_ties(builder, "p", USERS, "ties")
        )
    spoke = "WITH *, null AS spoke"
    if selects(selection.parts, "lastSpokeAt"):
        took = took_part(builder, "p", chart.at, SPOKE)
        spoke = call("p", f"{took}\nRETURN toString(max(activity.startedAt)) AS spoke")
    here = f"coalesce(endNode(job) = {start}, false)"
    clauses = [
        *_everybody(chart),
        call("everybody", _lines(chart)),
        call(
            f"{start}, everybody",
            f"UNWIND everybody AS p\n{_position(chart)}\n{ties}\n{spoke}\n"
            f"RETURN collect([{_PERSON}, ties, spoke, {here}]) AS people",
        ),
    ]
    values: dict[str | Part, str] = {"people": "people", "lines": "lines"}
    if selects(selection.parts, "withheld"):
        hidden, values["withheld"] = _withheld(chart)
        clauses += hidden
    return Figures(clauses, values)


def _everybody(chart: _Chart) -> list[str]:
    """Returns clauses that bind everybody in the chart."""
    return [
        f"OPTIONAL MATCH ({chart.start})<-[w:WORKS_AT]-{chart.person('c')}{where(chart.employed('w'))}",
        f"WITH {chart.start}, collect(DISTINCT c) AS here",
        _crossing(chart, True),
        _crossing(chart, False),
        call(
            "here, above, below",
            "UNWIND here + above + below AS one\nWITH DISTINCT one\nRETURN collect(one) AS everybody",
        ),
    ]


def _withheld(chart: _Chart) -> tuple[list[str], str]:
    """Returns subqueries for the people who would be in the chart and whom the caller may not read."""

    def found(each: CypherBuilder, record: str) -> str:
        return "\n".join([*_everybody(_Chart(each, chart.start, chart.at)), f"UNWIND everybody AS {record}"])

    return withheld(chart.builder, chart.start, found)


def selects(parts: tuple[Part, ...], name: str) -> bool:
    """True if a part of that name is selected at any depth."""
    return any(part.name == name or selects(part.parts, name) for part in parts)


def needs_ties(parts: tuple[Part, ...]) -> bool:
    """True if a part is selected that follows from the ties to users."""
    return selects(parts, "strength") or selects(parts, "bestKnownBy")


def _lines(chart: _Chart) -> str:
    return (
        f"UNWIND everybody AS p\nMATCH (p)-[l:REPORTS_TO]->{chart.person('m')}{where(chart.line('l'))}\n"
        "RETURN collect([p.uid, m.uid, l.kind, l.confidence]) AS lines"
    )


def _position(chart: _Chart) -> str:
    """Binds `job`, the employment at the account or else the main one, and `gone`, the date of leaving the account."""
    employer = chart.builder.node("o", "Account", labelled=False)
    moment = "$now" if chart.at is None else f"${chart.at.name}"
    job = call(
        f"p, {chart.start}",
        f"OPTIONAL MATCH (p)-[w:WORKS_AT]->{employer}{where(chart.employed('w'))}\n"
        f"WITH w ORDER BY o = {chart.start} DESC, coalesce(w.isPrimary, false) DESC, o.uid LIMIT 1\nRETURN w AS job",
    )
    gone = call(
        f"p, {chart.start}",
        f"OPTIONAL MATCH (p)-[w:WORKS_AT]->({chart.start})\n"
        "RETURN CASE WHEN count(w) > 0 AND "
        f"count(CASE WHEN w.validTo IS NULL OR w.validTo > {moment} THEN 1 END) = 0 THEN max(w.validTo) END AS gone",
    )
    return f"{job}\n{gone}"
