"""Org charts: a forest of solid reporting lines, with its irregularities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Annotated

from algorithms.registry import algorithm
from algorithms.results import ID, Choice, Ref
from algorithms.tidy_tree import tidy_tree

CONFIDENCE_RANKS: Mapping[str | None, int] = {"CONFIRMED": 2, None: 2, "ASSUMED": 1, "INFERRED": 0}
"""The rank of each confidence; a line without one counts as confirmed."""


LINE_KINDS: Mapping[str | None, int] = {"SOLID": 0, None: 0, "ASSISTANT": 1, "DOTTED": 2}
"""The precedence of each kind of line in the choice of a manager; a line without a kind is solid."""

_SOLID, _DOTTED = LINE_KINDS["SOLID"], LINE_KINDS["DOTTED"]


class OrgWarningKind(Enum):
    """A kind of irregularity in an org chart."""

    SELF_REPORT = "A person is recorded as reporting to themselves."
    CYCLE = "People report to each other in a cycle; one of the lines is not followed."
    MULTIPLE_MANAGERS = "A person has several solid lines; the most certain one is followed."
    LEFT_BUT_REPORTED_TO = "A person has left, but others still report to them."
    NO_MANAGER = "People of the account without a manager; the root of the largest tree is its top, not a gap."


# A chart has thousands of people, lines and seats, which are not frozen because those take three times as long to make.
@dataclass(slots=True)
class Person:
    """A person of the chart; `left_on` is set if the person has left, `here` is False for one of another account.

    `known_by` is the user whose tie has the `strength`.
    """

    uid: str
    name: str | None = None
    job_title: str | None = None
    department: str | None = None
    roles: tuple[str, ...] = ()
    strength: float | None = None
    left_on: datetime | None = None
    known_by: str | None = None
    last_spoke_at: datetime | None = None
    here: bool = True


@dataclass(slots=True)
class Line:
    """A reporting line: the person, the manager, the kind (solid by default) and the confidence."""

    uid: str
    manager: str
    kind: str | None = None
    confidence: str | None = None


@dataclass(slots=True)
class BestTie:
    """Our strongest tie to a person."""

    user: Annotated[str, Ref("User"), "The user."]
    strength: Annotated[float, "The strength of the tie, 0 to 100."]


@dataclass(slots=True)
class Seat:
    """A person's place in an org chart."""

    contact: Annotated[str | None, Ref("Contact"), "The person; null if `ghost` is true."]
    contact_id: Annotated[str | None, ID, "The id of the person; null if `ghost` is true."]
    manager_id: Annotated[str | None, ID, "The id of the manager, by a solid line; null for a root."]
    dotted_manager_ids: Annotated[tuple[str, ...], ID, "The ids of the managers by other lines."]
    level: Annotated[int, "The number of levels above; 0 for a root."]
    span: Annotated[int, "The number of direct reports."]
    descendants: Annotated[int, "The number of people below."]
    job_title: Annotated[str | None, "The job title at the account, or at the person's main account."]
    department: Annotated[str | None, "The department at the account, or at the person's main account."]
    roles: Annotated[tuple[str, ...], "The person's roles there, such as decision maker."]
    strength: Annotated[float | None, "The strength of our strongest tie to the person, 0 to 100; null without a tie."]
    left_on: Annotated[datetime | None, "When the person left the account; null for current people."]
    confidence: Annotated[str, Choice("Confidence"), "The certainty of the line to the manager."]
    ghost: Annotated[bool, "True if there is evidence for the seat but not for the person."] = False
    best_known_by: Annotated[BestTie | None, "Our strongest tie to the person, and the user; null without a tie."] = (
        None
    )
    last_spoke_at: Annotated[
        datetime | None, "The time of the latest meeting or call with the person, or email from the person."
    ] = None
    x: Annotated[
        float | None,
        "With `layout`, the position from left to right in a drawing in which seats of a level are at least 1 apart; "
        "null for people with neither a manager nor reports.",
    ] = None
    y: Annotated[int | None, "With `layout`, the position from top to bottom: the level; null where `x` is null."] = (
        None
    )


@dataclass(frozen=True, slots=True)
class OrgWarning:
    """An irregularity in an org chart."""

    kind: Annotated[OrgWarningKind, "The kind of irregularity."]
    contact_ids: Annotated[tuple[str, ...], ID, "The ids of the people concerned."]
    message: Annotated[str, "A description of the irregularity."]


@dataclass(frozen=True, slots=True)
class OrgChart:
    """The people of an account and who reports to whom: a flat list whose tree is `managerId`."""

    people: Annotated[int, "The number of people."]
    depth: Annotated[int, "The number of levels below the roots; 0 without a reporting line."]
    roots: Annotated[
        tuple[str, ...], ID, "The ids of the people without a manager; the root of the largest tree first."
    ]
    seats: Annotated[tuple[Seat, ...], "The seats of all people; each tree starts at its root."]
    warnings: Annotated[tuple[OrgWarning, ...], "The irregularities."]
    withheld: Annotated[int, "The number of people of the chart whom you may not read."] = 0


