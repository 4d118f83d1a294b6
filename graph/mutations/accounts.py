"""Accounts: their parents, their primary manager and their team."""

from __future__ import annotations

from graph.mutations.declarations import Given, Guard, RecordInput
from graph.mutations.edges import Edge, EdgeMutation
from graph.mutations.frame import details
from graph.mutations.reasons import PRIMARY

MANAGER = "account manager"

EdgeMutation(
    name="reparentAccount",
    label="Account",
    description=(
        "Gives an account another parent in a hierarchy, or none; the parent before is kept as history. Refuses the "
        "account itself, and what would close a cycle at any time."
    ),
    edges=(Edge("CHILD_OF", "Account", "Account"),),
    subject="start",
    other=RecordInput(
        "parent", "Account", "The new parent; `null` makes the account a root.", required=False, explicit=True
    ),
    mode="replace",
    what="parent",
    facts=(Given("hierarchy", default="CRM"),),
    by=("hierarchy",),
)

EdgeMutation(
    name="assignManager",
    label="Account",
    description=(
        "Makes a user the primary manager of an account. There is exactly one at a time: the one before stays until "
        "then, and a start before another one begins is refused."
    ),
    edges=(Edge("MANAGES", "User", "Account", {"isPrimary": True}),),
    subject="end",
    other=RecordInput("user", "User", "The user who manages the account from then on."),
    mode="replace",
    what="primary manager",
    facts=(Given("role", default=MANAGER),),
    by=("role",),
)

_TEAMS = (Edge("MANAGES", "User", "Account", {"isPrimary": False}), Edge("MEMBER_OF", "User", "Team"))

EdgeMutation(
    name="addTeamMember",
    label="Party",
    description="Gives a user a part in an account's team, or makes the user a member of a team.",
    edges=_TEAMS,
    subject="end",
    other=RecordInput("user", "User", "The user."),
    mode="add",
    what="team member",
    facts=(Given("role", description="The part in the team, such as executive sponsor."),),
    by=("role",),
)

EdgeMutation(
    name="removeTeamMember",
    label="Party",
    description=(
        "Ends a user's part in an account's team, or membership of a team; it is kept as history. The primary manager "
        "of an account is replaced with assignManager instead."
    ),
    edges=_TEAMS,
    subject="end",
    other=RecordInput("user", "User", "The user."),
    mode="end",
    what="team member",
    facts=(Given("role", description="The part that ends; every part of the user when omitted."),),
    guards=(Guard("any(edge IN edges WHERE edge.isPrimary)", PRIMARY, details(what="team member"), "user"),),
)
