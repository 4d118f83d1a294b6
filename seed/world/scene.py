"""The state that all parts of the generation share."""

from __future__ import annotations

import random
from array import array
from dataclasses import dataclass, field

from seed.world.catalogue import Catalogue
from seed.world.clock import Clock
from seed.world.places import Country
from seed.world.sheet import Sheet
from seed.world.size import Size

OUR_DOMAIN = "tavreon.example"


@dataclass(slots=True, eq=False)
class User:
    """One of our users; `number` is the position among all parties."""

    uid: str
    number: int
    name: str
    email: str
    job: str
    title: str
    region: str
    superior: User | None = None
    gone: bool = False


@dataclass(slots=True, eq=False)
class Contact:
    """A person at a customer; `since` is the begin of the current job in days ago, `rank` 0 is the top.

    `moved` changed jobs, `mailed` accepts mailings, `apart` takes part only in the activities of a story.
    """

    uid: str
    number: int
    name: str
    email: str
    title: str
    department: str
    rank: int
    since: float
    manager: Contact | None = None
    moved: bool = False
    mailed: bool = True
    apart: bool = False


@dataclass(slots=True, eq=False)
class Firm:
    """An account during the generation; `age` is the day of its creation in days ago.

    `bought` has the time of the first delivery of each product number.
    """

    key: str
    name: str
    brand: str
    domain: str
    country: Country
    city: str
    currency: str
    industry: str
    process: bool
    relationship: str
    depth: int
    weight: float
    age: float
    parent: Firm | None
    root: Firm | None
    uid: str = ""
    manager: User | None = None
    team: list[User] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    wins: int = 0
    reserved: bool = False
    without_deals: bool = False
    bought: dict[str, float] = field(default_factory=dict)
    cast: dict[str, Contact] = field(default_factory=dict)

    @property
    def buys(self) -> bool:
        """True if the account orders from us."""
        return self.relationship in ("CUSTOMER", "RESELLER")


class Parties:
    """All users and contacts by number: uids, and whether they are users."""

    def __init__(self) -> None:
        self.uids: list[str] = []
        self.ours: list[bool] = []

    def join(self, uid: str, *, ours: bool) -> int:
        """Adds a party and returns its number."""
        self.uids.append(uid)
        self.ours.append(ours)
        return len(self.uids) - 1


class Meetings:
    """The columns that ties are computed from: activities and their participants."""

    def __init__(self) -> None:
        self.kinds: list[str] = []
        self.at = array("d")
        self.activity = array("q")
        self.party = array("q")
        self.role: list[str] = []

    def begin(self, kind: str, at: float) -> int:
        """Adds an activity (MEETING, CALL or EMAIL) and returns its number."""
        self.kinds.append(kind)
        self.at.append(at)
        return len(self.kinds) - 1

    def take_part(self, activity: int, party: int, role: str) -> None:
        """Adds a participant to an activity."""
        self.activity.append(activity)
        self.party.append(party)
        self.role.append(role)


@dataclass(slots=True)
class Scene:
    """The state of one generation."""

    size: Size
    number: int
    clock: Clock
    sheet: Sheet
    catalogue: Catalogue
    parties: Parties = field(default_factory=Parties)
    meetings: Meetings = field(default_factory=Meetings)
    counts: dict[str, int] = field(default_factory=dict)

    def rng(self, *about: object) -> random.Random:
        """Random numbers for one part of the world, independent of the other parts."""
        return random.Random("/".join(("world", self.size.name, str(self.number), *map(str, about))))

    def key(self, prefix: str) -> str:
        """The next key with a prefix: `A-00001`, `A-00002`, …"""
        number = self.counts.get(prefix, 0) + 1
        self.counts[prefix] = number
        return f"{prefix}-{number:05d}"
