"""A whole world, group by group, as batches of rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from algorithms.ties_columns import KnowsColumns
from graph.identity import uid
from graph.money import Rates
from seed.world.catalogue import Catalogue
from seed.world.clock import Clock
from seed.world.company import YOU, Company
from seed.world.conversations import RHYTHMS, Talk
from seed.world.deals import Deals
from seed.world.groups import Groups, plans
from seed.world.office import Office
from seed.world.people import Moved, People
from seed.world.places import COUNTRIES
from seed.world.scene import Scene
from seed.world.sheet import SOURCE, Batch, Edges, Sheet
from seed.world.size import SIZES
from seed.world.stories import Fact, Stories
from seed.world.ties import halfway, known, lines

_FADING = next(rhythm for rhythm in RHYTHMS if rhythm.name == "fading")
_HELD = 60_000


def you() -> str:
    """The uid of the user who is asking where nobody else is named; the same in every world."""
    return uid(SOURCE, "User", f"U-{YOU:04d}")


class World:
    """A generated world: the same for the same size, number, moment and rates.

    `batches()` is to be read once; `facts`, `ties` and `k` are there afterwards.
    """

    def __init__(
        self, size: str = "small", number: int = 1, until: datetime | None = None, rates: Rates | None = None
    ) -> None:
        moment = until or datetime.now(UTC)
        midnight = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        sheet, clock = Sheet(), Clock(midnight)
        currencies = frozenset(country.currency for country in COUNTRIES)
        self.until = midnight
        self.size = size
        self._scene = Scene(SIZES[size], number, clock, sheet, Catalogue(sheet, clock, rates or Rates(), currencies))
        self.facts: list[Fact] = []
        self.ties: KnowsColumns | None = None

    @property
    def k(self) -> float:
        """The K at which the median active tie of this world scores 50."""
        assert self.ties is not None, "the ties are there after the batches"
        return halfway(self.ties, self.until)

    def batches(self) -> Iterator[Batch]:
        """Everything, the ends of relationships before the relationships; memory holds one group at a time."""
        scene = self._scene
        staff = Company(scene).build()
        groups, people, deals, talk = Groups(scene, staff), People(scene), Deals(scene), Talk(scene)
        office = Office(scene, staff, talk)
        stories = Stories(scene, staff, people, deals, talk, office)
        self.facts = stories.facts
        office.meetings()
        for plan in plans(scene):
            rng = scene.rng("people", plan.index)
            firms = groups.build(plan)
            people.begin()
            stories.cast(plan.index, firms)
            self._before(people.fill(firms, rng), talk)
            found = {}
            for firm in firms:
                found[firm.uid] = [] if firm.without_deals else deals.of(firm, rng)
                talk.around(firm, found[firm.uid], rng)
                office.remember(firm.contacts, rng)
            stories.play(plan.index, firms, found)
            if scene.sheet.held > _HELD:
                yield from scene.sheet.drain()
        rng = scene.rng("rest")
        self._before(people.rest(rng), talk)
        office.mailings()
        yield from scene.sheet.drain()
        yield from self._knows()

    def _before(self, moved: list[Moved], talk: Talk) -> None:
        """What people who changed jobs did with us in the job before."""
        for one in moved:
            if one.firm.manager is not None:
                random = self._scene.rng("before", one.contact.number)
                talk.tie(
                    one.firm,
                    one.firm.manager,
                    one.contact,
                    _FADING,
                    (),
                    random,
                    began=min(one.since, one.left + 350),
                    ended=one.left,
                )

    def _knows(self) -> Iterator[Edges]:
        scene = self._scene
        self.ties = known(scene.parties, scene.meetings)
        yield from lines(scene.parties, self.ties)
