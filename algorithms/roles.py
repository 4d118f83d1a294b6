"""The say of the people in a deal, by their recorded roles, which are free texts."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from algorithms.registry import algorithm


class Say(Enum):
    """The say of a person in a deal, the weightiest first."""

    DECIDES = "Decides, approves or signs."
    CHAMPIONS = "Sells for us inside the account."
    INFLUENCES = "Sways those who decide."
    GATES = "Evaluates, or controls the access to those who decide."
    USES = "Uses what is bought."


ROLES: Mapping[Say, tuple[str, ...]] = {
    Say.DECIDES: ("decisionmaker", "decider", "decides", "approver", "economicbuyer", "signatory"),
    Say.CHAMPIONS: ("champion", "coach", "sponsor"),
    Say.INFLUENCES: ("influencer", "influences"),
    Say.GATES: ("gatekeeper", "technicalevaluator", "evaluator", "evaluates"),
    Say.USES: ("user", "enduser", "uses"),
}
"""The roles with each say, in the form that `normal` returns. Health, committees and rules read this table alone."""

WEIGHTS: Mapping[Say, int] = {Say.DECIDES: 3, Say.CHAMPIONS: 3, Say.INFLUENCES: 2}
"""The weights in the health of a relationship of those who are key people."""

KEY_ROLES: Mapping[str, int] = {role: weight for say, weight in WEIGHTS.items() for role in ROLES[say]}
"""The weight of each role that makes a person a key person."""

_SAYS: Mapping[str, Say] = {role: say for say, roles in ROLES.items() for role in roles}


@algorithm(reads=("plays_role_in.role",), reference="roles are free texts")
def normal(text: str) -> str:
    """Returns a text in lower case, without spaces, hyphens and underscores.

    >>> normal("Decision maker"), normal("DECISION_MAKER")
    ('decisionmaker', 'decisionmaker')
    """
    return text.lower().replace(" ", "").replace("-", "").replace("_", "")


@algorithm(reads=("plays_role_in.role",), reference="explorer design §7.6, §14 (weights of key people)")
def say_of(role: str | None) -> Say | None:
    """Returns what a person with a role has to say; None for another role.

    >>> say_of("Decision maker").name, say_of("TECHNICAL_EVALUATOR").name, say_of("Accountant"), say_of(None)
    ('DECIDES', 'GATES', None, None)
    """
    return None if role is None else _SAYS.get(normal(role))
