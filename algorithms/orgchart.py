"""Who reports to whom: a forest by solid lines, with what is odd about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from algorithms.registry import algorithm

SURENESS: Mapping[str | None, int] = {"CONFIRMED": 2, None: 2, "ASSUMED": 1, "INFERRED": 0}
"""How much a line is believed; a line that does not say is taken as stated."""


LINE_KINDS: Mapping[str | None, int] = {"SOLID": 0, None: 0, "ASSISTANT": 1, "DOTTED": 2}
"""Which lines make a manager first; a line that does not say is solid, and a dotted one never does."""

_SOLID, _DOTTED = LINE_KINDS["SOLID"], LINE_KINDS["DOTTED"]


class Oddity(StrEnum):
    """What a chart warns of."""

    SELF_REPORT = "SELF_REPORT"
    CYCLE = "CYCLE"
    MULTIPLE_MANAGERS = "MULTIPLE_MANAGERS"
    LEFT_BUT_REPORTED_TO = "LEFT_BUT_REPORTED_TO"
    NO_MANAGER = "NO_MANAGER"


@dataclass(frozen=True, slots=True)
class Person:
    """One person of the chart, with what the chart shows of them; `left_on` is set for those who have left."""

    uid: str
    name: str | None = None
    job_title: str | None = None
    department: str | None = None
    roles: tuple[str, ...] = ()
    strength: float | None = None
    left_on: datetime | str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One reporting line: who reports, to whom, how (nothing means solid), and how sure that is."""

    uid: str
    manager: str
    kind: str | None = None
    confidence: str | None = None


@dataclass(frozen=True, slots=True)
class Seat:
    """One person's place: the manager, the level (0 for a root), direct reports, everyone below."""

    person: Person
    manager: str | None
    dotted_managers: tuple[str, ...]
    level: int
    span: int
    descendants: int
    confidence: str


