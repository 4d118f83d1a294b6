"""Generates the cases of customers: questions, problems and requests about the products that they ordered."""

from __future__ import annotations

import random
from collections.abc import Sequence

from seed.world.catalogue import Product
from seed.world.clock import DAY
from seed.world.company import Staff
from seed.world.conversations import Conversations
from seed.world.deals import Deal, about
from seed.world.scene import Contact, Firm, Scene, User
from seed.world.sheet import Properties, moment

_HOUR = 3_600
_PER_WEIGHT = 0.2
_FIRST_TICKET = 1_000
_TYPES = ("QUESTION", "PROBLEM", "PROBLEM", "PROBLEM", "REQUEST")
_ORIGINS = ("EMAIL", "EMAIL", "EMAIL", "PHONE", "PHONE", "WEB")
# priority: severity, and hours to the resolution
_PRIORITIES = (("HIGH", 1, 30.0), ("NORMAL", 2, 90.0), ("NORMAL", 3, 120.0), ("LOW", 4, 260.0))
_PRIORITY_SHARES = (16, 36, 30, 18)

# family: type of case: title, description
_MATTERS: dict[str, dict[str, tuple[tuple[str, str], ...]]] = {
    "F-CTL": {
        "QUESTION": (
            ("Which firmware supports the new I/O modules", "We plan an extension and need the minimum firmware."),
            ("Exporting the program for an audit", "The auditor asks for a readable export of the program."),
        ),
        "PROBLEM": (
            ("does not start after a power failure", "The RUN light stays off after every power failure at night."),
            ("stops with fault code 0x21", "The controller stops about twice a week; a restart helps."),
            ("loses the clock setting", "The clock is wrong after each weekend, so the shift reports are wrong too."),
        ),
        "REQUEST": (("Firmware update at the plant", "Please update the controllers in the next service window."),),
    },
    "F-NET": {
        "QUESTION": (("Longest cable for a station", "How long may the cable to the last station be?"),),
        "PROBLEM": (
            ("is not found on the bus", "The module disappears from the bus until the station is restarted."),
            ("drops packets under load", "The line shows communication errors at full speed."),
        ),
        "REQUEST": (("Replacement under warranty", "Two modules failed within a year. Please send replacements."),),
    },
    "F-DRV": {
        "QUESTION": (("Permitted load at 50 °C", "The cabinet is warmer than planned. Which load is permitted?"),),
        "PROBLEM": (
            ("trips with overcurrent", "The drive trips when the line starts with a full load."),
            ("overheats in summer", "The temperature warning appears every afternoon."),
            ("vibrates at low speed", "The axis vibrates below 10 revolutions per minute."),
        ),
        "REQUEST": (("Tuning of the axis on site", "Please tune the axis after we replaced the gearbox."),),
    },
    "F-HMI": {
        "QUESTION": (("Changing the language of the panel", "The night shift needs the panel in a second language."),),
        "PROBLEM": (
            ("does not react to touch", "The lower half of the screen does not react with gloves."),
            ("shows old values", "The values on the panel are several minutes old."),
        ),
        "REQUEST": (("Spare panel with our project", "Please deliver a spare panel with our project on it."),),
    },
    "F-SEN": {
        "QUESTION": (("Cleaning with a high-pressure jet", "May the sensor be cleaned with a high-pressure jet?"),),
        "PROBLEM": (
            ("drifts with the temperature", "The reading drifts by two percent during a shift."),
            ("misses dark parts", "About one of a hundred dark parts is not detected."),
        ),
        "REQUEST": (("Calibration certificate", "Quality assurance needs a new calibration certificate."),),
    },
    "F-SFT": {
        "QUESTION": (("Moving a licence to a new server", "The server is replaced. How do we move the licence?"),),
        "PROBLEM": (
            ("is not accepted after the update", "After the update the software starts in demo mode."),
            ("exports incomplete reports", "The monthly report ends in the middle of a day."),
        ),
        "REQUEST": (("Access for two more engineers", "Please add two engineers to our licence."),),
    },
    "F-SRV": {
        "QUESTION": (("What the service contract includes", "Are travel costs part of the contract?"),),
        "PROBLEM": (("report is missing", "The report of the last visit has not arrived."),),
        "REQUEST": (("Another date for the visit", "The plant is closed that week. Please suggest another date."),),
    },
    "parts": {
        "QUESTION": (("Delivery time of a replacement", "How soon could you deliver a replacement?"),),
        "PROBLEM": (
            ("was damaged in transport", "The box was open when it arrived, and the housing is broken."),
            ("failed after a few months", "It failed for the second time this year."),
        ),
        "REQUEST": (("Replacement under warranty", "It failed within a year. Please send a replacement."),),
    },
}
# Products whose cases are not those of their family.
_MATTERS_OF = {
    "LIC-RT": "F-SFT", "PSU-24": "parts", "SWI-08": "parts", "MOT-07": "parts", "CAB-05": "parts", "BRK-02": "parts",
    "GEA-12": "parts", "LGT-10": "parts", "SPK-01": "parts",
}  # fmt: skip
_ACTIVE = ("WAITING_FOR_DETAILS", "ON_HOLD", "RESEARCHING", "IN_PROGRESS", "IN_PROGRESS", "IN_PROGRESS")


