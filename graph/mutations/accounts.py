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
        "Changes or removes the parent of an account in a hierarchy and keeps the previous parent as history. The "
        "parent cannot be the account itself, and the change must not close a cycle at any time."
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
        "Makes a user the primary manager of an account. An account has exactly one at a time: the previous one "
        "ends at the start of the new one. The start cannot be before the start of another primary manager."
    ),
    edges=(Edge("MANAGES", "User", "Account", {"isPrimary": True}),),
    subject="end",
    other=RecordInput("user", "User", "The new primary manager."),
    mode="replace",
    what="primary manager",
    facts=(Given("role", default=MANAGER),),
    by=("role",),
)

_TEAMS = (Edge("MANAGES", "User", "Account", {"isPrimary": False}), Edge("MEMBER_OF", "User", "Team"))

EdgeMutation(
    name="addTeamMember",
    label="Party",
    description="Adds a user to an account's team in a role, or to a team.",
    edges=_TEAMS,
    subject="end",
    other=RecordInput("user", "User", "The user."),
    mode="add",
    what="team member",
    facts=(Given("role", description="The role in the team, such as executive sponsor."),),
    by=("role",),
)

EdgeMutation(
    name="removeTeamMember",
    label="Party",
    description=(
        "Ends a user's role in an account's team, or membership in a team, and keeps it as history. To replace the "
        "primary manager of an account, use `assignManager`."
    ),
    edges=_TEAMS,
    subject="end",
    other=RecordInput("user", "User", "The user."),
    mode="end",
    what="team member",
    facts=(Given("role", description="The role that ends. If omitted, all roles of the user end."),),
    guards=(Guard("any(edge IN edges WHERE edge.isPrimary)", PRIMARY, details(what="team member"), "user"),),
)
