"""Plants the situations that docs/world.md describes."""

from __future__ import annotations

import random
from dataclasses import dataclass

from seed.world.clock import DAY
from seed.world.company import YOU, Staff
from seed.world.conversations import RHYTHMS, Conversations
from seed.world.deals import Deal, Deals, Item
from seed.world.office import Office, frequently
from seed.world.people import CHIEF, DIRECTOR, GENERAL, MANAGER, STAFF, People, champion
from seed.world.scene import Contact, Firm, Scene, User
from seed.world.sheet import moment

SURPRISE, LOUD, ADVANCE = 0, 1, 6


@dataclass(frozen=True, slots=True)
class Fact:
    """A planted record: its story, its part in the story, label, name and uid."""

    story: str
    part: str
    label: str
    name: str
    uid: str


class Stories:
    """Plants the stories while their groups are generated."""

    def __init__(
        self, scene: Scene, staff: Staff, people: People, deals: Deals, conversations: Conversations, office: Office
    ) -> None:
        self._scene, self._staff, self._people = scene, staff, people
        self._deals, self._conversations, self._office = deals, conversations, office
        self._left: Contact | None = None
        self.facts: list[Fact] = []

    def _record(self, story: str, part: str, one: Firm | Contact | User) -> None:
        label = "Account" if isinstance(one, Firm) else "Contact" if isinstance(one, Contact) else "User"
        self.facts.append(Fact(story, part, label, one.name, one.uid))

    def cast(self, index: int, firms: list[Firm]) -> None:
        """Creates the people that a story needs in a group, before other people are added."""
        rng = self._scene.rng("cast", index)
        if index == SURPRISE:
            firms[0].without_deals = True
            self._head_office(firms[0], rng)
            self._org_chart(firms[0], firms[1], rng)
        elif index == LOUD:
            firms[0].weight = 6.0
        elif index == ADVANCE:
            self._target(firms[0], firms[1], rng)
            firms[2].without_deals = True

    def play(self, index: int, firms: list[Firm], found: dict[str, list[Deal]]) -> None:
        """Adds the events of a story to a group whose people and deals exist."""
        rng = self._scene.rng("play", index)
        if index == SURPRISE:
            self._surprise(firms, rng)
            self._talked_before(firms[1], found.get(firms[1].uid, []), rng)
        elif index == LOUD:
            self._loud(firms[0], rng)
        elif index == ADVANCE:
            self._introduction(firms[0], firms[1], rng)
            self._cross_sell(firms[2], firms[3], rng)

    # ------------------------------------------------------------------------------ a group whose rollup surprises

    def _surprise(self, firms: list[Firm], rng: random.Random) -> None:
        root = firms[0]
        small = self._deals.items(root, ["EDG-10", "REM-02"], rng, 0.3)
        self._win(root, small, 240, rng)
        for firm in firms[1:]:
            if firm.buys:
                for numbers in (["PLC-60", "DIO-16", "AIO-08", "COM-01"], ["VFD-75", "BRK-02", "COM-01"]):
                    items = self._deals.items(firm, numbers, rng, 5.0)
                    self._win(firm, items, 40 + rng.random() * 500, rng)
        self._record("rollup", "the group's root, which buys hardly anything itself", root)

    def _loud(self, firm: Firm, rng: random.Random) -> None:
        for back in (60, 190, 330, 520):
            self._win(firm, self._deals.items(firm, ["MES-10", "TRN-01", "SLA-01", "COM-01"], rng, 12.0), back, rng)
        self._record("rollup", "the account with the largest own value", firm)

    def _win(self, firm: Firm, items: list[Item], back: float, rng: random.Random) -> None:
        closed = self._scene.clock.at_work(back, rng)
        self._deals.won(firm, items, closed - 90 * DAY, closed, rng)

    # ---------------------------------------------------------------------------------- an org chart with its flaws

    def _head_office(self, root: Firm, rng: random.Random) -> None:
        root.reserved = True
        chief = self._people.hire(root, "Chief Executive Officer", GENERAL, CHIEF, 2_100, rng)
        root.cast["chief"] = chief
        for part, title, department in (
            ("finance", "Chief Financial Officer", "Finance"),
            ("operations", "Chief Operating Officer", "Production"),
            ("information", "Chief Information Officer", "IT"),
        ):
            one = self._people.hire(root, title, department, CHIEF, 900 + rng.random() * 900, rng)
            self._people.reports(one, chief, 890)
            root.cast[part] = one
        assistant = self._people.hire(root, "Executive Assistant", GENERAL, STAFF, 700, rng)
        self._people.reports(assistant, chief, 700, kind="ASSISTANT")

    def _org_chart(self, root: Firm, firm: Firm, rng: random.Random) -> None:
        firm.reserved = True
        firm.weight = max(firm.weight, 4.0)
        hire, reports = self._people.hire, self._people.reports
        head = hire(firm, "Managing Director", GENERAL, DIRECTOR, 1_600, rng)
        reports(head, root.cast["operations"], 890, scope=root)
        chart: dict[str, Contact] = {}
        for key, above, title, department, rank in _CHART:
            one = chart[key] = hire(firm, title, department, rank, 420 + rng.random() * 1_000, rng)
            boss = head if above == "head" else chart.get(above)
            if boss is not None:
                reports(one, boss, min(one.since, boss.since))
        reports(chart["finance"], root.cast["finance"], 400, kind="DOTTED", scope=root)
        reports(chart["it"], root.cast["information"], 400, kind="DOTTED", scope=root)
        reports(chart["robots"], chart["it"], 300, kind="DOTTED", scope=firm)
        firm.cast |= chart
        firm.cast["head"] = head
        self._record("org chart", "the account", firm)
        self._record("org chart", "its head", head)
        self._record("org chart", "to whom the head reports, at the group's root", root.cast["operations"])
        self._record("org chart", "dotted to the group's Chief Financial Officer", chart["finance"])
        self._record("org chart", "without a manager", chart["quality"])
        self._gap(firm, chart, rng)

    def _gap(self, firm: Firm, chart: dict[str, Contact], rng: random.Random) -> None:
        """Makes the engineering manager leave ten weeks ago, while two engineers still report to them."""
        gone = self._people.hire(firm, "Engineering Manager", "Engineering", MANAGER, 1_300, rng, left=70)
        self._people.reports(gone, chart["engineering"], min(1_300, chart["engineering"].since), until=70, ended=True)
        for key in ("controls", "robots"):
            self._people.reports(chart[key], gone, min(chart[key].since, 1_300))
        self._left = gone
        self._record("org chart", "left, but is reported to", gone)

    def _talked_before(self, firm: Firm, deals: list[Deal], rng: random.Random) -> None:
        assert self._left is not None
        assert firm.manager is not None
        fading = next(rhythm for rhythm in RHYTHMS if rhythm.name == "fading")
        self._conversations.tie(firm, firm.manager, self._left, fading, deals, rng, began=700, ended=75)
        quiet = champion(firm)
        assert quiet is not None
        self._record("champion", "sways those above, and writes to us only in copy", quiet)
        steady = next(rhythm for rhythm in RHYTHMS if rhythm.name == "steady")
        self._conversations.tie(firm, firm.manager, firm.cast["head"], steady, deals, rng, began=600, ended=4)

    # ------------------------------------------------------------------- an introduction where the longer way is better

    def _target(self, root: Firm, plant: Firm, rng: random.Random) -> None:
        root.reserved = plant.reserved = True
        hire, reports = self._people.hire, self._people.reports
        chief = root.cast["chief"] = hire(root, "Chief Executive Officer", GENERAL, CHIEF, 1_500, rng)
        money = root.cast["finance"] = hire(root, "Chief Financial Officer", "Finance", CHIEF, 800, rng)
        reports(money, chief, 800)
        assistant = hire(root, "Executive Assistant", GENERAL, STAFF, 650, rng)
        reports(assistant, chief, 650, kind="ASSISTANT")
        insider = plant.cast["insider"] = hire(plant, "Plant Director", "Production", DIRECTOR, 1_200, rng)
        reports(insider, chief, 1_200, scope=root)
        for title, department, rank in (
            ("Production Manager", "Production", MANAGER),
            ("Maintenance Manager", "Maintenance", MANAGER),
            ("Automation Engineer", "Engineering", STAFF),
            ("Buyer", "Purchasing", STAFF),
        ):
            one = hire(plant, title, department, rank, 300 + rng.random() * 700, rng)
            reports(one, insider, one.since)
        chief.apart = money.apart = insider.apart = True

    def _introduction(self, root: Firm, plant: Firm, rng: random.Random) -> None:
        scene, conversations = self._scene, self._conversations
        you, colleague = self._staff.you, self._staff.everybody[YOU + 1]
        chief, money, insider = root.cast["chief"], root.cast["finance"], plant.cast["insider"]
        frequently(conversations, scene, you, colleague, 120, rng)
        values = {"role": "Key account lead", "isPrimary": False, "validFrom": moment(scene.clock.ago(400))}
        scene.sheet.edge("MANAGES", "User", colleague.uid, "Account", plant.uid, values)
        for step in range(4):
            conversations.meet(scene.clock.at_work(15 + 110 * step, rng), colleague, [insider], rng, plant)
        for step in range(8):
            at = scene.clock.at_work(9 + 60 * step, rng)
            conversations.thread(at, insider, chief, [colleague], 1.0, rng, root, most=2)
        conversations.call(scene.clock.at_work(110, rng), you, money, rng, root)
        for step in range(5):
            conversations.thread(scene.clock.at_work(21 + 90 * step, rng), money, chief, [], 1.0, rng, root, most=2)
        receivers = [chief, *(one for one in plant.contacts if one.mailed and not one.apart)]
        self._office.mailing(you, receivers, 44, rng)
        self._record("introduction", "you", you)
        self._record("introduction", "the colleague you know best", colleague)
        self._record("introduction", "the insider whom the colleague knows", insider)
        self._record("introduction", "whom you want to meet", chief)
        self._record("introduction", "the account of the one you want to meet", root)

    # ----------------------------------------------------------------------------- an account with clear cross-selling

    def _cross_sell(self, firm: Firm, sibling: Firm, rng: random.Random) -> None:
        for back, numbers in (
            (35, ["SAF-30", "PSU-24"]),
            (120, ["CAM-05", "SWI-08"]),
            (210, ["SCD-05", "TRN-01"]),
            (320, ["SAF-30", "CAM-05"]),
            (480, ["SCD-05", "REM-02"]),
        ):
            placed = self._scene.clock.at_work(back, rng)
            self._deals.order(firm, self._deals.items(firm, numbers, rng), placed, rng)
        for back, numbers in ((90, ["SAF-30", "SIO-08"]), (260, ["SCD-05", "HIS-01"]), (400, ["CAM-05", "LGT-10"])):
            placed = self._scene.clock.at_work(back, rng)
            self._deals.order(sibling, self._deals.items(sibling, numbers, rng), placed, rng)
        self._record("cross-sell", "buys controllers, cameras and SCADA without what belongs to them", firm)
        self._record("cross-sell", "a sibling that buys both", sibling)


