"""Generates the customers: groups of accounts with one to nine levels, of very different sizes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from seed.world.company import Staff
from seed.world.names import brands
from seed.world.places import Country, any_country
from seed.world.scene import Firm, Scene, User
from seed.world.sheet import Properties, moment, money

DEEPEST = 9

# industry: whether it is a process industry, and the names of divisions
INDUSTRIES: dict[str, tuple[bool, tuple[str, ...]]] = {
    "Food and beverage": (True, ("Foods", "Dairy", "Beverages", "Ingredients", "Bakery", "Frozen")),
    "Chemicals": (True, ("Chemicals", "Coatings", "Polymers", "Additives", "Resins")),
    "Pharmaceuticals": (True, ("Pharma", "Biotech", "Diagnostics", "Formulations")),
    "Water and waste water": (True, ("Water", "Utilities", "Treatment", "Networks")),
    "Energy": (True, ("Energy", "Power", "Grid", "Renewables", "Storage")),
    "Pulp and paper": (True, ("Paper", "Board", "Pulp", "Tissue", "Fibre")),
    "Metals and mining": (True, ("Steel", "Metals", "Mining", "Alloys", "Castings")),
    "Building materials": (True, ("Cement", "Glass", "Bricks", "Insulation")),
    "Automotive": (False, ("Automotive", "Components", "Powertrain", "Seating", "Bodyworks")),
    "Machinery": (False, ("Machines", "Engineering", "Tools", "Systems", "Presses")),
    "Electronics": (False, ("Electronics", "Circuits", "Assemblies", "Instruments")),
    "Packaging": (False, ("Packaging", "Films", "Labels", "Cartons")),
    "Logistics": (False, ("Logistics", "Warehousing", "Intralogistics", "Conveyors")),
    "Textiles": (False, ("Textiles", "Yarns", "Nonwovens", "Fabrics")),
}
_NAMES = tuple(INDUSTRIES)
_RELATIONSHIPS = ("CUSTOMER", "PROSPECT", "RESELLER", "PARTNER", "SUPPLIER", "CONSULTANT", "COMPETITOR", "OTHER")
_SHARES = (0.66, 0.86, 0.90, 0.935, 0.96, 0.975, 0.985, 1.0)
_TOPS = ("Holding", "Group", "Industries", "International")


@dataclass(frozen=True, slots=True)
class Outline:
    """The outline of a group: its index, and its numbers of accounts and levels."""

    index: int
    accounts: int
    levels: int


def outlines(scene: Scene) -> list[Outline]:
    """The outlines of all groups: the deepest and largest first, one of each depth, then mostly small ones."""
    rng, size = scene.rng("plans"), scene.size
    found = [Outline(0, size.largest, DEEPEST), Outline(1, 1, 1)]
    left = size.accounts - size.largest - 1
    shapes = [(levels, levels + int(rng.random() * levels)) for levels in range(DEEPEST - 1, 1, -1)]
    shapes[4] = (4, 14)
    for levels, accounts in shapes:
        count = min(accounts, size.largest)
        found.append(Outline(len(found), count, levels))
        left -= count
    while left > 0:
        count = 1
        if rng.random() > 0.76:
            count = min(left, size.largest, 1 + int(rng.paretovariate(1.2) * 1.2))
        levels = 1 if count == 1 else min(count, DEEPEST, 2 + int(rng.expovariate(0.9)))
        found.append(Outline(len(found), count, levels))
        left -= count
    return found


class Groups:
    """Writes the accounts of a group with their hierarchies and our account teams."""

    def __init__(self, scene: Scene, staff: Staff) -> None:
        self._scene, self._staff = scene, staff
        self._brands: Iterator[str] = brands(scene.rng("brands"))
        self._earlier: list[Firm] = []

    def build(self, outline: Outline) -> list[Firm]:
        """Writes a group and returns its accounts, parents first."""
        rng = self._scene.rng("group", outline.index)
        firms: list[Firm] = []
        used: set[str] = set()
        # A position occurs once for itself and once per child, so that accounts with many children get more.
        open_to: list[int] = []
        for position in range(outline.accounts):
            parent = None
            if position:
                above = position - 1 if position < outline.levels else open_to[int(rng.random() * len(open_to))]
                parent = firms[above]
                if parent.depth < outline.levels - 1:
                    open_to.append(above)
            firm = self._firm(rng, outline, parent, used)
            firms.append(firm)
            if firm.depth < outline.levels - 1:
                open_to.append(position)
        self._hierarchies(rng, firms)
        for firm in firms:
            self._account_team(rng, firm)
        self._earlier.append(firms[0])
        del self._earlier[:-40]
        return firms

    def _firm(self, rng: random.Random, outline: Outline, parent: Firm | None, used: set[str]) -> Firm:
        if parent is None:
            country, brand = any_country(rng), next(self._brands)
            industry = _NAMES[int(rng.random() * len(_NAMES))]
            relationship = _relationship(rng) if outline.accounts < 8 else "CUSTOMER"
            age = 500 + rng.random() * 1_600
        else:
            country = parent.country if rng.random() < 0.55 else any_country(rng)
            brand = parent.brand if rng.random() < 0.88 else next(self._brands)
            industry = parent.industry if rng.random() < 0.85 else _NAMES[int(rng.random() * len(_NAMES))]
            relationship = parent.relationship if rng.random() < 0.75 else _relationship(rng)
            age = max(120.0, parent.age - rng.random() * 400)
        process, divisions = INDUSTRIES[industry]
        city = country.cities[int(rng.random() * len(country.cities))]
        division = divisions[int(rng.random() * len(divisions))]
        if parent is None and outline.accounts > 3:
            division = _TOPS[int(rng.random() * len(_TOPS))]
        name = _name(rng, brand, division, country, city, parent is None, used)
        weight = min(12.0, 0.3 * rng.paretovariate(1.25))
        if relationship not in ("CUSTOMER", "RESELLER"):
            weight *= 0.4
        firm = Firm(
            key=self._scene.key("A"),
            name=name,
            brand=brand,
            domain=f"{brand.lower().replace(' ', '')}.example",
            country=country,
            city=city,
            currency=self._scene.catalogue.currency_of(country),
            industry=industry,
            process=process,
            relationship=relationship,
            depth=parent.depth + 1 if parent else 0,
            weight=weight,
            age=age,
            parent=parent,
            root=parent.root if parent else None,
        )
        firm.root = firm.root or firm
        self._record(rng, firm, parent is None and outline.accounts > 3)
        return firm

    def _record(self, rng: random.Random, firm: Firm, holding: bool) -> None:
        scene = self._scene
        employees = max(4, int(rng.lognormvariate(4.2 + 0.35 * firm.weight**0.5, 1.0)))
        if holding:
            employees = max(12, employees // 6)
        values: Properties = {
            "name": firm.name,
            "accountNumber": f"C{firm.key[2:]}",
            "relationship": firm.relationship,
            "category": "PREFERRED" if firm.weight > 2.5 else "STANDARD",
            "industry": firm.industry,
            "city": firm.city,
            "country": firm.country.name,
            "websiteUrl": f"https://www.{firm.domain}",
            "employees": employees,
        }
        revenue, in_base = scene.catalogue.price(employees * (140 + int(rng.random() * 180)) * 1_000, firm.currency)
        values |= money("revenue", revenue, firm.currency, in_base)
        if firm.buys:
            limit, in_base = scene.catalogue.price(5_000 * (1 + int(firm.weight * 8)), firm.currency)
            values |= money("creditLimit", limit, firm.currency, in_base)
            values["creditOnHold"] = rng.random() < 0.03
        changed = firm.age * rng.random() * 0.3
        firm.uid = scene.sheet.node("Account", firm.key, scene.clock.ago(firm.age), scene.clock.ago(changed), values)

    def _child_of(
        self, child: Firm, parent: Firm, hierarchy: str, since: float | None = None, until: float | None = None
    ) -> None:
        values: Properties = {"hierarchy": hierarchy}
        if since is not None:
            values["validFrom"] = moment(self._scene.clock.ago(since))
        if until is not None:
            values["validTo"] = moment(self._scene.clock.ago(until))
        self._scene.sheet.edge("CHILD_OF", "Account", child.uid, "Account", parent.uid, values)

    def _hierarchies(self, rng: random.Random, firms: list[Firm]) -> None:
        """Writes the CRM hierarchy with some former parents, and in some groups LEGAL and BILLING."""
        legal = len(firms) > 3 and rng.random() < 0.45
        billing = len(firms) > 4 and rng.random() < 0.4
        national: dict[str, Firm] = {}
        for position, firm in enumerate(firms):
            parent = firm.parent
            if parent is None:
                continue
            before = None
            if rng.random() < 0.08:
                before = (
                    firms[int(rng.random() * position)]
                    if rng.random() < 0.7 or not self._earlier
                    else rng.choice(self._earlier)
                )
            if before is not None and before is not parent:
                moved = 60 + rng.random() * (firm.age - 100)
                self._child_of(firm, before, "CRM", firm.age, moved)
                self._child_of(firm, parent, "CRM", moved)
            else:
                self._child_of(firm, parent, "CRM", firm.age)
            if legal:
                self._child_of(firm, national.get(firm.country.name, firms[0]), "LEGAL")
                national.setdefault(firm.country.name, firm)
            if billing:
                self._child_of(firm, firms[1] if position > 1 else firms[0], "BILLING")

    def _account_team(self, rng: random.Random, firm: Firm) -> None:
        """Writes the primary manager, sometimes with a predecessor, and other members of the account team."""
        staff, region = self._staff, firm.country.region
        above = firm.parent.manager if firm.parent else None
        if above is not None and above.region == region and rng.random() < 0.6:
            manager = above
        else:
            pool = staff.managers[region]
            manager = pool[int(rng.random() ** 1.4 * len(pool))]
        firm.manager, firm.team = manager, [manager]
        since = firm.age
        if rng.random() < 0.14:
            pool = staff.gone if rng.random() < 0.5 else staff.managers[region]
            earlier = pool[int(rng.random() * len(pool))]
            if earlier is not manager and firm.age > 480:
                since = 420.0 if earlier.gone else 430 + rng.random() * (firm.age - 470)
                self._manages(earlier, firm, "Account manager", True, firm.age, since)
        self._manages(manager, firm, "Account manager", True, since)
        self._scene.sheet.owned("Account", firm.uid, manager.uid)
        helpers = staff.helpers[region]
        for _ in range(min(3, int(firm.weight * rng.random() * 1.5))):
            helper = helpers[int(rng.random() * len(helpers))]
            if helper not in firm.team:
                firm.team.append(helper)
                role = (
                    "Service manager"
                    if helper.job == "service"
                    else "Inside sales"
                    if helper.job == "inside"
                    else "Specialist"
                )
                self._manages(helper, firm, role, False, since * rng.random())
        if firm.depth == 0 and firm.weight > 3 and firm.buys:
            self._manages(staff.heads[region], firm, "Executive sponsor", False, since / 2)

    def _manages(
        self, user: User, firm: Firm, role: str, primary: bool, since: float, until: float | None = None
    ) -> None:
        clock = self._scene.clock
        values: Properties = {"role": role, "isPrimary": primary, "validFrom": moment(clock.ago(since))}
        if until is not None:
            values["validTo"] = moment(clock.ago(until))
        self._scene.sheet.edge("MANAGES", "User", user.uid, "Account", firm.uid, values)


def _relationship(rng: random.Random) -> str:
    drawn = rng.random()
    return next(name for name, share in zip(_RELATIONSHIPS, _SHARES, strict=True) if drawn < share)


def _name(rng: random.Random, brand: str, division: str, country: Country, city: str, top: bool, used: set[str]) -> str:
    """Draws a name that is unique in the group, from brand, division, country, legal form and city."""
    drawn = rng.random()
    form = country.forms[int(rng.random() * len(country.forms))]
    if top or drawn < 0.4:
        name = f"{brand} {division} {form}"
    elif drawn < 0.65:
        name = f"{brand} {country.name} {form}"
    else:
        name = f"{brand} {division} {city}"
    if name in used:
        name += f" {city}"
    found, number = name, 1
    while found in used:
        number += 1
        found = f"{name} {number}"
    used.add(found)
    return found
