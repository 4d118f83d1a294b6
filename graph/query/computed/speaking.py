"""When we last spoke with a person or with an account: meetings, calls, and emails that they wrote."""

from __future__ import annotations

from datetime import datetime

from graph.models.account import Account
from graph.models.contact import Contact
from graph.query.builder import CypherBuilder, Figures, computed
from graph.query.cypher import call
from graph.query.party_ties import took_part
from graph.query.selection import Computed, Slot
from graph.query.tie_formula import SPOKE
from graph.query.values import Argument

AS_OF = Argument("asOf", datetime | None, "The point in time; the default is now.")


def last_spoke(builder: CypherBuilder, account: str, at: Slot | None, answer: str) -> str:
    """Returns clauses that bind the time at which somebody last spoke with an account or its people.

    The activities of a person count while the person worked there.
    """
    person = f"MATCH ({account})<-[job:WORKS_AT]-{builder.node('c', 'Contact', labelled=False)}"
    employed = (
        "(job.validFrom IS NULL OR job.validFrom <= activity.startedAt) AND "
        "(job.validTo IS NULL OR activity.startedAt < job.validTo)"
    )
    theirs = took_part(builder, "c", at, f"{SPOKE} AND {employed}")
    own = took_part(builder, account, at, SPOKE)
    union = f"{own}\nRETURN activity.startedAt AS at\nUNION ALL\n{person}\n{theirs}\nRETURN activity.startedAt AS at"
    return f"{call(account, union)}\nRETURN max(at) AS {answer}"


@computed(on=Account, args=(AS_OF,))
def account_speech(builder: CypherBuilder, selection: Computed, start: str) -> Figures:
    """`at`: when somebody last spoke with the account."""
    return _figures(last_spoke(builder, start, dict(selection.arguments).get("asOf"), "spoke"), start)


@computed(on=Contact, args=(AS_OF,))
def contact_speech(builder: CypherBuilder, selection: Computed, start: str) -> Figures:
    """`at`: when somebody last spoke with the person."""
    took = took_part(builder, start, dict(selection.arguments).get("asOf"), SPOKE)
    return _figures(f"{took}\nRETURN max(activity.startedAt) AS spoke", start)


def _figures(body: str, start: str) -> Figures:
    return Figures([call(start, body)], {"at": "toString(spoke)"})
