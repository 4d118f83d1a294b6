"""The next step with an account: its soonest open task, meeting or expected close date."""

from __future__ import annotations

from graph.models.account import Account
from graph.query.builder import CypherBuilder, Figures, computed
from graph.query.cypher import call, where
from graph.query.planned import CLOSING, MEETING_AHEAD, OPEN_TASK, TASK_DUE
from graph.query.selection import Computed
from graph.vocabulary import entity

_STEP = "[toString(date(at)), toString(at), kind, uid]"


@computed(on=Account)
def next_steps(builder: CypherBuilder, _: Computed, start: str) -> Figures:
    """`step`: [date, time, kind, uid], or null.

    Tasks and meetings count if they are about the account or its open deals, or with the people who work there.
    """
    employed = builder.validity_predicates("job", entity("Account").links["contacts"].model, None, None)
    planned = builder.node("planned", "Activity", labelled=False)
    person = builder.node("person", "Contact", labelled=False)
    deal = builder.node("deal", "Opportunity", labelled=False)
    ahead = f"({OPEN_TASK} AND {TASK_DUE} >= datetime.truncate('day', $now)) OR ({MEETING_AHEAD})"
    found = f"WITH planned WHERE {ahead}\nRETURN planned"
    open_deal = f"MATCH ({start})<-[:FOR_ACCOUNT]-{deal}\nWHERE deal.state = 'OPEN'"
    colleague = f"MATCH ({start})<-[job:WORKS_AT]-{person}{where(employed)}"
    patterns = (
        f"MATCH ({start})<-[:REGARDING]-{planned}\n{found}",
        f"{open_deal}\nMATCH (deal)<-[:REGARDING]-{planned}\n{found}",
        f"{colleague}\nMATCH (person)-[:PARTICIPATED_IN]->{planned}\n{found}",
    )
    activities = (
        call(start, "\nUNION\n".join(patterns))
        + f"\nRETURN CASE WHEN planned:Task THEN {TASK_DUE} ELSE planned.startedAt END AS at,\n"
        "  CASE WHEN planned:Task THEN 'TASK' ELSE 'MEETING' END AS kind, planned.uid AS uid"
    )
    deals = (
        f"MATCH ({start})<-[:FOR_ACCOUNT]-{deal}\nWHERE {CLOSING}\n"
        "RETURN datetime({date: deal.estimatedCloseDate}) AS at, 'CLOSING' AS kind, deal.uid AS uid"
    )
    first = (
        f"{call(start, f'{activities}{chr(10)}UNION ALL{chr(10)}{deals}')}\n"
        f"WITH at, kind, uid ORDER BY at, uid LIMIT 1\nRETURN collect({_STEP}) AS steps"
    )
    return Figures([call(start, first)], {"step": "head(steps)"})
