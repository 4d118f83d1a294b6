"""Org charts: drawn from employments and reporting lines, with what is odd about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from graphql import FieldNode, GraphQLResolveInfo

from algorithms.orgchart import Line, Oddity, Person, org_chart
from algorithms.strength import strength
from graph.query.selection import Part
from schema.context import Context
from schema.insights.places import handed, occurrences
from schema.insights.sums import sums_of
from schema.planning.selection_builder import SelectionBuilder
from schema.scalars import DateTime
from schema.typing import enumeration_of

if TYPE_CHECKING:
    from schema.generated_types import Confidence, Contact

OrgWarningKind = enumeration_of(
    "OrgWarningKind",
    "What can be odd about an org chart.",
    {
        Oddity.SELF_REPORT.name: "Somebody is said to report to themselves.",
        Oddity.CYCLE.name: "People report to each other in a circle; one of the lines is not followed.",
        Oddity.MULTIPLE_MANAGERS.name: "Somebody has several solid lines; the surest one is followed.",
        Oddity.LEFT_BUT_REPORTED_TO.name: "Somebody has left, but others still report there.",
        Oddity.NO_MANAGER.name: "People with neither a manager nor anybody below.",
    },
)


@strawberry.type(description="Something odd about an org chart.")
class OrgWarning:
    """Something odd about an org chart."""

    kind: OrgWarningKind = strawberry.field(description="What is odd.")  # type: ignore[valid-type]
    contactIds: list[strawberry.ID] = strawberry.field(description="The people it is about.")
    message: str = strawberry.field(description="What it is, in a sentence.")


@strawberry.type(description="A person's place in an org chart.")
class Seat:
    """A person's place in an org chart."""

    shown: strawberry.Private[dict[str, Any]]
    contactId: strawberry.ID | None = strawberry.field(description="The person's id; null for a ghost.")
    managerId: strawberry.ID | None = strawberry.field(
        description="Whom the person reports to by a solid line; null for a root."
    )
    dottedManagerIds: list[strawberry.ID] = strawberry.field(description="Whom else the person reports to.")
    level: int = strawberry.field(description="The levels above; 0 for a root.")
    span: int = strawberry.field(description="The direct reports.")
    descendants: int = strawberry.field(description="Everybody below.")
    jobTitle: str | None = strawberry.field(description="The title at the account, or at the person's main one.")
    department: str | None = strawberry.field(description="The department at the account, or at the person's main one.")
    roles: list[str] = strawberry.field(description="What the person decides or does there.")
    strength: float | None = strawberry.field(
        description="The strongest tie of any of us to the person, 0 to 100; null when there is none."
    )
    leftOn: DateTime | None = strawberry.field(
        description="When the person left the account; null for those who are there."
    )
    ghost: bool = strawberry.field(
        description="Whether the evidence says that the seat exists, but not who sits there."
    )
    confidence: Annotated[Confidence, strawberry.lazy("schema.generated_types")] = strawberry.field(
        description="How sure the line to the manager is."
    )

    @strawberry.field(description="The person; null for a ghost.")
    def contact(self, info: strawberry.Info) -> Annotated[Contact, strawberry.lazy("schema.generated_types")] | None:
        """The person as selected."""
        return handed(self.shown, info, 2)  # type: ignore[no-any-return]


@strawberry.type(description="Who reports to whom at an account; a flat list whose tree is `managerId`.")
class OrgChart:
    """Who reports to whom at an account."""

    people: int = strawberry.field(description="How many people it holds.")
    depth: int = strawberry.field(description="The levels below the roots; 0 when nobody reports to anybody.")
    roots: list[strawberry.ID] = strawberry.field(
        description="Those who report to nobody, the one with most people first."
    )
    seats: list[Seat] = strawberry.field(description="Everybody's place, each tree from its root down.")
    warnings: list[OrgWarning] = strawberry.field(description="What is odd.")


def parts(selection_builder: SelectionBuilder, nodes: Sequence[FieldNode]) -> tuple[Part, ...]:
    """What the read behind a chart has to bring: people's rows where they are selected, ties where strength is."""
    found = [
        Part(key, "contact", (), selection_builder.row(same, "Contact"))
        for key, same in occurrences(selection_builder, nodes, (("OrgChart", "seats"), ("Seat", "contact"))).items()
    ]
    if occurrences(selection_builder, nodes, (("OrgChart", "seats"), ("Seat", "strength"))):
        found.append(Part("strength", "strength"))
    return tuple(found)


def resolve(source: dict[str, Any], info: GraphQLResolveInfo[Any], **arguments: Any) -> OrgChart:
    """Draws the chart from what the read brought."""
    context: Context = info.context
    raw = source[str(info.path.key)]
    at: datetime = arguments.get("asOf_") or arguments.get("asOf") or context.now
    people = [
        Person(uid, name, title, department, tuple(roles), _strongest(ties, at, context.tie_k), left)
        for uid, name, title, department, roles, left, ties, _ in raw["people"]
    ]
    rows = {person[0]: person[7] for person in raw["people"]}
    drawn = org_chart(people, [Line(*line) for line in raw["lines"]])
    return OrgChart(
        people=drawn.people,
        depth=drawn.depth,
        roots=[strawberry.ID(uid) for uid in drawn.roots],
        seats=[
            Seat(
                shown=rows[seat.person.uid] or {},
                contactId=strawberry.ID(seat.person.uid),
                managerId=strawberry.ID(seat.manager) if seat.manager else None,
                dottedManagerIds=[strawberry.ID(uid) for uid in seat.dotted_managers],
                level=seat.level,
                span=seat.span,
                descendants=seat.descendants,
                jobTitle=seat.person.job_title,
                department=seat.person.department,
                roles=list(seat.person.roles),
                strength=seat.person.strength,
                leftOn=seat.person.left_on,  # type: ignore[arg-type]
                ghost=False,
                confidence=seat.confidence,  # type: ignore[arg-type]
            )
            for seat in drawn.seats
        ],
        warnings=[
            OrgWarning(kind=one.kind.name, contactIds=[strawberry.ID(uid) for uid in one.people], message=one.says)
            for one in drawn.warnings
        ],
    )


def _strongest(ties: list[list[Any]], at: datetime, k: float) -> float | None:
    return max((strength(sums_of(tie), at, k).score for tie in ties), default=None)
