"""Generates opportunities, orders and their lines."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from seed.world.catalogue import (
    COMMISSIONED,
    COMMISSIONED_WITH_SPARES,
    COMPLEMENTS,
    NEEDS_DISCRETE,
    NEEDS_PROCESS,
    SPARE_PARTS,
    TRAP_ANTECEDENT,
    TRAP_CONSEQUENT,
    Product,
)
from seed.world.clock import DAY
from seed.world.people import DIRECTOR
from seed.world.scene import Contact, Firm, Scene, User
from seed.world.sheet import Properties, moment, money

_DISCRETE = (tuple(NEEDS_DISCRETE), tuple(accumulate(NEEDS_DISCRETE.values())))
_PROCESS = (tuple(NEEDS_PROCESS), tuple(accumulate(NEEDS_PROCESS.values())))
_STAGES = (
    ("QUALIFY", 0.3, (10, 25)),
    ("DEVELOP", 0.6, (30, 45)),
    ("PROPOSE", 0.85, (50, 65)),
    ("CLOSE", 1.0, (75, 90)),
)
_NEEDS = (
    "line modernisation", "new packaging line", "retrofit", "plant extension", "safety upgrade", "control room",
    "energy monitoring", "spare parts agreement", "replacement of old drives", "pilot cell", "quality inspection",
)  # fmt: skip
_PARTS = ("Decision maker", "Economic buyer", "Technical evaluator", "User", "Champion", "Gatekeeper")


@dataclass(frozen=True, slots=True)
class Item:
    """A line: product, quantity, price, discount as a percentage, and amount in minor units."""

    product: Product
    quantity: int
    price: int
    price_base: int
    discount: int
    amount: int
    amount_base: int


@dataclass(slots=True)
class Deal:
    """An opportunity, for activities that refer to it."""

    uid: str
    label: str
    subject: str
    opened: float
    closed: float
    people: list[Contact] = field(default_factory=list)


class Deals:
    """Writes the opportunities and orders of accounts to the sheet."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    def of(self, firm: Firm, rng: random.Random) -> list[Deal]:
        """Writes the opportunities and orders of an account, in proportion to its weight."""
        found = [self._opportunity(firm, rng) for _ in range(about(rng, 1.15 * firm.weight))]
        if firm.buys:
            for _ in range(about(rng, 1.45 * firm.weight)):
                placed = self._scene.clock.order_day(rng)
                self.order(firm, self.items(firm, self.basket(firm, rng), rng), placed, rng)
        return found

    def basket(self, firm: Firm, rng: random.Random) -> list[str]:
        """Draws the products of an order: a need with its complements, then products that go with any order."""
        needs, reach = _PROCESS if firm.process else _DISCRETE
        found = rng.choices(needs, cum_weights=reach, k=2 if rng.random() < 0.16 else 1)
        for number in found:
            for complement, probability in COMPLEMENTS.get(number, ()):
                if rng.random() < probability:
                    found.append(complement)
        numbers = dict.fromkeys(found)
        spares = rng.random() < SPARE_PARTS
        if spares:
            numbers[TRAP_ANTECEDENT] = None
        if rng.random() < (COMMISSIONED_WITH_SPARES if spares else COMMISSIONED):
            numbers[TRAP_CONSEQUENT] = None
        if rng.random() < 0.04:
            numbers["AUD-01"] = None
        return list(numbers)

    def items(self, firm: Firm, numbers: Sequence[str], rng: random.Random, scale: float = 1.0) -> list[Item]:
        """Draws a line for each product, in the currency of the account."""
        found = []
        for number in numbers:
            product = self._scene.catalogue.products[number]
            price, base = product.prices[firm.currency]
            quantity = max(1, int(rng.expovariate(1.0) * min(24.0, 9_000 / product.list_price) * scale + 0.6))
            discount = (
                (0, 0, 0, 5, 10, 15)[int(rng.random() * 6)] if quantity < 12 else (5, 10, 15, 20)[int(rng.random() * 4)]
            )
            amount = _extended(quantity, price, discount)
            in_base = amount if price == base else self._scene.catalogue.rates.in_base(amount, firm.currency)
            found.append(Item(product, quantity, price, base, discount, amount, in_base))
        return found

    def _lines(self, label: str, uid: str, items: list[Item], currency: str) -> None:
        for item in items:
            values: Properties = {
                "quantity": float(item.quantity), "discount": item.discount / 100,
                "pricePerUnit": item.price, "pricePerUnitCurrency": currency, "pricePerUnitBase": item.price_base,
                "extendedAmount": item.amount, "extendedAmountCurrency": currency,
                "extendedAmountBase": item.amount_base,
            }  # fmt: skip
            self._scene.sheet.edge("HAS_LINE", label, uid, "Product", item.product.uid, values)

    def order(
        self, firm: Firm, items: list[Item], placed: float, rng: random.Random, opportunity: str | None = None
    ) -> None:
        """Writes an order of the account."""
        scene, sheet = self._scene, self._scene.sheet
        key, age = scene.key("SO"), (scene.clock.now - placed) / DAY
        fulfilled = min(scene.clock.now, placed + (6 + rng.random() * 40) * DAY)
        drawn = rng.random()
        state = "CANCELED" if drawn < 0.025 and opportunity is None else "INVOICED" if age > 75 else "FULFILLED"
        if state != "CANCELED" and age < 45:
            state = "ACTIVE" if age < 12 else "SUBMITTED" if drawn < 0.6 else "FULFILLED"
        total, in_base = sum(item.amount for item in items), sum(item.amount_base for item in items)
        values: Properties = {
            "name": items[0].product.name, "orderNumber": key, "state": state, "submitDate": moment(placed),
            **money("totalAmount", total, firm.currency, in_base),
            "shipToCity": firm.city, "shipToCountry": firm.country.name,
        }  # fmt: skip
        if state in ("FULFILLED", "INVOICED"):
            values["dateFulfilled"] = moment(fulfilled)
        uid = sheet.node("SalesOrder", key, placed, max(placed, fulfilled), values)
        sheet.edge("FOR_ACCOUNT", "SalesOrder", uid, "Account", firm.uid)
        if firm.manager is not None:
            sheet.owned("SalesOrder", uid, firm.manager.uid)
        if opportunity is not None:
            sheet.edge("FOR_OPPORTUNITY", "SalesOrder", uid, "Opportunity", opportunity)
        self._lines("SalesOrder", uid, items, firm.currency)
        if state in ("FULFILLED", "INVOICED"):
            for item in items:
                firm.bought[item.product.number] = min(fulfilled, firm.bought.get(item.product.number, fulfilled))

    def _opportunity(self, firm: Firm, rng: random.Random) -> Deal:
        now = self._scene.clock.now
        drawn = rng.random()
        if drawn < 0.36:
            opened = now - (4 + rng.random() ** 1.3 * 210) * DAY
            return self.open(firm, self.items(firm, self.basket(firm, rng), rng, 1.5), opened, rng)
        closed = self._scene.clock.order_day(rng)
        opened = closed - (25 + rng.random() * 190) * DAY
        items = self.items(firm, self.basket(firm, rng), rng, 1.5)
        if drawn < 0.76 and firm.buys:
            return self.won(firm, items, opened, closed, rng)
        return self._lost(firm, items, opened, closed, rng)

    def open(self, firm: Firm, items: list[Item], opened: float, rng: random.Random) -> Deal:
        """Writes an open opportunity."""
        clock = self._scene.clock
        drawn = rng.random()
        stage, _, (low, high) = next(one for one in _STAGES if drawn < one[1])
        due = clock.now + (7 + rng.random() * 200) * DAY
        values: Properties = {
            "state": "OPEN", "status": "ON_HOLD" if rng.random() < 0.08 else "IN_PROGRESS", "salesStage": stage,
            "rating": "HOT" if low > 49 else "WARM" if low > 29 else "COLD",
            "closeProbability": low + 5 * int(rng.random() * ((high - low) // 5 + 1)),
            "estimatedCloseDate": clock.day(due),
        }  # fmt: skip
        deal = self._record(firm, values, items, opened, float(clock.now), rng)
        self._committee(firm, deal, rng)
        return deal

    def won(self, firm: Firm, items: list[Item], opened: float, closed: float, rng: random.Random) -> Deal:
        """Writes a won opportunity and its order."""
        clock = self._scene.clock
        total, in_base = sum(item.amount for item in items), sum(item.amount_base for item in items)
        values: Properties = {
            "state": "WON", "status": "WON", "salesStage": "CLOSE", "closeProbability": 100,
            **money("actualValue", total, firm.currency, in_base),
            "estimatedCloseDate": clock.day(closed + (rng.random() * 60 - 40) * DAY),
            "actualCloseDate": clock.day(closed),
        }  # fmt: skip
        deal = self._record(firm, values, items, opened, closed, rng)
        firm.wins += in_base
        self.order(firm, items, closed, rng, deal.uid)
        return deal

    def _lost(self, firm: Firm, items: list[Item], opened: float, closed: float, rng: random.Random) -> Deal:
        clock = self._scene.clock
        values: Properties = {
            "state": "LOST", "status": "OUT_SOLD" if rng.random() < 0.6 else "CANCELED", "closeProbability": 0,
            "salesStage": _STAGES[int(rng.random() * 4)][0], "actualCloseDate": clock.day(closed),
            "estimatedCloseDate": clock.day(closed + (rng.random() * 60 - 40) * DAY),
        }  # fmt: skip
        return self._record(firm, values, items, opened, closed, rng)

    def _record(
        self, firm: Firm, values: Properties, items: list[Item], opened: float, closed: float, rng: random.Random
    ) -> Deal:
        scene, sheet = self._scene, self._scene.sheet
        currency, total = firm.currency, sum(item.amount for item in items)
        estimated = max(1, round(total * (0.85 + rng.random() * 0.35) / 10_000)) * 10_000
        subject = f"{items[0].product.name}, {_NEEDS[int(rng.random() * len(_NEEDS))]}"
        values |= {
            "name": f"{firm.brand}: {subject}", "openedOn": scene.clock.day(opened),
            **money("estimatedValue", estimated, currency, self._base(estimated, currency)),
            **money("totalAmount", total, currency, sum(item.amount_base for item in items)),
        }  # fmt: skip
        uid = sheet.node("Opportunity", scene.key("OP"), opened, closed, values)
        sheet.edge("FOR_ACCOUNT", "Opportunity", uid, "Account", firm.uid)
        owner: User | None = firm.manager
        assert owner is not None
        sheet.owned("Opportunity", uid, owner.uid)
        if firm.contacts:
            sheet.edge(
                "FOR_CONTACT", "Opportunity", uid, "Contact", firm.contacts[int(rng.random() * len(firm.contacts))].uid
            )
        self._lines("Opportunity", uid, items, currency)
        return Deal(uid, "Opportunity", subject, opened, closed)

    def _base(self, units: int, currency: str) -> int:
        rates = self._scene.catalogue.rates
        return units if currency == rates.base else rates.in_base(units, currency)

    def _committee(self, firm: Firm, deal: Deal, rng: random.Random) -> None:
        """Writes the roles of people in an open opportunity."""
        count = min(len(firm.contacts), 1 + int(rng.random() * 4))
        for place, contact in enumerate(rng.sample(firm.contacts, count)):
            part = _PARTS[0] if contact.rank <= DIRECTOR else _PARTS[2 + int(rng.random() * 4)]
            values: Properties = {
                "role": part, "isPrimary": place == 0,
                "support": ("Supporter", "Neutral", "Neutral", "Mentor", "Non-supporter")[int(rng.random() * 5)],
                "validFrom": moment(deal.opened),
            }  # fmt: skip
            self._scene.sheet.edge("PLAYS_ROLE_IN", "Contact", contact.uid, "Opportunity", deal.uid, values)
            deal.people.append(contact)


def about(rng: random.Random, mean: float) -> int:
    """Rounds a mean up or down at random, so that the average is kept."""
    whole = int(mean)
    return whole + (rng.random() < mean - whole)


def _extended(quantity: int, price: int, discount: int) -> int:
    """The amount of a line in minor units, rounded half even; the discount is a percentage."""
    units, rest = divmod(quantity * price * (100 - discount), 100)
    return units + (rest > 50 or (rest == 50 and units % 2 == 1))
