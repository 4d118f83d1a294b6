"""Generates the people at customers: positions, reporting lines, second jobs and job changes."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field

from seed.world.names import mailbox, person
from seed.world.scene import Contact, Firm, Scene
from seed.world.sheet import Properties, moment

CHIEF, VICE_PRESIDENT, DIRECTOR, MANAGER, STAFF = range(5)
SENIORITY = ("CHIEF", "VICE_PRESIDENT", "DIRECTOR", "MANAGER", "STAFF")
GENERAL = "Management"

# department: titles from CHIEF to STAFF
_TITLES: dict[str, tuple[str, str, str, str, str]] = {
    GENERAL: (
        "Chief Executive Officer", "Vice President Operations", "Managing Director", "Site Manager",
        "Executive Assistant",
    ),
    "Production": (
        "Chief Operating Officer", "Vice President Production", "Plant Director", "Production Manager",
        "Shift Planner",
    ),
    "Engineering": (
        "Chief Technology Officer", "Vice President Engineering", "Director of Automation", "Engineering Manager",
        "Automation Engineer",
    ),
    "Maintenance": (
        "Chief Technical Officer", "Vice President Assets", "Director of Maintenance", "Maintenance Manager",
        "Maintenance Technician",
    ),
    "Purchasing": (
        "Chief Procurement Officer", "Vice President Purchasing", "Director of Purchasing", "Purchasing Manager",
        "Buyer",
    ),
    "IT": (
        "Chief Information Officer", "Vice President IT", "Director of Plant IT", "IT Manager", "Network Engineer",
    ),
    "Quality": (
        "Chief Quality Officer", "Vice President Quality", "Director of Quality", "Quality Manager", "Quality Engineer",
    ),
    "Finance": (
        "Chief Financial Officer", "Vice President Finance", "Director of Controlling", "Finance Manager", "Controller",
    ),
}  # fmt: skip
DEPARTMENTS = tuple(_TITLES)
_LINE_DEPARTMENTS = DEPARTMENTS[1:]
_LEAVING = (0.1, 0.12, 0.12, 0.1, 0.04)


@dataclass(slots=True)
class Leaver:
    """A person who left an account and is not written yet, with the reporting lines to write."""

    firm: Firm
    title: str
    department: str
    rank: int
    since: float
    left: float
    manager: Contact | None
    still: list[Contact] = field(default_factory=list)
    before: list[Contact] = field(default_factory=list)


Seat = Contact | Leaver


@dataclass(slots=True)
class JobChange:
    """A person whose activities at an earlier account are still to be generated."""

    contact: Contact
    firm: Firm
    since: float
    left: float


class People:
    """Writes the people of accounts to the sheet."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._leavers: deque[Leaver] = deque()
        self._boxes: set[str] = set()

    def begin(self) -> None:
        """Starts a group; email addresses are unique within a group."""
        self._boxes = set()

    def fill(self, firms: list[Firm], rng: random.Random) -> list[JobChange]:
        """Writes the people of a group and returns those who changed jobs."""
        moved: list[JobChange] = []
        for firm in firms:
            if not firm.reserved:
                self._account(firm, rng, moved)
        self._second_jobs(firms, rng)
        while len(self._leavers) > 150:
            moved.append(self._lost(self._leavers.popleft(), rng))
        return moved

    def rest(self, rng: random.Random) -> list[JobChange]:
        """Writes the people who left and were not hired elsewhere."""
        moved = [self._lost(leaver, rng) for leaver in self._leavers]
        self._leavers.clear()
        return moved

    def _account(self, firm: Firm, rng: random.Random, moved: list[JobChange]) -> None:
        count = min(30, 1 + int(firm.weight * 1.5 + rng.random() * 1.9))
        by_rank: list[list[Seat]] = [[], [], [], [], []]
        for position, (department, rank) in enumerate(_positions(rng, count, firm.depth)):
            since = 90 + rng.random() ** 1.5 * 3_000
            title = _TITLES[department][rank]
            if self._leavers and rng.random() < 0.06 and self._leavers[0].firm is not firm:
                leaver = self._leavers.popleft()
                contact = self.hire(
                    firm, title, department, rank, max(10.0, leaver.left - 30 * rng.random()), rng, leaver
                )
                moved.append(self._history(leaver, contact))
            elif position and rng.random() < _LEAVING[rank] and firm.buys:
                by_rank[rank].append(
                    self._vacate(firm, title, department, rank, _boss(by_rank, department, rank, rng), rng)
                )
                continue
            else:
                contact = self.hire(firm, title, department, rank, since, rng)
            boss = _boss(by_rank, department, rank, rng)
            if boss is not None and rng.random() > 0.04:
                self._follow(contact, boss, rng)
            by_rank[rank].append(contact)
        self._leads(firm, rng)

    def _follow(self, contact: Contact, boss: Seat, rng: random.Random) -> None:
        """Writes a line to the manager; if the manager left, some lines stay and others move one level up."""
        if isinstance(boss, Contact):
            self.reports(contact, boss, min(contact.since, boss.since))
            return
        above, since = boss.manager, contact.since
        if contact.since > boss.left:
            if rng.random() < 0.65:
                boss.still.append(contact)
                return
            boss.before.append(contact)
            since = boss.left
        if above is not None:
            self.reports(contact, above, min(since, above.since))

    def _leads(self, firm: Firm, rng: random.Random) -> None:
        """Writes the primary contact, and some lines to the parent account and to the top of the group."""
        if not firm.contacts:
            return
        sheet = self._scene.sheet
        head = firm.contacts[0]
        if rng.random() < 0.85:
            sheet.edge("PRIMARY_CONTACT", "Account", firm.uid, "Contact", head.uid)
        parent, root = firm.parent, firm.root
        if parent is not None and parent.contacts and (parent.depth == 0 or not parent.reserved) and rng.random() < 0.4:
            boss = min(parent.contacts, key=lambda one: one.rank)
            if boss.rank <= head.rank or boss.rank <= DIRECTOR:
                self.reports(head, boss, min(head.since, boss.since), scope=parent)
        if root is not None and root is not firm and root.contacts and len(firm.contacts) > 3 and rng.random() < 0.3:
            one = firm.contacts[-1]
            top = root.contacts[int(rng.random() * len(root.contacts))]
            if top.rank < one.rank:
                self.reports(one, top, min(one.since, top.since), kind="DOTTED", scope=root)

    def _vacate(
        self, firm: Firm, title: str, department: str, rank: int, boss: Seat | None, rng: random.Random
    ) -> Leaver:
        """Creates a position whose holder left."""
        left = 25 + rng.random() * 800
        manager = boss if isinstance(boss, Contact) else None
        leaver = Leaver(firm, title, department, rank, left + 200 + rng.random() * 2_000, left, manager)
        self._leavers.append(leaver)
        return leaver

    def _lost(self, leaver: Leaver, rng: random.Random) -> JobChange:
        contact = self.hire(
            leaver.firm, leaver.title, leaver.department, leaver.rank, leaver.since, rng, leaver, left=leaver.left
        )
        return self._history(leaver, contact)

    def _history(self, leaver: Leaver, contact: Contact) -> JobChange:
        since, left = leaver.since, leaver.left
        if contact.since != since:
            self._works_at(contact, leaver.firm, leaver.title, leaver.department, leaver.rank, since, until=left)
        if leaver.manager is not None and leaver.manager.since > left:
            self.reports(contact, leaver.manager, min(since, leaver.manager.since), until=left, ended=True)
        for one in leaver.still:
            self.reports(one, contact, min(one.since, since))
        for one in leaver.before:
            self.reports(one, contact, min(one.since, since), until=left, ended=True)
        return JobChange(contact, leaver.firm, since, left)

    def _second_jobs(self, firms: list[Firm], rng: random.Random) -> None:
        """Writes second and earlier jobs at other accounts of the group."""
        if len(firms) < 2:
            return
        for firm in firms:
            for contact in firm.contacts:
                if contact.moved or rng.random() > 0.035:
                    continue
                other = firms[int(rng.random() * len(firms))]
                if other is firm or other.reserved:
                    continue
                if rng.random() < 0.5:
                    self._works_at(
                        contact,
                        other,
                        "Member of the board",
                        GENERAL,
                        DIRECTOR,
                        contact.since * rng.random(),
                        direct=False,
                        primary=False,
                    )
                else:
                    began = contact.since + 300 + rng.random() * 1_000
                    title = _TITLES[contact.department][min(STAFF, contact.rank + 1)]
                    self._works_at(
                        contact,
                        other,
                        title,
                        contact.department,
                        min(STAFF, contact.rank + 1),
                        began,
                        until=contact.since,
                    )

    def hire(
        self, firm: Firm, title: str, department: str, rank: int, since: float, rng: random.Random,
        leaver: Leaver | None = None, left: float | None = None,
    ) -> Contact:  # fmt: skip
        """Writes a person with a job at the account, which ends at `left`."""
        scene = self._scene
        country = leaver.firm.country if leaver else firm.country
        first, last = person(rng, country.sound)
        box = mailbox(f"{first} {last}")
        while f"{box}@{firm.domain}" in self._boxes:
            first, last = person(rng, country.sound)
            box = mailbox(f"{first} {last}")
        self._boxes.add(f"{box}@{firm.domain}")
        email, name = f"{box}@{firm.domain}", f"{first} {last}"
        values: Properties = {
            "name": name, "fullName": name, "firstName": first, "lastName": last, "jobTitle": title,
            "department": department, "emailAddress1": email, "city": firm.city, "country": firm.country.name,
        }  # fmt: skip
        if leaver is not None and leaver.firm is not firm:
            values["emailAddress2"] = f"{box}@{leaver.firm.domain}"
        if firm.country.phone:
            values["mobilePhone"] = firm.country.phone.format(int(rng.random() * 100))
        mailed = rng.random() > 0.03
        if not mailed:
            values["doNotEmail"] = values["gdprOptOut"] = True
        known = min(since, firm.age)
        began = leaver.since if leaver else known
        uid = scene.sheet.node(
            "Contact",
            scene.key("P"),
            scene.clock.ago(min(began, 1_900)),
            scene.clock.ago(known * rng.random() * 0.5),
            values,
        )
        contact = Contact(uid, scene.parties.join(uid, ours=False), name, email, title, department, rank, since)
        contact.moved, contact.mailed = leaver is not None, mailed
        self._works_at(contact, firm, title, department, rank, since, until=left)
        if firm.manager is not None:
            scene.sheet.owned("Contact", uid, firm.manager.uid)
        if left is None:
            firm.contacts.append(contact)
        return contact

    def _works_at(
        self, contact: Contact, firm: Firm, title: str, department: str, rank: int, since: float,
        until: float | None = None, direct: bool = True, primary: bool = True,
    ) -> None:  # fmt: skip
        clock = self._scene.clock
        values: Properties = {
            "jobTitle": title, "department": department, "seniority": SENIORITY[rank],
            "roles": list(_roles(department, rank)),
            "isPrimary": primary, "isDirect": direct, "validFrom": moment(clock.ago(since)),
        }  # fmt: skip
        if until is not None:
            values["validTo"] = moment(clock.ago(until))
        self._scene.sheet.edge("WORKS_AT", "Contact", contact.uid, "Account", firm.uid, values)

    def reports(
        self, one: Contact, boss: Contact, since: float, *, until: float | None = None, kind: str = "SOLID",
        scope: Firm | None = None, ended: bool = False,
    ) -> None:  # fmt: skip
        """Writes a reporting line; the caller ensures that solid lines of a person do not overlap."""
        clock = self._scene.clock
        values: Properties = {"kind": kind, "validFrom": moment(clock.ago(since))}
        if until is not None:
            values["validTo"] = moment(clock.ago(until))
        if scope is not None:
            values["scopeAccountId"] = scope.uid
        self._scene.sheet.edge("REPORTS_TO", "Contact", one.uid, "Contact", boss.uid, values)
        if kind == "SOLID" and not ended:
            one.manager = boss