class Cases:
    """Writes the cases of accounts with their activities."""

    def __init__(self, scene: Scene, staff: Staff, conversations: Conversations) -> None:
        self._scene, self._conversations = scene, conversations
        engineers = [one for one in staff.everybody if one.job == "service" and not one.gone]
        self._engineers = {one.region: [each for each in engineers if each.region == one.region] for one in engineers}
        self._everybody = engineers

    def of(self, firm: Firm, rng: random.Random) -> None:
        """Writes the cases of an account, in proportion to its weight, about products that it ordered."""
        contacts = [one for one in firm.contacts if not one.apart]
        if not firm.bought or not contacts:
            return
        before: tuple[str, int, Product] | None = None
        for _ in range(about(rng, _PER_WEIGHT * firm.weight)):
            before = self._case(firm, contacts, before, rng)

    def _case(
        self, firm: Firm, contacts: Sequence[Contact], before: tuple[str, int, Product] | None, rng: random.Random
    ) -> tuple[str, int, Product]:
        """Writes a case; a few are children of the account's case before, about the same product."""
        scene, clock = self._scene, self._scene.clock
        follows = before is not None and rng.random() < 0.08
        numbers = list(firm.bought)
        product = scene.catalogue.products[numbers[int(rng.random() * len(numbers))]]
        opened = self._opened(firm.bought[product.number], rng)
        if follows and before is not None:
            product, opened = before[2], min(clock.now - 600, before[1] + int((1 + rng.random() * 5) * DAY))
        contact = contacts[int(rng.random() ** 1.5 * len(contacts))]
        priority, severity, hours = rng.choices(_PRIORITIES, weights=_PRIORITY_SHARES)[0]
        resolved = clock.working(int(opened + (2 + rng.expovariate(1 / hours)) * _HOUR), rng)
        values = self._texts(product, rng) | {"priority": priority, "severity": severity, "openedAt": moment(opened)}
        values |= _progress(values["caseType"], (opened, resolved, clock.now), hours, rng)
        key = scene.key("CS")
        values["ticketNumber"] = ticket_number(_FIRST_TICKET + int(key[3:]))
        changed = min(resolved, clock.now) if values["state"] != "ACTIVE" else min(opened + DAY, clock.now)
        uid = scene.sheet.node("Case", key, opened, max(opened, changed), values)
        engineer = self._engineer(firm, rng)
        self._links(uid, firm, contact, product, engineer)
        if follows and before is not None:
            scene.sheet.edge("CHILD_OF", "Case", uid, "Case", before[0])
        matter = Deal(uid, "Case", str(values["title"]), opened, changed)
        self._activities(matter, firm, contact, engineer, str(values["caseOrigin"]), rng)
        return uid, opened, product

    def _opened(self, ordered: float, rng: random.Random) -> int:
        """A time after the order, more often recently."""
        days = (self._scene.clock.now - ordered) / DAY
        return self._scene.clock.at_work(0.5 + rng.random() ** 1.8 * max(0.0, days - 10), rng)

    @staticmethod
    def _texts(product: Product, rng: random.Random) -> Properties:
        kind = _TYPES[int(rng.random() * len(_TYPES))]
        matters = _MATTERS[_MATTERS_OF.get(product.number, product.family)][kind]
        title, description = matters[int(rng.random() * len(matters))]
        return {
            "title": f"{product.name} {title}" if kind == "PROBLEM" else f"{title}: {product.name}",
            "description": description,
            "caseType": kind,
            "caseOrigin": _ORIGINS[int(rng.random() * len(_ORIGINS))],
        }

    def _engineer(self, firm: Firm, rng: random.Random) -> User:
        near = self._engineers.get(firm.manager.region if firm.manager is not None else "") or self._everybody
        return near[int(rng.random() * len(near))]

    def _links(self, uid: str, firm: Firm, contact: Contact, product: Product, engineer: User) -> None:
        sheet = self._scene.sheet
        sheet.edge("FOR_CUSTOMER", "Case", uid, "Account", firm.uid)
        sheet.edge("PRIMARY_CONTACT", "Case", uid, "Contact", contact.uid)
        sheet.edge("ABOUT", "Case", uid, "Product", product.uid)
        sheet.owned("Case", uid, engineer.uid)

    def _activities(
        self, matter: Deal, firm: Firm, contact: Contact, engineer: User, origin: str, rng: random.Random
    ) -> None:
        """Writes how the case arrived, and sometimes a task for the engineer."""
        at = int(matter.opened)
        if origin == "PHONE":
            self._conversations.call(at - 900, contact, engineer, rng, matter, matter.subject)
        elif origin == "EMAIL":
            self._conversations.thread(at - 900, contact, engineer, [], 0.6, rng, matter, 2, matter.subject)
        if rng.random() < 0.3:
            self._conversations.task(matter, f"Prepare the answer: {firm.brand}", engineer, at + DAY, rng)


