"""Mutations that move, win, lose and reopen opportunities, and set the roles of people in them."""

from __future__ import annotations

from graph.mutations.declarations import TODAY, Copy, Expression, Given, RecordInput
from graph.mutations.edges import Edge, EdgeMutation
from graph.mutations.records import RecordRules, WritableIn
from graph.mutations.transitions import Step, Transition

RecordRules(
    "Opportunity",
    writable_in=(
        WritableIn(("status",), ("OPEN",), among=("IN_PROGRESS", "ON_HOLD")),
        WritableIn(("closeProbability",), ("OPEN",)),
        WritableIn(("actualValue",), ("WON",)),
        WritableIn(("actualCloseDate",), ("WON", "LOST")),
    ),
)

Transition(
    name="advanceOpportunity",
    label="Opportunity",
    description="Moves an open opportunity to a later sales stage.",
    state="salesStage",
    target=Step(1),
    when={"state": ("OPEN",)},
    takes=("closeProbability",),
)

Transition(
    name="moveOpportunityBack",
    label="Opportunity",
    description="Moves an open opportunity back to an earlier sales stage.",
    state="salesStage",
    target=Step(-1),
    when={"state": ("OPEN",)},
    takes=("closeProbability",),
)

Transition(
    name="winOpportunity",
    label="Opportunity",
    description="Closes an open opportunity as won, with a probability of 100.",
    sources=("OPEN",),
    target="WON",
    sets={"status": "WON", "closeProbability": 100},
    takes=(Given("actualCloseDate", default=TODAY), Given("actualValue", default=Copy("estimatedValue"))),
)

Transition(
    name="loseOpportunity",
    label="Opportunity",
    description="Closes an open opportunity as lost, with a probability of 0.",
    sources=("OPEN",),
    target="LOST",
    sets={"closeProbability": 0},
    takes=(
        Given("status", required=True, among=("CANCELED", "OUT_SOLD"), description="The reason for the loss."),
        Given("actualCloseDate", default=TODAY),
    ),
)

Transition(
    name="reopenOpportunity",
    label="Opportunity",
    description="Reopens a won or lost opportunity and clears its actual value and close date.",
    sources=("WON", "LOST"),
    target="OPEN",
    sets={"status": "IN_PROGRESS"},
    clears=("actualCloseDate", "actualValue"),
    takes=(Given("closeProbability", default=Expression("null", "empty")),),
)

EdgeMutation(
    name="setStakeholder",
    label="Opportunity",
    description=(
        "Sets a person's role and attitude in an opportunity. What was recorded before ends at the start of the new "
        "role and is kept as history; omitted properties keep their values."
    ),
    edges=(Edge("PLAYS_ROLE_IN", "Contact", "Opportunity"),),
    subject="end",
    other=RecordInput("contact", "Contact", "The person."),
    mode="revise",
    what="role",
    facts=tuple(
        map(Given, ("role", "support", "politicalStatus", "coverage", "decisionOrientation", "isPrimary", "note"))
    ),
)
