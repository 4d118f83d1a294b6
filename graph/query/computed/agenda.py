"""The agenda of a user: meetings, tasks, and the expected close dates of deals."""

from __future__ import annotations

from graph.models.choices import Hierarchy
from graph.models.user import User
from graph.query.builder import CypherBuilder, Figures, computed
from graph.query.cypher import call
from graph.query.planned import CLOSING, MEETING_AHEAD, OPEN_TASK, TASK_DUE
from graph.query.portfolio import group_of
from graph.query.selection import Computed
from graph.query.tie_formula import ATTENDING
from graph.query.values import Argument

DAYS = Argument("days", int, "The number of days ahead; tasks may be as many days overdue.", 30, 1, 366)

HIERARCHY = Argument(
    "hierarchy", Hierarchy, "The hierarchy whose accounts below those of the user count too.", Hierarchy.CRM
)


@computed(on=User, args=(DAYS, HIERARCHY))
def planned(builder: CypherBuilder, selection: Computed, start: str) -> Figures:
    """`items`: [date, time, kind, uid, account, person, whether it is the user's own, value in the base currency]."""
    arguments = dict(selection.arguments)
    days = f"duration({{days: ${arguments['days'].name}}})"
    activity = builder.node("planned", "Activity", labelled=False)
    deal = builder.node("deal", "Opportunity", labelled=False)
    portfolio = f"{group_of(builder, start, 'mine', arguments['hierarchy'])}\nRETURN collect(mine) AS portfolio"
    meeting = f"{MEETING_AHEAD} AND planned.startedAt <= $now + {days} AND own.role IN {list(ATTENDING)}"
    task = f"{OPEN_TASK} AND $now - {days} <= {TASK_DUE} <= $now + {days}"
    until = f"{CLOSING} AND deal.estimatedCloseDate <= date($now + {days})"
    open_deal = f"MATCH (mine)<-[:FOR_ACCOUNT]-{deal}"
    about = f"MATCH (deal)<-[:REGARDING]-{activity}\nWHERE {task}\nRETURN planned"
    activities = "\nUNION\n".join(
        (
            f"MATCH ({start})-[own:PARTICIPATED_IN]->{activity}\nWHERE ({meeting}) OR ({task})\nRETURN planned",
            f"UNWIND portfolio AS mine\nMATCH (mine)<-[:REGARDING]-{activity}\nWHERE {task}\nRETURN planned",
            f"UNWIND portfolio AS mine\n{open_deal}\n{about}",
        )
    )
    deals = "\nUNION\n".join(
        (
            f"MATCH ({start})<-[:OWNED_BY]-{builder.node('deal', 'Opportunity')}\nWHERE {until}\nRETURN deal",
            f"UNWIND portfolio AS mine\n{open_deal}\nWHERE {until}\nRETURN deal",
        )
    )
    clauses = [
        call(start, portfolio),
        call(f"{start}, portfolio", _activities(builder, start, activities)),
        call(f"{start}, portfolio", _deals(builder, start, deals)),
    ]
    return Figures(clauses, {"items": "acts + sales"})


def _activities(builder: CypherBuilder, start: str, union: str) -> str:
    about = builder.node("about", "Record", labelled=False)
    account = builder.node("account", "Account", labelled=False)
    people = builder.node("other", "Party", labelled=False)
    where_it_is = (
        f"OPTIONAL MATCH (planned)-[:REGARDING]->{about}\nOPTIONAL MATCH (about)-[:FOR_ACCOUNT]->{account}\n"
        "RETURN head(collect(CASE WHEN about:Account THEN about.uid ELSE account.uid END)) AS place"
    )
    who = (
        f"OPTIONAL MATCH (planned)<-[part:PARTICIPATED_IN]-{people}\n"
        "WHERE CASE WHEN planned:Task THEN part.role = 'OWNER' ELSE other:Contact END\n"
        f"WITH other ORDER BY other.name, other.uid\n"
        f"RETURN head(collect(other.uid)) AS person, any(one IN collect(other) WHERE one = {start}) AS own"
    )
    row = (
        "[toString(date(at)), toString(at), CASE WHEN planned:Task THEN 'TASK' ELSE 'MEETING' END, planned.uid,\n"
        "  place, person, own OR NOT planned:Task, null]"
    )
    return (
        f"{call(f'{start}, portfolio', union)}\n{call('planned', where_it_is)}\n{call(f'planned, {start}', who)}\n"
        f"WITH *, CASE WHEN planned:Task THEN {TASK_DUE} ELSE planned.startedAt END AS at\n"
        f"RETURN collect({row}) AS acts"
    )


def _deals(builder: CypherBuilder, start: str, union: str) -> str:
    account = builder.node("account", "Account", labelled=False)
    owner = builder.node("owner", "Party", labelled=False)
    around = (
        f"OPTIONAL MATCH (deal)-[:FOR_ACCOUNT]->{account}\nOPTIONAL MATCH (deal)-[:OWNED_BY]->{owner}\n"
        f"RETURN head(collect(account.uid)) AS place, head(collect(owner.uid)) AS person"
    )
    row = (
        f"[toString(deal.estimatedCloseDate), null, 'CLOSING', deal.uid, place, person, coalesce(person = {start}.uid, "
        "false),\n  deal.estimatedValueBase]"
    )
    return f"{call(f'{start}, portfolio', union)}\n{call('deal', around)}\nRETURN collect({row}) AS sales"