def _positions(rng: random.Random, count: int, depth: int) -> list[tuple[str, int]]:
    """Draws departments and ranks, from the top down."""
    if count == 1:
        return [(_LINE_DEPARTMENTS[int(rng.random() * len(_LINE_DEPARTMENTS))], MANAGER)]
    top = CHIEF if depth == 0 and count > 2 else DIRECTOR
    found = [(GENERAL, top)]
    seconds, managers = max(1, count // 7), count // 3
    for position in range(1, count):
        department = _LINE_DEPARTMENTS[int(rng.random() * len(_LINE_DEPARTMENTS))]
        if position <= seconds:
            rank = (CHIEF if position == 1 and count > 6 else VICE_PRESIDENT) if top == CHIEF else DIRECTOR
        else:
            rank = MANAGER if position <= seconds + managers else STAFF
        found.append((department, rank))
    return found


def _boss(by_rank: list[list[Seat]], department: str, rank: int, rng: random.Random) -> Seat | None:
    """Draws a manager from the next higher rank, preferably in the same department."""
    for above in range(rank - 1, -1, -1):
        pool = by_rank[above]
        if pool:
            same = [one for one in pool if one.department == department]
            return (same or pool)[int(rng.random() * len(same or pool))]
    return by_rank[rank][0] if by_rank[rank] and by_rank[rank][0].department == GENERAL else None


def _roles(department: str, rank: int) -> tuple[str, ...]:
    if rank == CHIEF:
        return ("DECISION_MAKER",)
    if rank in (VICE_PRESIDENT, DIRECTOR):
        return ("DECISION_MAKER", "INFLUENCER")
    if department in ("Purchasing", "Finance") or (department == GENERAL and rank == STAFF):
        return ("GATEKEEPER",)
    return ("INFLUENCER", "USER") if rank == MANAGER else ("USER",)


def champion(firm: Firm) -> Contact | None:
    """The informal adviser of a large account: a manager in its middle."""
    if len(firm.contacts) < 7:
        return None
    return next((one for one in firm.contacts if one.rank == MANAGER and one.department != "Purchasing"), None)