@algorithm(
    reads=("person.*", "reports_to.kind", "reports_to.confidence"),
    reference="design contract, OrgChart: a forest by solid lines; the precedence of conflicting lines is defined here",
)
def org_chart(people: Iterable[Person], lines: Iterable[Line], *, layout: bool = False) -> OrgChart:
    """Returns the forest of reporting lines, with its irregularities.

    Each person has at most one manager: the one of the most certain solid line, then the one with the lowest uid;
    other solid managers become dotted ones, with a warning. An assistant without a solid manager is placed below the
    person assisted; other assistant lines count as dotted. Lines from a person to themselves are not followed, and
    neither is one line of each cycle: the least certain, then the one from the lowest uid; that person becomes a root.
    Lines from or to a person who is not in `people` (unknown, or hidden from the caller) are ignored.

    Args:
        people: all people of the chart, including those who have left; of several with the same uid, the first counts.
        lines: the reporting lines that are valid at the requested time.
        layout: whether seats have coordinates (`tidy_tree`).

    Returns:
        the chart, which is empty when `people` is empty. `depth` is 0 without reporting lines.

    Raises:
        ValueError: a line of an unknown kind or confidence.

    >>> chart = org_chart([Person("ann"), Person("bob"), Person("cy")], [Line("bob", "ann"), Line("cy", "bob")])
    >>> chart.roots, chart.depth, [(seat.contact_id, seat.level, seat.descendants) for seat in chart.seats]
    (('ann',), 2, [('ann', 0, 2), ('bob', 1, 1), ('cy', 2, 0)])
    """
    known: dict[str, Person] = {}
    for person in people:
        known.setdefault(person.uid, person)
    draft = _Draft([known[uid] for uid in sorted(known)])
    draft.read(lines)
    draft.choose_managers()
    draft.cut_cycles()
    chart = draft.chart()
    if layout:
        _lay_out(chart.seats)
    return chart


def _lay_out(seats: Sequence[Seat]) -> None:
    """Sets the coordinates of the seats of trees, which are in pre-order; people on their own have none."""
    placed = [seat for seat in seats if seat.manager_id is not None or seat.span]
    at = {seat.contact_id: number for number, seat in enumerate(placed)}
    positions = tidy_tree([-1 if seat.manager_id is None else at[seat.manager_id] for seat in placed])
    for seat, x in zip(placed, positions, strict=True):
        seat.x, seat.y = x, seat.level


