"""What an org chart is drawn from, in one read: people with their ties to us, and the lines between them."""

from __future__ import annotations

from graph.query.builder import CypherBuilder
from graph.query.cypher import call, name, stored, where
from graph.query.projection import NodeRef, computed, show
from graph.query.selection import Computed, Slot
from graph.vocabulary import entity

_SHOWN = (
    "p.uid, p.name, coalesce(job.jobTitle, p.jobTitle), coalesce(job.department, p.department), "
    "coalesce(job.roles, []), toString(gone)"
)


class _Drawn:
    """The predicates every part of the chart repeats, at one moment."""

    def __init__(self, builder: CypherBuilder, start: str, at: Slot | None) -> None:
        self.builder = builder
        self.start = start
        self.at = at
        self.works = entity("Account").links["contacts"].model
        self.reports = entity("Contact").links["manager"].model

    def employed(self, edge: str) -> list[str]:
        """That an employment holds."""
        return self.builder.validity_predicates(edge, self.works, self.at, None)

    def line(self, edge: str) -> list[str]:
        """That a reporting line holds."""
        return self.builder.validity_predicates(edge, self.reports, self.at, None)

    def person(self, variable: str) -> str:
        """The pattern of a person who may be read."""
        return self.builder.node(variable, "Contact", labelled=False)

    def elsewhere(self, variable: str) -> str:
        """That a person does not work at the account."""
        rules = " AND ".join(self.employed("hw"))
        return f"NOT EXISTS {{ ({variable})-[hw:WORKS_AT]->({self.start}) WHERE {rules} }}"

    def climb(self, up: bool, start: str, end: str) -> str:
        """Any number of readable solid lines up or down."""
        step, node = self.builder.fresh("r"), self.builder.passed(self.builder.fresh("v"), "Contact")
        rules = " AND ".join([f"{stored(step, self.reports, 'kind')} = 'SOLID'", *self.line(step)])
        arrow = f"-[{step}:REPORTS_TO WHERE {rules}]->" if up else f"<-[{step}:REPORTS_TO WHERE {rules}]-"
        return f"({start}) ((){arrow}{node})* ({end})"


def _crossing(drawn: _Drawn, up: bool) -> str:
    """People outside the account whom a line leads to from its people, and on from there by solid lines."""
    arrow = "-[cr:REPORTS_TO]->" if up else "<-[cr:REPORTS_TO]-"
    solid = [] if up else [f"{stored('cr', drawn.reports, 'kind')} = 'SOLID'"]
    rules = [*solid, *drawn.line("cr"), drawn.elsewhere("x")]
    return call(
        f"{drawn.start}, here",
        f"UNWIND here AS c\nMATCH (c){arrow}{drawn.person('x')}{where(rules)}\nWITH DISTINCT x\n"
        f"MATCH {drawn.climb(up, 'x', 'y')}\nRETURN collect(DISTINCT y) AS {'above' if up else 'below'}",
    )


@computed("Account.orgChart")
def org_chart(builder: CypherBuilder, asked: Computed, start: str) -> str:
    """`people`: [uid, name, title, department, roles, left, ties, shown]; `lines`: [uid, manager, kind, confidence]."""
    drawn = _Drawn(builder, start, dict(asked.arguments).get("asOf"))
    wanted = {part.name for part in asked.parts}
    before, shown = _people(builder, asked)
    ties = _ties(builder) if "strength" in wanted else ["WITH *, [] AS ties"]
    return "\n".join(
        [
            f"OPTIONAL MATCH ({start})<-[w:WORKS_AT]-{drawn.person('c')}{where(drawn.employed('w'))}",
            f"WITH {start}, collect(DISTINCT c) AS here",
            _crossing(drawn, True),
            _crossing(drawn, False),
            call(
                "here, above, below",
                "UNWIND here + above + below AS one\nWITH DISTINCT one\nRETURN collect(one) AS everybody",
            ),
            call("everybody", _lines(drawn)),
            call(
                f"{start}, everybody",
                "\n".join(
                    [
                        "UNWIND everybody AS p",
                        _position(drawn),
                        *ties,
                        *before,
                        f"RETURN collect([{_SHOWN}, ties, {shown}]) AS people",
                    ]
                ),
            ),
            "RETURN {people: people, lines: lines}",
        ]
    )


def _people(builder: CypherBuilder, asked: Computed) -> tuple[list[str], str]:
    before, shown = [], []
    for part in asked.parts:
        if part.row is not None:
            subqueries, expression = show(builder, part.row, NodeRef("p", "Contact"))
            before += subqueries
            shown.append(f"{name(part.key)}: {expression}")
    return before, f"{{{', '.join(shown)}}}"


def _lines(drawn: _Drawn) -> str:
    return (
        f"UNWIND everybody AS p\nMATCH (p)-[l:REPORTS_TO]->{drawn.person('m')}{where(drawn.line('l'))}\n"
        "RETURN collect([p.uid, m.uid, l.kind, l.confidence]) AS lines"
    )


def _position(drawn: _Drawn) -> str:
    """`job`: the employment at the account, or else the main one anywhere; `gone`: when somebody left the account."""
    employer = drawn.builder.node("o", "Account", labelled=False)
    moment = "$now" if drawn.at is None else f"${drawn.at.name}"
    job = call(
        f"p, {drawn.start}",
        f"OPTIONAL MATCH (p)-[w:WORKS_AT]->{employer}{where(drawn.employed('w'))}\n"
        f"WITH w ORDER BY o = {drawn.start} DESC, coalesce(w.isPrimary, false) DESC, o.uid LIMIT 1\nRETURN w AS job",
    )
    gone = call(
        f"p, {drawn.start}",
        f"OPTIONAL MATCH (p)-[w:WORKS_AT]->({drawn.start})\n"
        "RETURN CASE WHEN count(w) > 0 AND "
        f"count(CASE WHEN w.validTo IS NULL OR w.validTo > {moment} THEN 1 END) = 0 THEN max(w.validTo) END AS gone",
    )
    return f"{job}\n{gone}"


def _ties(builder: CypherBuilder) -> list[str]:
    counts = "k.both, k.`in`, k.out, k.meetings, k.calls, k.inCount, k.outCount"
    moments = "k.firstAt.epochMillis, k.lastAt.epochMillis, k.asOf.epochMillis"
    user = builder.node("u", "User")
    return [call("p", f"MATCH {user}-[k:KNOWS]-(p)\nRETURN collect([{counts}, {moments}]) AS ties")]