# key, key of the manager, title, department, rank
_CHART = (
    ("production", "head", "Plant Director", "Production", DIRECTOR),
    ("engineering", "head", "Director of Automation", "Engineering", DIRECTOR),
    ("finance", "head", "Finance Manager", "Finance", MANAGER),
    ("purchasing", "head", "Purchasing Manager", "Purchasing", MANAGER),
    ("it", "head", "IT Manager", "IT", MANAGER),
    ("quality", "", "Quality Manager", "Quality", MANAGER),
    ("shift", "production", "Production Manager", "Production", MANAGER),
    ("maintenance", "production", "Maintenance Manager", "Maintenance", MANAGER),
    ("planning", "shift", "Head Shift Planner", "Production", STAFF),
    ("planner1", "planning", "Shift Planner", "Production", STAFF),
    ("planner2", "planning", "Shift Planner", "Production", STAFF),
    ("technician1", "maintenance", "Maintenance Technician", "Maintenance", STAFF),
    ("technician2", "maintenance", "Maintenance Technician", "Maintenance", STAFF),
    ("process", "engineering", "Process Engineering Manager", "Engineering", MANAGER),
    ("process1", "process", "Process Engineer", "Engineering", STAFF),
    ("controls", "", "Automation Engineer", "Engineering", STAFF),
    ("robots", "", "Robotics Engineer", "Engineering", STAFF),
    ("inspector", "quality", "Quality Engineer", "Quality", STAFF),
    ("buyer", "purchasing", "Buyer", "Purchasing", STAFF),
    ("controller", "finance", "Controller", "Finance", STAFF),
    ("network", "it", "Network Engineer", "IT", STAFF),
)