class _Draft:
    """A chart under construction; people are positions in the order of their uids."""

    def __init__(self, people: Sequence[Person]) -> None:
        self.people = people
        self.position = {person.uid: at for at, person in enumerate(people)}
        self.manager = [-1] * len(people)
        self.ranks = [CONFIDENCE_RANKS["CONFIRMED"]] * len(people)
        self.claims: defaultdict[int, list[tuple[int, int, int]]] = defaultdict(list)
        self.dotted: dict[int, set[int]] = {}
        self.warnings: list[OrgWarning] = []

    def read(self, lines: Iterable[Line]) -> None:
        """Reads the lines between known people."""
        selves = set()
        for line in lines:
            kind, sure = LINE_KINDS.get(line.kind), CONFIDENCE_RANKS.get(line.confidence)
            if kind is None or sure is None:
                raise ValueError(
                    f"{line.kind!r} is not a kind of reporting line, or {line.confidence!r} not a confidence"
                )
            who, whom = self.position.get(line.uid), self.position.get(line.manager)
            if who is None or whom is None:
                continue
            if who == whom:
                selves.add(who)
            else:
                self.claims[who].append((kind, -sure, whom))
        for who in sorted(selves):
            self._warn(OrgWarningKind.SELF_REPORT, [who], f"{self._name(who)} is recorded as reporting to themselves.")

    def choose_managers(self) -> None:
        """Sets the manager of each person; the other lines become dotted."""
        for who, claims in self.claims.items():
            kind, less, whom = min(claims)
            if kind != _DOTTED:
                self.manager[who], self.ranks[who] = whom, -less
            if len(claims) > 1 or kind == _DOTTED:
                self.dotted[who] = {whom for _, _, whom in claims} - {self.manager[who]}
                self._warn_of_several(who, [whom for kind, _, whom in sorted(claims) if kind == _SOLID])

    def _warn_of_several(self, who: int, solid: list[int]) -> None:
        bosses = list(dict.fromkeys(solid))
        if len(bosses) > 1:
            self._warn(
                OrgWarningKind.MULTIPLE_MANAGERS,
                [who, *bosses],
                f"{self._name(who)} has {len(bosses)} solid lines, to {self._names(bosses)}; "
                f"{self._name(bosses[0])} is used as the manager, the others as dotted lines.",
            )

    def cut_cycles(self) -> None:
        """Removes one line of each cycle."""
        seen = [0] * len(self.people)
        for start in range(len(self.people)):
            at = start
            while at >= 0 and not seen[at]:
                seen[at] = start + 1
                at = self.manager[at]
            if at >= 0 and seen[at] == start + 1:
                self._cut(at)

    def _cut(self, start: int) -> None:
        cycle, at = [start], self.manager[start]
        while at != start:
            cycle.append(at)
            at = self.manager[at]
        cut = min(cycle, key=lambda who: (self.ranks[who], who))
        turn = cycle.index(cut)
        cycle = cycle[turn:] + cycle[:turn]
        boss, self.manager[cut], self.ranks[cut] = self.manager[cut], -1, CONFIDENCE_RANKS["CONFIRMED"]
        self._warn(
            OrgWarningKind.CYCLE,
            cycle,
            f"{self._names(cycle)} report to each other in a cycle; "
            f"the line from {self._name(cut)} to {self._name(boss)} is not followed.",
        )

    def chart(self) -> OrgChart:
        """Returns the chart of the remaining lines."""
        manager, size = self.manager, len(self.people)
        reports: list[list[int]] = [[] for _ in range(size)]
        for who, boss in enumerate(manager):
            if boss >= 0:
                reports[boss].append(who)
        order = self._top_down(reports)
        level, below = [0] * size, [0] * size
        for who in order:
            boss = manager[who]
            if boss >= 0:
                level[who] = level[boss] + 1
        for who in reversed(order):
            boss = manager[who]
            if boss >= 0:
                below[boss] += below[who] + 1
        start = {who: at for at, who in enumerate(order) if manager[who] < 0}
        roots = sorted(start, key=lambda who: (-below[who], who))
        self._warn_of_gaps(reports, roots[0] if roots else -1)
        return OrgChart(
            people=size,
            depth=max(level, default=0),
            roots=tuple(self.people[who].uid for who in roots),
            seats=tuple(
                self._seats(
                    [who for root in roots for who in order[start[root] : start[root] + below[root] + 1]],
                    level,
                    reports,
                    below,
                )
            ),
            warnings=tuple(sorted(self.warnings, key=lambda warning: (_ORDER[warning.kind], warning.contact_ids))),
        )

    def _top_down(self, reports: list[list[int]]) -> list[int]:
        order, waiting = [], [who for who, boss in enumerate(self.manager) if boss < 0]
        waiting.reverse()
        while waiting:
            who = waiting.pop()
            order.append(who)
            below = reports[who]
            if below:
                waiting.extend(below[::-1])
        return order

    def _seats(self, order: list[int], level: list[int], reports: list[list[int]], below: list[int]) -> Iterator[Seat]:
        people, dotted = self.people, self.dotted
        uids = [person.uid for person in people]
        for who in order:
            boss, person, others = self.manager[who], people[who], dotted.get(who)
            yield Seat(
                person.uid,
                person.uid,
                uids[boss] if boss >= 0 else None,
                tuple(uids[whom] for whom in sorted(others)) if others else (),
                level[who],
                len(reports[who]),
                below[who],
                person.job_title,
                person.department,
                person.roles,
                person.strength,
                person.left_on,
                _CONFIDENCE[self.ranks[who]],
                best_known_by=BestTie(person.known_by, person.strength or 0.0) if person.known_by else None,
                last_spoke_at=person.last_spoke_at,
            )

    def _warn_of_gaps(self, reports: list[list[int]], top: int) -> None:
        for who, person in enumerate(self.people):
            if person.left_on is None:
                continue
            staying = [one for one in reports[who] if self.people[one].left_on is None]
            if staying:
                message = (
                    f"{self._name(who)} has left, but {self._names(staying)} still report{'s' * (len(staying) == 1)}"
                )
                self._warn(OrgWarningKind.LEFT_BUT_REPORTED_TO, [who, *staying], f"{message} there.")
        if not any(reports):
            return
        # Whoever has a line, even a dotted one or one that is not followed, has a manager on record.
        loose = [
            who
            for who, person in enumerate(self.people)
            if self.manager[who] < 0 and not self.claims.get(who) and person.here and person.left_on is None
        ]
        for who in loose:
            if reports[who] and who != top:
                message = f"{self._name(who)} has no manager, but {len(reports[who])} direct report"
                self._warn(OrgWarningKind.NO_MANAGER, [who], f"{message}{'s' * (len(reports[who]) > 1)}.")
        alone = [who for who in loose if not reports[who]]
        if alone:
            has = "has" if len(alone) == 1 else "have"
            self._warn(OrgWarningKind.NO_MANAGER, alone, f"{self._names(alone)} {has} neither a manager nor reports.")

    def _warn(self, kind: OrgWarningKind, people: list[int], message: str) -> None:
        self.warnings.append(OrgWarning(kind, tuple(self.people[who].uid for who in people), message))

    def _name(self, who: int) -> str:
        return self.people[who].name or self.people[who].uid

    def _names(self, people: list[int]) -> str:
        names = [self._name(who) for who in people[:5]]
        if len(people) > len(names):
            names.append(f"{len(people) - len(names)} more")
        return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


_ORDER = {kind: at for at, kind in enumerate(OrgWarningKind)}
_CONFIDENCE = {2: "CONFIRMED", 1: "ASSUMED", 0: "INFERRED"}
