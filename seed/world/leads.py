"""Generates the competitors, and the leads: those that became opportunities, and those of companies new to us."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import TypeVar

from seed.world.clock import DAY
from seed.world.company import Staff
from seed.world.conversations import Conversations
from seed.world.deals import Deal
from seed.world.groups import INDUSTRIES
from seed.world.names import brands, mailbox, person
from seed.world.places import any_country
from seed.world.scene import Firm, Scene, User
from seed.world.sheet import Properties, money

_Value = TypeVar("_Value")

_BECAME = 0.12
_PER_ACCOUNT = 0.16
_SOURCES = ("TRADE_SHOW", "WEB", "PARTNER", "SEMINAR", "EXTERNAL_REFERRAL", "EMPLOYEE_REFERRAL", "ADVERTISEMENT")
_SOURCE_SHARES = (28, 26, 13, 12, 11, 6, 4)
_TITLES = (
    "Plant Manager", "Production Manager", "Maintenance Manager", "Head of Engineering", "Purchasing Manager",
    "Automation Engineer", "Managing Director",
)  # fmt: skip
_NEEDS = ("Line modernisation", "New production line", "Retrofit of controls", "Energy monitoring", "Safety upgrade")
_FRAMES = ("This quarter", "Next quarter", "This year", "Next year")
_BUDGETS = ("NO_COMMITTED_BUDGET", "MAY_BUY", "MAY_BUY", "CAN_BUY", "WILL_BUY")
_GIVEN_UP = ("NO_LONGER_INTERESTED", "LOST", "CANNOT_CONTACT", "CANCELED")

# name, country, revenue in the base currency, share of deals that it wins, products that it also sells, texts
_COMPETITORS = (
    (
        "Ostrell Automation", "Germany", 2_400_000_000, 38.0, ("PLC-20", "PLC-40", "PLC-60", "SAF-30", "DIO-16"),
        "Safety controllers", "Strong in the automotive industry; dense service network.", "High list prices.",
    ),
    (
        "Velhagen Drives", "Denmark", 860_000_000, 31.0, ("SRV-07", "SRV-30", "VFD-15", "VFD-75", "MOT-07"),
        "Frequency converters", "Short delivery times for drives.", "No controllers of its own.",
    ),
    (
        "Quintora Software", "United States", 540_000_000, 27.0, ("SCD-05", "HIS-01", "MES-10", "ANA-03"),
        "Historian in the cloud", "Subscription prices; modern user interface.", "Weak in plants without a network.",
    ),
    (
        "Hoshimori Vision", "Japan", 310_000_000, 22.0, ("CAM-05", "LGT-10", "LSR-50"),
        "Smart cameras", "Excellent optics.", "Few application engineers outside Asia.",
    ),
    (
        "Brescalto Sensori", "Italy", 120_000_000, 18.0, ("PRX-18", "ENC-24", "FLW-80", "TMP-04"),
        "Inductive sensors", "Lowest prices for standard sensors.", "No software; long repair times.",
    ),
)  # fmt: skip


class Leads:
    """Writes competitors and leads to the sheet."""

    def __init__(self, scene: Scene, staff: Staff, conversations: Conversations) -> None:
        self._scene, self._conversations = scene, conversations
        self._brands: Iterator[str] = brands(scene.rng("lead brands"))
        self._sellers = [one for one in staff.everybody if one.job in ("inside", "account") and not one.gone]
        self._competitors: list[str] = []

    def competitors(self) -> None:
        """Writes the competitors and which of our products they also sell."""
        sheet, catalogue, made = self._scene.sheet, self._scene.catalogue, self._scene.clock.ago(1_900)
        base = catalogue.rates.base
        for name, country, revenue, wins, products, key_product, strengths, weaknesses in _COMPETITORS:
            units, in_base = catalogue.price(revenue, base)
            values: Properties = {
                "name": name, "country": country, "winPercentage": wins, "keyProduct": key_product,
                "strengths": strengths, "weaknesses": weaknesses,
                "websiteUrl": f"https://www.{name.lower().replace(' ', '-')}.example",
                **money("reportedRevenue", units, base, in_base),
            }  # fmt: skip
            uid = sheet.node("Competitor", self._scene.key("CO"), made, made, values)
            self._competitors.append(uid)
            for number in products:
                sheet.edge("SELLS", "Competitor", uid, "Product", catalogue.products[number].uid)

    def before(self, firm: Firm, deals: Sequence[Deal], rng: random.Random) -> None:
        """Writes the leads that became some of an account's opportunities."""
        for deal in deals:
            drawn, days = rng.random(), 4 + rng.random() * 40
            contacts = [one for one in firm.contacts if not one.apart]
            if drawn >= _BECAME or not contacts:
                continue
            contact = contacts[int(rng.random() * len(contacts))]
            first, _, last = contact.name.partition(" ")
            made = self._scene.clock.at_work((self._scene.clock.now - deal.opened) / DAY + days, rng)
            values: Properties = {
                "firstName": first, "lastName": last, "companyName": firm.name, "emailAddress1": contact.email,
                "jobTitle": contact.title, "city": firm.city, "country": firm.country.name,
                "subject": deal.subject, "state": "QUALIFIED", "status": "QUALIFIED", "leadQuality": "HOT",
                "budgetStatus": "CAN_BUY" if rng.random() < 0.6 else "WILL_BUY",
                "need": deal.subject.rpartition(", ")[2].capitalize(),
            }  # fmt: skip
            uid = self._lead(values, made, int(deal.opened), firm.manager, rng)
            for label, target in (("Account", firm.uid), ("Contact", contact.uid), ("Opportunity", deal.uid)):
                self._scene.sheet.edge("QUALIFIED_TO", "Lead", uid, label, target)

    def new(self) -> None:
        """Writes the leads of companies that are no accounts."""
        rng = self._scene.rng("leads")
        for _ in range(round(_PER_ACCOUNT * self._scene.size.accounts)):
            self._stranger(rng)

    def _stranger(self, rng: random.Random) -> None:
        scene, clock = self._scene, self._scene.clock
        country, brand = any_country(rng), next(self._brands)
        first, last = person(rng, country.sound)
        divisions = INDUSTRIES[_any(tuple(INDUSTRIES), rng)][1]
        domain = f"{brand.lower().replace(' ', '')}.example"
        age, is_open = 2 + rng.random() ** 1.6 * 420, rng.random()
        made = clock.at_work(age, rng)
        number = _any(tuple(scene.catalogue.products), rng)
        currency = scene.catalogue.currency_of(country)
        worth, in_base = scene.catalogue.price(5_000 * (1 + int(rng.expovariate(1.0) * 8)), currency)
        values: Properties = {
            "firstName": first, "lastName": last, "companyName": f"{brand} {_any(divisions, rng)}",
            "emailAddress1": f"{mailbox(f'{first} {last}')}@{domain}", "jobTitle": _any(_TITLES, rng),
            "city": _any(country.cities, rng), "country": country.name, "need": _any(_NEEDS, rng),
            "subject": f"Interested in: {scene.catalogue.products[number].name}",
            "purchaseTimeFrame": _any(_FRAMES, rng), "budgetStatus": _any(_BUDGETS, rng),
            "leadQuality": ("HOT", "WARM", "WARM", "COLD")[int(rng.random() * 4)],
            **money("estimatedAmount", worth, currency, in_base),
        }  # fmt: skip
        given_up, status, changed = _any(_GIVEN_UP, rng), rng.random(), rng.random()
        if is_open < 0.62 - age / 900:
            values |= {"state": "OPEN", "status": "NEW" if age < 12 or status < 0.25 else "CONTACTED"}
            values["estimatedCloseDate"] = clock.day(clock.now + (20 + changed * 150) * DAY)
        else:
            values |= {"state": "DISQUALIFIED", "status": given_up}
        seller = _any(self._sellers, rng)
        uid = self._lead(values, made, made + int((clock.now - made) * changed), seller, rng)
        scene.sheet.edge("INTERESTED_IN", "Lead", uid, "Product", scene.catalogue.products[number].uid)
        competitor = _any(self._competitors, rng)
        if values["status"] == "LOST" or (values["state"] == "OPEN" and status > 0.8):
            scene.sheet.edge("COMPETED_BY", "Lead", uid, "Competitor", competitor)
        due = made + int((1 + changed * 8) * DAY)
        if values["status"] != "NEW" or status < 0.5:
            lead = Deal(uid, "Lead", str(values["subject"]), made, clock.now)
            self._conversations.task(lead, f"Call {first} {last}", seller, due, rng)

    def _lead(self, values: Properties, made: int, changed: int, owner: User | None, rng: random.Random) -> str:
        values["fullName"] = values["name"] = f"{values['firstName']} {values['lastName']}"
        values["leadSource"] = rng.choices(_SOURCES, weights=_SOURCE_SHARES)[0]
        uid = self._scene.sheet.node("Lead", self._scene.key("LD"), made, max(made, changed), values)
        if owner is not None:
            self._scene.sheet.owned("Lead", uid, owner.uid)
        return uid


def _any(values: Sequence[_Value], rng: random.Random) -> _Value:
    return values[int(rng.random() * len(values))]