@dataclass(frozen=True, slots=True)
class OrgWarning:
    """One oddity: its kind, the people it is about, and a sentence."""

    kind: Oddity
    people: tuple[str, ...]
    says: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart, flat: how many people, levels below the top, the roots, the seats top down, the warnings.

    Roots come with the most people below first; seats follow each root in reading order, colleagues by uid.
    """

    people: int
    depth: int
    roots: tuple[str, ...]
    seats: tuple[Seat, ...]
    warnings: tuple[OrgWarning, ...]


@algorithm(
    reads=("person.*", "reports_to.kind", "reports_to.confidence"),
    reference="design contract, OrgChart: a forest by solid lines; what is taken where lines disagree is decided here",
)
def org_chart(people: Iterable[Person], lines: Iterable[Line]) -> Chart:
    """The forest of reporting lines, and what is odd about it.

    Everybody has one manager at most: the solid line believed most, then the lowest uid; further solid managers become
    dotted ones, with a warning. An assistant without solid manager sits below the person assisted; other assistant
    lines count as dotted. Nobody reports to themselves, and of every cycle one line is not followed: the one believed
    least, then the one from the lowest uid; that person becomes a root. A line from or to somebody who is not among
    `people` (unknown, or hidden from the asker) leaves no trace: whoever reports there is a root.

    Args:
        people: everybody on the chart, those who have left included; of several with one uid the first counts.
        lines: the reporting lines that hold at the moment asked for.

    Returns:
        a chart; with nobody in it when `people` is empty. `depth` is 0 when nobody reports to anybody.

    Raises:
        ValueError: a line of an unknown kind or confidence.

    >>> chart = org_chart([Person("ann"), Person("bob"), Person("cy")], [Line("bob", "ann"), Line("cy", "bob")])
    >>> chart.roots, chart.depth, [(seat.person.uid, seat.level, seat.descendants) for seat in chart.seats]
    (('ann',), 2, [('ann', 0, 2), ('bob', 1, 1), ('cy', 2, 0)])
    """
    known: dict[str, Person] = {}
    for person in people:
        known.setdefault(person.uid, person)
    draft = _Draft([known[uid] for uid in sorted(known)])
    draft.read(lines)
    draft.choose_managers()
    draft.cut_cycles()
    return draft.drawn()


class _Draft:
    """A chart being made; people are positions in the order of their uids."""

    def __init__(self, people: Sequence[Person]) -> None:
        self.people = people
        self.position = {person.uid: at for at, person in enumerate(people)}
        self.manager = [-1] * len(people)
        self.sureness = [SURENESS["CONFIRMED"]] * len(people)
        self.claims: defaultdict[int, list[tuple[int, int, int]]] = defaultdict(list)
        self.dotted: dict[int, set[int]] = {}
        self.warnings: list[OrgWarning] = []

    def read(self, lines: Iterable[Line]) -> None:
        """Take the lines between known people."""
        selves = set()
        for line in lines:
            kind, sure = LINE_KINDS.get(line.kind), SURENESS.get(line.confidence)
            if kind is None or sure is None:
                raise ValueError(f"{line.kind!r} is no kind of line, or {line.confidence!r} no confidence")
            who, whom = self.position.get(line.uid), self.position.get(line.manager)
            if who is None or whom is None:
                continue
            if who == whom:
                selves.add(who)
            else:
                self.claims[who].append((kind, -sure, whom))
        for who in sorted(selves):
            self._warn(Oddity.SELF_REPORT, [who], f"{self._name(who)} is said to report to themselves.")

    def choose_managers(self) -> None:
        """Give everybody the manager believed most; the other lines become dotted."""
        for who, claims in self.claims.items():
            kind, less, whom = min(claims)
            if kind != _DOTTED:
                self.manager[who], self.sureness[who] = whom, -less
            if len(claims) > 1 or kind == _DOTTED:
                self.dotted[who] = {whom for _, _, whom in claims} - {self.manager[who]}
                self._warn_of_several(who, [whom for kind, _, whom in sorted(claims) if kind == _SOLID])

    def _warn_of_several(self, who: int, solid: list[int]) -> None:
        bosses = list(dict.fromkeys(solid))
        if len(bosses) > 1:
            self._warn(
                Oddity.MULTIPLE_MANAGERS,
                [who, *bosses],
                f"{self._name(who)} has {len(bosses)} solid lines, to {self._names(bosses)}; "
                f"{self._name(bosses[0])} is taken as the manager, the others as dotted lines.",
            )

    def cut_cycles(self) -> None:
        """Stop following one line of each cycle."""
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
        cut = min(cycle, key=lambda who: (self.sureness[who], who))
        turn = cycle.index(cut)
        cycle = cycle[turn:] + cycle[:turn]
        boss, self.manager[cut], self.sureness[cut] = self.manager[cut], -1, SURENESS["CONFIRMED"]
        self._warn(
            Oddity.CYCLE,
            cycle,
            f"{self._names(cycle)} report to each other in a circle; "
            f"the line from {self._name(cut)} to {self._name(boss)} is not followed.",
        )

    def drawn(self) -> Chart:
        """The chart of the lines that are followed."""
        reports: list[list[int]] = [[] for _ in self.people]
        for who, boss in enumerate(self.manager):
            if boss >= 0:
                reports[boss].append(who)
        order = self._top_down(reports)
        level, below = [0] * len(self.people), [0] * len(self.people)
        for who in order:
            if self.manager[who] >= 0:
                level[who] = level[self.manager[who]] + 1
        for who in reversed(order):
            if self.manager[who] >= 0:
                below[self.manager[who]] += below[who] + 1
        start = {who: at for at, who in enumerate(order) if self.manager[who] < 0}
        roots = sorted(start, key=lambda who: (-below[who], who))
        self._look_around(reports)
        return Chart(
            people=len(self.people),
            depth=max(level, default=0),
            roots=tuple(self.people[who].uid for who in roots),
            seats=tuple(
                self._seat(who, level[who], len(reports[who]), below[who])
                for root in roots
                for who in order[start[root] : start[root] + below[root] + 1]
            ),
            warnings=tuple(sorted(self.warnings, key=lambda one: (_ORDER[one.kind], one.people))),
        )

    def _top_down(self, reports: list[list[int]]) -> list[int]:
        order, waiting = [], [who for who, boss in enumerate(self.manager) if boss < 0]
        waiting.reverse()
        while waiting:
            who = waiting.pop()
            order.append(who)
            waiting.extend(reversed(reports[who]))
        return order

    def _seat(self, who: int, level: int, span: int, below: int) -> Seat:
        boss = self.manager[who]
        return Seat(
            person=self.people[who],
            manager=self.people[boss].uid if boss >= 0 else None,
            dotted_managers=tuple(self.people[whom].uid for whom in sorted(self.dotted[who]))
            if who in self.dotted
            else (),
            level=level,
            span=span,
            descendants=below,
            confidence=_CONFIDENCE[self.sureness[who]],
        )

    def _look_around(self, reports: list[list[int]]) -> None:
        for who, person in enumerate(self.people):
            if person.left_on is None:
                continue
            staying = [one for one in reports[who] if self.people[one].left_on is None]
            if staying:
                says = f"{self._name(who)} has left, but {self._names(staying)} still report{'s' * (len(staying) == 1)}"
                self._warn(Oddity.LEFT_BUT_REPORTED_TO, [who, *staying], f"{says} there.")
        alone = [
            who
            for who, person in enumerate(self.people)
            if self.manager[who] < 0 and not reports[who] and not self.dotted.get(who) and person.left_on is None
        ]
        if alone and any(reports):
            has = "has" if len(alone) == 1 else "have"
            self._warn(Oddity.NO_MANAGER, alone, f"{self._names(alone)} {has} no place: no manager, and nobody below.")

    def _warn(self, kind: Oddity, people: list[int], says: str) -> None:
        self.warnings.append(OrgWarning(kind, tuple(self.people[who].uid for who in people), says))

    def _name(self, who: int) -> str:
        return self.people[who].name or self.people[who].uid

    def _names(self, people: list[int]) -> str:
        shown = [self._name(who) for who in people[:5]]
        if len(people) > len(shown):
            shown.append(f"{len(people) - len(shown)} more")
        return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


_ORDER = {kind: at for at, kind in enumerate(Oddity)}
_CONFIDENCE = {2: "CONFIRMED", 1: "ASSUMED", 0: "INFERRED"}