def _progress(kind: str, times: tuple[int, int, int], hours: float, rng: random.Random) -> Properties:
    """The state of a case and what depends on it: service levels, satisfaction and sentiment.

    `times` are those of the arrival, of the resolution, and now.
    """
    opened, resolved, now = times
    canceled, late, drawn = rng.random() < 0.04, resolved - opened > 1.6 * hours * _HOUR, rng.random()
    first = "NONCOMPLIANT" if drawn < 0.07 else "SUCCEEDED"
    mood = round(0.5 * rng.random() - (0.75 if late else 0.1), 2)
    if resolved >= now:
        status = _ACTIVE[int(drawn * len(_ACTIVE))]
        waiting = now - opened > hours * _HOUR
        return {
            "state": "ACTIVE", "status": status, "firstResponseStatus": first, "isEscalated": waiting and drawn < 0.4,
            "resolveByStatus": "NEARING_NONCOMPLIANCE" if waiting else "IN_PROGRESS", "sentimentValue": mood,
        }  # fmt: skip
    if canceled:
        return {"state": "CANCELED", "status": "CANCELED", "firstResponseStatus": first, "isEscalated": False}
    return {
        "state": "RESOLVED", "status": "INFORMATION_PROVIDED" if kind == "QUESTION" else "PROBLEM_SOLVED",
        "resolvedAt": moment(resolved), "firstResponseStatus": first, "isEscalated": late and drawn < 0.5,
        "resolveByStatus": "NONCOMPLIANT" if late else "SUCCEEDED", "sentimentValue": mood,
        "customerSatisfaction": (1 if late else 3) + int(rng.random() * 3),
    }  # fmt: skip


def ticket_number(number: int) -> str:
    """A ticket number with two check digits (ISO 7064, MOD 97-10), as Kith assigns them.

    >>> ticket_number(1041)
    'CAS-01041-79'
    """
    return f"CAS-{number:05d}-{98 - number * 100 % 97:02d}"
