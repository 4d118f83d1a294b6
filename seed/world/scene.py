"""What every part of the world's generation shares: the calendar, the sheet, who is who, who met whom."""

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
    """One of our people; `number` is the position among all parties who can be tied."""

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
    """A person at a customer; `since` is the day (in days ago) the present employment began, `rank` 0 is the top.

    `moved` came from elsewhere, `mailed` may be mailed, `apart` talks only as a story says.
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
    """An account of the world while it is being made; `age` is days ago it was recorded."""

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
    cast: dict[str, Contact] = field(default_factory=dict)

    @property
    def buys(self) -> bool:
        """Whether it orders from us."""
        return self.relationship in ("CUSTOMER", "RESELLER")


class Parties:
    """Everybody who can be tied, by number: the uid, and whether it is one of us."""

    def __init__(self) -> None:
        self.uids: list[str] = []
        self.ours: list[bool] = []

    def join(self, uid: str, *, ours: bool) -> int:
        """Takes in a party; gives its number."""
        self.uids.append(uid)
        self.ours.append(ours)
        return len(self.uids) - 1


class Meetings:
    """The columns that ties are computed from: a row per activity, and a row per part in one."""

    def __init__(self) -> None:
        self.kinds: list[str] = []
        self.at = array("d")
        self.activity = array("q")
        self.party = array("q")
        self.role: list[str] = []

    def begin(self, kind: str, at: float) -> int:
        """An activity that ties people: MEETING, CALL or EMAIL; gives its number."""
        self.kinds.append(kind)
        self.at.append(at)
        return len(self.kinds) - 1

    def take_part(self, activity: int, party: int, role: str) -> None:
        """A party's part in an activity."""
        self.activity.append(activity)
        self.party.append(party)
        self.role.append(role)


@dataclass(slots=True)
class Scene:
    """One world under way."""

    size: Size
    number: int
    clock: Clock
    sheet: Sheet
    catalogue: Catalogue
    parties: Parties = field(default_factory=Parties)
    meetings: Meetings = field(default_factory=Meetings)
    counts: dict[str, int] = field(default_factory=dict)

    def rng(self, *about: object) -> random.Random:
        """Random numbers for one part of the world, the same however the other parts change."""
        return random.Random("/".join(("world", self.size.name, str(self.number), *map(str, about))))

    def key(self, prefix: str) -> str:
        """The next key of a kind: `A-00001`, `A-00002`, …"""
        number = self.counts.get(prefix, 0) + 1
        self.counts[prefix] = number
        return f"{prefix}-{number:05d}"
