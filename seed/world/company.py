"""Generates our own company: business units, teams and users."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from graph.roles import role_uid
from seed.world.names import mailbox, person
from seed.world.places import CENTRAL, NORTH, OVERSEAS, SOUTH
from seed.world.scene import OUR_DOMAIN, Scene, User
from seed.world.sheet import Properties, moment

COMPANY = "Tavreon"
REGIONS = (NORTH, CENTRAL, SOUTH, OVERSEAS)
_HOME = {
    NORTH: (("nordic", "Gothenburg", "Sweden"), ("anglo", "Leeds", "United Kingdom")),
    CENTRAL: (("german", "Kassel", "Germany"), ("slavic", "Brno", "Czechia")),
    SOUTH: (("romance", "Lyon", "France"), ("romance", "Bologna", "Italy")),
    OVERSEAS: (("anglo", "Cleveland", "United States"), ("eastern", "Nagoya", "Japan"), ("indic", "Pune", "India")),
}
_UNITS = (
    ("BU-GRP", f"{COMPANY} Group", None, "The whole company."),
    ("BU-SAL", f"{COMPANY} Sales", "BU-GRP", "Sells to every region."),
    ("BU-AUT", f"{COMPANY} Automation", "BU-GRP", "Makes controllers, drives and panels."),
    ("BU-SFT", f"{COMPANY} Software", "BU-GRP", "Makes SCADA, execution and analytics software."),
    ("BU-SRV", f"{COMPANY} Service", "BU-GRP", "Commissions, maintains and trains."),
    *(
        (f"BU-{region[:3].upper()}", f"{COMPANY} Sales {region}", "BU-SAL", f"Sells in the region {region}.")
        for region in REGIONS
    ),
)
# job, title, share of the people below the regional heads
_JOBS = (
    ("account", "Account Manager", 0.5),
    ("inside", "Inside Sales Representative", 0.12),
    ("service", "Service Engineer", 0.16),
    ("specialist", "Application Engineer", 0.14),
    ("marketing", "Marketing Specialist", 0.08),
)
_DEPARTMENT = {"chief": "Management", "service": "Service", "specialist": "Engineering", "marketing": "Marketing"}
_UNIT_OF = {"service": "BU-SRV", "specialist": "BU-AUT", "marketing": "BU-SAL"}
_ROLES = {
    "chief": "administrator",
    "head": "sales-manager",
    "account": "salesperson",
    "inside": "salesperson",
    "service": "service",
    "specialist": "service",
    "marketing": "marketing",
    "assistant": "reader",
}
YOU = 6


@dataclass(slots=True)
class Staff:
    """Our users by job."""

    everybody: list[User] = field(default_factory=list)
    managers: dict[str, list[User]] = field(default_factory=dict)
    helpers: dict[str, list[User]] = field(default_factory=dict)
    marketing: list[User] = field(default_factory=list)
    heads: dict[str, User] = field(default_factory=dict)
    gone: list[User] = field(default_factory=list)
    chief: User | None = None
    teams: list[list[User]] = field(default_factory=list)

    @property
    def you(self) -> User:
        """The default user."""
        return self.everybody[YOU]


class Company:
    """Writes our company to the sheet."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._rng = scene.rng("company")
        self._founded = scene.clock.ago(2_400)
        self._units: dict[str, str] = {}
        self._boxes: set[str] = set()
        self.staff = Staff()

    def build(self) -> Staff:
        """Writes units, users with their reporting lines, and teams."""
        sheet = self._scene.sheet
        for key, name, above, message in _UNITS:
            uid = sheet.node("BusinessUnit", key, self._founded, self._founded, {"name": name, "description": message})
            self._units[key] = uid
            if above:
                sheet.edge("CHILD_OF", "BusinessUnit", uid, "BusinessUnit", self._units[above])
        self._heads()
        self._people()
        self._teams()
        return self.staff

    def _hire(self, job: str, title: str, region: str, unit: str, superior: User | None, gone: bool = False) -> User:
        scene, rng = self._scene, self._rng
        homes = _HOME[region]
        sound, city, country = homes[int(rng.random() * len(homes))]
        name = " ".join(person(rng, sound))
        while mailbox(name) in self._boxes:
            name = " ".join(person(rng, sound))
        self._boxes.add(mailbox(name))
        key = f"U-{len(self.staff.everybody):04d}"
        since = 300 + rng.random() * 1_900
        email = f"{mailbox(name)}@{OUR_DOMAIN}"
        values: Properties = {
            "name": name,
            "jobTitle": title,
            "department": _DEPARTMENT.get(job, "Sales"),
            "emailAddress1": email,
            "city": city,
            "country": country,
            "isDisabled": gone,
        }
        uid = scene.sheet.node("User", key, scene.clock.ago(since), scene.clock.ago(since / 3), values)
        user = User(uid, scene.parties.join(uid, ours=True), name, email, job, title, region, superior, gone)
        scene.sheet.edge("IN_UNIT", "User", uid, "BusinessUnit", self._units[unit])
        if not gone:
            scene.sheet.edge(
                "HAS_ROLE", "User", uid, "Role", role_uid(_ROLES[job]), {"validFrom": moment(self._founded)}
            )
        if superior is not None:
            self._line(user, superior, "SOLID", since)
        self.staff.everybody.append(user)
        return user

    def _line(self, user: User, superior: User, kind: str, since: float, until: float | None = None) -> None:
        values = {"kind": kind, "validFrom": moment(self._scene.clock.ago(since))}
        if until is not None:
            values["validTo"] = moment(self._scene.clock.ago(until))
        self._scene.sheet.edge("REPORTS_TO", "User", user.uid, "User", superior.uid, values)

    def _heads(self) -> None:
        staff = self.staff
        staff.chief = self._hire("chief", "Chief Executive Officer", CENTRAL, "BU-GRP", None)
        sales = self._hire("head", "Chief Sales Officer", NORTH, "BU-SAL", staff.chief)
        for region in REGIONS:
            head = self._hire("head", f"Regional Director {region}", region, f"BU-{region[:3].upper()}", sales)
            staff.heads[region] = head
            staff.managers[region], staff.helpers[region] = [], []
        # Two account managers follow the heads in every size: the default user (`YOU`) and their closest colleague.
        for _ in range(2):
            self._account_manager(NORTH)
        service = self._hire("head", "Head of Service", CENTRAL, "BU-SRV", staff.chief)
        staff.heads["service"] = service
        assistant = self._hire("assistant", "Executive Assistant", CENTRAL, "BU-GRP", None)
        self._line(assistant, staff.chief, "ASSISTANT", 800)

    def _account_manager(self, region: str) -> None:
        title = "Key Account Manager" if self._rng.random() < 0.3 else "Account Manager"
        user = self._hire("account", title, region, f"BU-{region[:3].upper()}", self.staff.heads[region])
        self.staff.managers[region].append(user)

    def _people(self) -> None:
        staff, left = self.staff, self._scene.size.users - len(self.staff.everybody)
        quota = [(job, title, max(1, round(left * share))) for job, title, share in _JOBS]
        for job, title, count in quota:
            for position in range(count):
                region = REGIONS[position % len(REGIONS)]
                if job == "account":
                    self._account_manager(region)
                    continue
                superior = staff.heads["service"] if job in ("service", "specialist") else staff.heads[region]
                unit = _UNIT_OF.get(job, f"BU-{region[:3].upper()}")
                user = self._hire(job, title, region, unit, superior)
                (staff.marketing if job == "marketing" else staff.helpers[region]).append(user)
                if job in ("service", "specialist"):
                    self._line(user, staff.heads[region], "DOTTED", 250)
        for region in REGIONS[: max(2, self._scene.size.users // 100)]:
            gone = self._hire("account", "Account Manager", region, f"BU-{region[:3].upper()}", None, gone=True)
            self._line(gone, staff.heads[region], "SOLID", 1_500, 420)
            staff.gone.append(gone)

    def _teams(self) -> None:
        scene, staff, rng = self._scene, self.staff, self._rng
        for position in range(scene.size.teams):
            region = REGIONS[position % len(REGIONS)]
            name = f"{region} key accounts" if position < 4 else f"{region} project team {position // 4}"
            key = f"T-{position + 1:03d}"
            uid = scene.sheet.node("Team", key, self._founded, self._founded, {"name": name})
            scene.sheet.edge("IN_UNIT", "Team", uid, "BusinessUnit", self._units[f"BU-{region[:3].upper()}"])
            members = self._members(region, position, rng)
            for place, user in enumerate(members):
                values = {"role": "Lead" if place == 0 else "Member", "validFrom": moment(scene.clock.ago(700))}
                scene.sheet.edge("MEMBER_OF", "User", user.uid, "Team", uid, values)
            staff.teams.append(members)

    def _members(self, region: str, position: int, rng: random.Random) -> list[User]:
        staff = self.staff
        pool = [*staff.managers[region], *staff.helpers[region]]
        count = min(len(pool), 3 + int(rng.random() * 3))
        if position < 4:
            return [staff.heads[region], *pool[: count + 1]]
        return rng.sample(pool, count)
