"""The changes at the accounts of a user: events, interactions, and deals that were opened."""

from __future__ import annotations

from datetime import datetime

from graph.models.user import User
from graph.query.builder import CypherBuilder, Figures, computed
from graph.query.computed.changes import masked, readable_fields, unreadable
from graph.query.cypher import call, where
from graph.query.portfolio import accounts_of
from graph.query.selection import Computed, Part
from graph.query.settings import last_visit
from graph.query.tie_formula import HAPPENED, SENDING, TAKING_PART
from graph.query.values import Argument
from graph.vocabulary import entity

SINCE = Argument(
    "since",
    datetime | None,
    "The point in time, at most 30 days ago; the default is your last visit, and seven days ago without one.",
)
LONGEST = "duration({days: 30})"
USUAL = "duration({days: 7})"
_MOST = 200


@computed(on=User, args=(SINCE,))
def recent_changes(builder: CypherBuilder, selection: Computed, start: str) -> Figures:
    """`id`, `visit` and, newest first, `events`, `activities` and `deals`, see `schema.insights.changes`."""
    since = dict(selection.arguments).get("since")
    begin = f"coalesce({last_visit(start)}, $now - {USUAL})" if since is None else f"${since.name}"
    opening = f"WITH *, CASE WHEN {begin} < $now - {LONGEST} THEN $now - {LONGEST} ELSE {begin} END AS since"
    portfolio = f"{accounts_of(builder, start, 'mine')}\nRETURN collect(mine) AS portfolio"
    clauses = [
        opening,
        call(start, portfolio),
        call("portfolio, since", _events(builder)),
        call("portfolio, since", _activities(builder)),
        call("portfolio, since", _deals(builder)),
    ]
    values: dict[str | Part, str] = {"events": "events", "activities": "activities", "deals": "deals"}
    return Figures(clauses, {**values, "id": f"{start}.uid", "visit": f"toString({last_visit(start)})"})


def _events(builder: CypherBuilder) -> str:
    """`events`: [time, mutation, actor, label, record, name, account, name, changes] of the accounts, deals and people.

    Each change is [field, before, after, currency before, currency after]; values that are not plain are null.
    Changes that the caller may not know of are left out, see `changes`, and so are fields that the caller may not read.
    """
    employed = where(builder.validity_predicates("job", entity("Account").links["contacts"].model, None, None))
    deals = f"MATCH (account)<-[:FOR_ACCOUNT]-{builder.node('record', 'Opportunity')}"
    people = f"MATCH (account)<-[job:WORKS_AT]-{builder.node('record', 'Contact', labelled=False)}{employed}"
    ways = ("WITH *, account AS record", deals, people)
    records = "\nUNION\n".join(f"UNWIND portfolio AS account\n{way}\nRETURN account, record" for way in ways)
    event = builder.node("event", "Event", labelled=False)
    actor = f"OPTIONAL MATCH {builder.node('actor', 'User', uid='event.actor')}\nRETURN head(collect(actor)) AS actor"
    values = [
        f"CASE WHEN NOT {unreadable(place)} THEN toStringOrNull(changed['{side}.' + field]) END"
        for place, side in enumerate(("before", "after"))
    ]
    currencies = [f"changed['{side}.' + field + '.currency']" for side in ("before", "after")]
    change = f"[{', '.join(['field', *values, *currencies])}]"
    readable = [*readable_fields(builder), *([f"WITH * WHERE NOT {masked(builder)}"] if builder.access.masked else [])]
    known = "\n".join([*readable, "ORDER BY place", f"RETURN collect({change}) AS known"])
    row = (
        "[toString(event.at), event.mutation, [actor.uid, actor.name], labels(record), [record.uid, record.name],\n"
        "  [account.uid, account.name], known]"
    )
    return (
        f"{call('portfolio', records)}\nMATCH (record)<-[changed:CHANGED]-{event}\n"
        "WHERE event.at > since AND size(changed.fields) > 0\n"
        "WITH event, record, changed, account ORDER BY event.at DESC LIMIT "
        f"{_MOST}\n"
        f"{call('changed', known)}\n{call('event', actor)}\nRETURN collect({row}) AS events"
    )


def _activities(builder: CypherBuilder) -> str:
    """`activities`: [time, label, activity, subject, [account], [person], [user], whether the person wrote it]."""
    person = builder.node("person", "Contact", labelled=False)
    took = builder.node("activity", "Activity", labelled=False)
    user = builder.node("ours", "User", labelled=False)
    employed = where(builder.validity_predicates("job", entity("Account").links["contacts"].model, None, None))
    ours = (
        f"OPTIONAL MATCH (activity)<-[part:PARTICIPATED_IN]-{user}\nWITH ours, part ORDER BY part.role, ours.name\n"
        "RETURN head(collect(ours)) AS ours"
    )
    row = (
        "[toString(activity.startedAt), labels(activity), [activity.uid, activity.subject],\n"
        "  [account.uid, account.name], [person.uid, person.name], [ours.uid, ours.name], wrote]"
    )
    return (
        f"UNWIND portfolio AS account\nMATCH (account)<-[job:WORKS_AT]-{person}{employed}\n"
        f"MATCH (person)-[own:PARTICIPATED_IN]->{took}\n"
        f"WHERE activity.startedAt > since AND own.role IN {TAKING_PART}\n  AND {HAPPENED}\n"
        f"WITH activity, account, person, own.role IN {list(SENDING)} AS wrote ORDER BY wrote DESC, person.name\n"
        "WITH activity, head(collect([account, person, wrote])) AS first ORDER BY activity.startedAt DESC LIMIT "
        f"{_MOST}\nWITH activity, first[0] AS account, first[1] AS person, first[2] AS wrote\n"
        f"{call('activity', ours)}\nRETURN collect({row}) AS activities"
    )


def _deals(builder: CypherBuilder) -> str:
    """`deals`: [date, deal, [account], [owner], value and its currency] of the deals that were opened."""
    owner = f"OPTIONAL MATCH (deal)-[:OWNED_BY]->{builder.node('who', 'Party', labelled=False)}\n"
    row = (
        "[toString(deal.openedOn), [deal.uid, deal.name], [account.uid, account.name], [who.uid, who.name],\n"
        "  [toString(deal.estimatedValue), deal.estimatedValueCurrency]]"
    )
    return (
        f"UNWIND portfolio AS account\nMATCH (account)<-[:FOR_ACCOUNT]-{builder.node('deal', 'Opportunity')}\n"
        f"WHERE deal.openedOn >= date(since) AND deal.openedOn <= date($now)\nWITH deal, account\n"
        f"{call('deal', owner + 'RETURN head(collect(who)) AS who')}\nRETURN collect({row}) AS deals"
    )
