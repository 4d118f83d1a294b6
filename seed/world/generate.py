"""Generates a world group by group, as batches of rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from algorithms.ties_columns import KnowsColumns
from graph.identity import uid
from graph.money import Rates
from seed.world.cases import Cases
from seed.world.catalogue import Catalogue
from seed.world.clock import Clock
from seed.world.company import YOU, Company
from seed.world.conversations import RHYTHMS, Conversations
from seed.world.deals import Deals
from seed.world.groups import Groups, outlines
from seed.world.leads import Leads
from seed.world.office import Office
from seed.world.people import JobChange, People
from seed.world.places import COUNTRIES
from seed.world.scene import Scene
from seed.world.sheet import SOURCE, Batch, Edges, Sheet
from seed.world.size import SIZES
from seed.world.stories import Fact, Stories
from seed.world.ties import halfway, relationships, ties_of

_FADING = next(rhythm for rhythm in RHYTHMS if rhythm.name == "fading")
_BUFFERED = 60_000


def you() -> str:
    """The uid of the default user, the same in every world."""
    return uid(SOURCE, "User", f"U-{YOU:04d}")


class World:
    """A generated world, determined by size, number, reference day and rates.

    Read `batches()` once; `facts`, `ties` and `k` are available afterwards.
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
    def rates(self) -> Rates:
        """The base currency and the exchange rates of its amounts."""
        return self._scene.catalogue.rates

    @property
    def k(self) -> float:
        """The K at which the median active tie of this world scores 50."""
        assert self.ties is not None, "ties are available after the batches"
        return halfway(self.ties, self.until)

    def batches(self) -> Iterator[Batch]:
        """Generates all records, nodes before their relationships, with one group in memory at a time."""
        scene = self._scene
        staff = Company(scene).build()
        groups, people, deals, conversations = Groups(scene, staff), People(scene), Deals(scene), Conversations(scene)
        office = Office(scene, staff, conversations)
        cases, leads = Cases(scene, staff, conversations), Leads(scene, staff, conversations)
        stories = Stories(scene, staff, people, deals, conversations, office)
        self.facts = stories.facts
        office.meetings()
        leads.competitors()
        for outline in outlines(scene):
            rng = scene.rng("people", outline.index)
            firms = groups.build(outline)
            people.begin()
            stories.cast(outline.index, firms)
            self._before(people.fill(firms, rng), conversations)
            found = {}
            for firm in firms:
                found[firm.uid] = [] if firm.without_deals else deals.of(firm, rng)
                conversations.around(firm, found[firm.uid], rng)
                office.remember(firm.contacts, rng)
            stories.play(outline.index, firms, found)
            rng = scene.rng("service", outline.index)
            for firm in firms:
                cases.of(firm, rng)
                leads.before(firm, found[firm.uid], rng)
            if scene.sheet.buffered > _BUFFERED:
                yield from scene.sheet.drain()
        rng = scene.rng("rest")
        self._before(people.rest(rng), conversations)
        office.mailings()
        leads.new()
        yield from scene.sheet.drain()
        yield from self._knows()

    def _before(self, moved: list[JobChange], conversations: Conversations) -> None:
        """Generates the activities of people who changed jobs at their earlier account."""
        for one in moved:
            if one.firm.manager is not None:
                random = self._scene.rng("before", one.contact.number)
                conversations.tie(
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
        self.ties = ties_of(scene.parties, scene.meetings)
        yield from relationships(scene.parties, self.ties)
