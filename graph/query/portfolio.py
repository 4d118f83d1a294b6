"""The accounts that a user is responsible for."""

from __future__ import annotations

from graph.query.builder import CypherBuilder, EdgePattern
from graph.query.cypher import call, where
from graph.query.selection import Slot
from graph.query.traversals import climb
from graph.vocabulary import entity


def accounts_of(builder: CypherBuilder, user: str, account: str) -> str:
    """Returns clauses that bind the accounts that a user is responsible for now, each once."""
    rules = builder.validity_predicates("charge", entity("User").links["accounts"].model, None, None)
    return f"MATCH ({user})-[charge:MANAGES]->{builder.node(account, 'Account')}{where(rules)}\nWITH DISTINCT {account}"


def group_of(builder: CypherBuilder, user: str, account: str, hierarchy: Slot) -> str:
    """Returns clauses that bind the accounts that a user is responsible for and all accounts below them, each once."""
    way = EdgePattern("top", builder.fresh("r"), account, None, hierarchy)
    below = f"MATCH {climb(builder, False, way)}\nRETURN collect(DISTINCT {account}) AS below"
    return (
        f"{accounts_of(builder, user, 'top')}\n{call('top', below)}\nUNWIND below AS {account}\nWITH DISTINCT {account}"
    )
