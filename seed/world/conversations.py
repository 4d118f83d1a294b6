"""Generates emails and replies, calls, meetings and tasks, with a rhythm for each tie."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from seed.world.clock import DAY
from seed.world.deals import Deal
from seed.world.people import CHIEF, DIRECTOR, champion
from seed.world.scene import Contact, Firm, Scene, User
from seed.world.sheet import Properties, moment

Party = User | Contact
Matter = Deal | Firm | None
"""The subject of an activity: an opportunity, a lead, a case, an account, or no record."""

_MINUTE, _HOUR = 60, 3_600
_TOPICS = (
    "delivery date", "price list", "cable lengths", "firmware update", "site visit", "acceptance test", "drawings",
    "spare parts", "service window", "network plan", "safety report", "licence count", "training dates", "test results",
    "panel layout", "open points", "invoice address", "commissioning plan", "energy figures", "error log",
)  # fmt: skip
_CHORES = ("Send offer", "Call back", "Check stock", "Prepare visit", "Follow up")
_PLACES = ("Video call", "Video call", "At the plant", "At the customer's office", "Our office", "Test bench")


@dataclass(frozen=True, slots=True)
class Mail:
    """The subject, the conversation and the receivers' role of an email, and the uid of the email it answers."""

    subject: str
    conversation: str
    answers: str | None = None
    role: str = "TO"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The rhythm of a tie: its share, events per year, ranges of begin and end in days ago, and probabilities."""

    name: str
    share: float
    yearly: float
    began: tuple[float, float]
    ended: tuple[float, float]
    answered: float
    meets: float
    calls: float


RHYTHMS = (
    Rhythm("steady", 0.14, 15.0, (300, 700), (0, 6), 0.7, 0.28, 0.24),
    Rhythm("regular", 0.28, 8.0, (200, 700), (0, 20), 0.6, 0.24, 0.22),
    Rhythm("occasional", 0.26, 3.6, (200, 800), (0, 90), 0.5, 0.16, 0.28),
    Rhythm("fading", 0.13, 9.0, (450, 800), (100, 330), 0.6, 0.24, 0.22),
    Rhythm("new", 0.09, 16.0, (35, 110), (0, 3), 0.65, 0.28, 0.26),
    Rhythm("one way", 0.10, 4.0, (150, 400), (0, 60), 0.0, 0.0, 0.0),
)
_REACH = tuple(accumulate(rhythm.share for rhythm in RHYTHMS))


class Conversations:
    """Writes activities to the sheet, and their participants to the columns that ties are computed from."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    def around(self, firm: Firm, deals: Sequence[Deal], rng: random.Random) -> None:
        """Generates the activities between our users and the contacts of one account."""
        contacts = [one for one in firm.contacts if not one.apart]
        if not contacts or not firm.team:
            return
        quiet = champion(firm)
        if quiet is not None and not quiet.apart:
            quiet.apart = True
            self._champion(firm, quiet, rng)
            contacts.remove(quiet)
        count = min(len(contacts), int(firm.weight * 0.36 + 0.12 + rng.random() * 0.9 * (1.0 if firm.buys else 0.5)))
        for contact in rng.sample(contacts, count):
            user = firm.team[0] if rng.random() < 0.72 else firm.team[int(rng.random() * len(firm.team))]
            self.tie(firm, user, contact, rng.choices(RHYTHMS, cum_weights=_REACH)[0], deals, rng)
        for _ in range(int(firm.weight * 0.35 + rng.random() * 0.75)):
            self._task(firm, deals, rng)
        if rng.random() < 0.03 * firm.weight:
            self._planned(firm, contacts, rng)

    def tie(
        self, firm: Firm, user: User, contact: Contact, rhythm: Rhythm, deals: Sequence[Deal], rng: random.Random,
        began: float | None = None, ended: float | None = None,
    ) -> None:  # fmt: skip
        """Generates all activities between two people, between two days given in days ago."""
        first = began if began is not None else rhythm.began[0] + rng.random() * (rhythm.began[1] - rhythm.began[0])
        last = ended if ended is not None else rhythm.ended[0] + rng.random() * (rhythm.ended[1] - rhythm.ended[0])
        first = min(first, contact.since if ended is None else first, 1_000.0)
        gap = 365.0 / rhythm.yearly
        day = first - rng.expovariate(1 / gap) * 0.5
        while day > last and day > 0.2:
            self._event(firm, user, contact, rhythm, self._about(deals, day, rng) or firm, day, rng)
            day -= max(0.6, rng.expovariate(1 / gap))

    def _about(self, deals: Sequence[Deal], day: float, rng: random.Random) -> Deal | None:
        at, picked, mentioned = self._scene.clock.ago(day), rng.random(), rng.random() < 0.8
        current = [deal for deal in deals if deal.opened <= at <= deal.closed]
        return current[int(picked * len(current))] if current and mentioned else None

    def _event(
        self,
        firm: Firm,
        user: User,
        contact: Contact,
        rhythm: Rhythm,
        matter: Matter,
        day: float,
        rng: random.Random,
    ) -> None:
        at = self._scene.clock.at_work(day, rng)
        drawn = rng.random()
        if drawn < rhythm.meets:
            others: list[Party] = []
            if rng.random() < 0.5:
                others += self._others(firm, contact, rng, 2)
            if rng.random() < 0.35:
                others += [one for one in firm.team if one is not user][:1]
            self.meet(at, user, [contact, *others], rng, matter)
        elif drawn < rhythm.meets + rhythm.calls:
            first, second = (user, contact) if rng.random() < 0.6 else (contact, user)
            self.call(at, first, second, rng, matter)
        else:
            copied: list[Party] = []
            if rng.random() < 0.3:
                copied += self._others(firm, contact, rng, 1)
            if rng.random() < 0.18:
                copied += [one for one in firm.team if one is not user][:1]
            opens = user if rhythm.answered == 0.0 or rng.random() < 0.55 else contact
            self.thread(at, opens, contact if opens is user else user, copied, rhythm.answered, rng, matter)

    @staticmethod
    def _others(firm: Firm, contact: Contact, rng: random.Random, most: int) -> list[Party]:
        pool = [one for one in firm.contacts if one is not contact and not one.apart]
        return list(rng.sample(pool, min(len(pool), 1 + int(rng.random() * most))))

    def _champion(self, firm: Firm, quiet: Contact, rng: random.Random) -> None:
        """Generates a champion: well connected in the account, influential, and hardly in touch with us."""
        sheet = self._scene.sheet
        above = [one for one in firm.contacts if one.rank <= DIRECTOR and one is not quiet and not one.apart]
        for one in above[:3]:
            evidence: list[str] = []
            for _ in range(2):
                at = self._scene.clock.at_work(5 + rng.random() * 170, rng)
                evidence += self.thread(at, quiet, one, [firm.team[0]], 0.9, rng, firm)
            values: Properties = {
                "weight": round(0.55 + rng.random() * 0.4, 2),
                "evidence": evidence[:3],
                "confidence": "INFERRED",
            }
            sheet.edge("INFLUENCES", "Contact", quiet.uid, "Contact", one.uid, values)
        for one in [one for one in firm.contacts if one.rank > CHIEF and one not in above and one is not quiet][:3]:
            at = self._scene.clock.at_work(5 + rng.random() * 170, rng)
            self.thread(at, one, quiet, [], 0.9, rng, firm)

    def _planned(self, firm: Firm, contacts: list[Contact], rng: random.Random) -> None:
        at = self._scene.clock.at_work(-1 - rng.random() * 25, rng)
        contact = contacts[int(rng.random() * len(contacts))]
        self.meet(at, firm.team[0], [contact], rng, firm)

    def _task(self, firm: Firm, deals: Sequence[Deal], rng: random.Random) -> None:
        due = rng.random() ** 1.5 * 300 - 25
        done = due > 14 or rng.random() < 0.5
        at = self._scene.clock.at_work(due, rng)
        subject = f"{_CHORES[int(rng.random() * len(_CHORES))]}: {firm.brand}"
        made = min(at, self._scene.clock.now) - 5 * DAY
        uid = self._record_task(subject, firm.team[0], made, at, done and due > 0, rng)
        self._regarding("Task", uid, self._about(deals, max(due, 0.1), rng) or firm)

    def task(self, matter: Deal, subject: str, owner: User, at: int, rng: random.Random) -> None:
        """Writes a task about a record, completed if it is in the past and open otherwise."""
        completed = at < self._scene.clock.now
        self._regarding("Task", self._record_task(subject, owner, int(matter.opened), at, completed, rng), matter)

    def _record_task(self, subject: str, owner: User, made: int, at: int, completed: bool, rng: random.Random) -> str:
        clock, sheet = self._scene.clock, self._scene.sheet
        values: Properties = {
            "subject": subject,
            "startedAt": moment(at), "status": "COMPLETED" if completed else "OPEN",
            "priority": ("LOW", "NORMAL", "NORMAL", "HIGH")[int(rng.random() * 4)],
            "percentComplete": 100 if completed else 10 * int(rng.random() * 8),
        }  # fmt: skip
        if completed:
            values["endedAt"] = moment(min(at + 6 * _HOUR, clock.now))
        uid = sheet.node("Task", self._scene.key("TK"), made, max(made, min(at, clock.now)), values)
        sheet.edge("PARTICIPATED_IN", "User", owner.uid, "Task", uid, {"role": "OWNER"})
        sheet.owned("Task", uid, owner.uid)
        return uid

    # ---------------------------------------------------------------------------------------------- single activities

    def _regarding(self, label: str, uid: str, matter: Matter) -> None:
        if matter is not None:
            kind = "Account" if isinstance(matter, Firm) else matter.label
            self._scene.sheet.edge("REGARDING", label, uid, kind, matter.uid)

    def _took_part(self, label: str, uid: str, number: int, party: Party, role: str) -> None:
        scene = self._scene
        kind = "User" if isinstance(party, User) else "Contact"
        scene.sheet.edge("PARTICIPATED_IN", kind, party.uid, label, uid, {"role": role})
        if number >= 0:
            scene.meetings.take_part(number, party.number, role)

    def _owned(self, label: str, uid: str, *parties: Party) -> None:
        """Makes the first of our users who took part the owner of an activity."""
        owner = next((one for one in parties if isinstance(one, User)), None)
        if owner is not None:
            self._scene.sheet.owned(label, uid, owner.uid)

    def meet(
        self,
        at: int,
        organizer: Party,
        others: Sequence[Party],
        rng: random.Random,
        matter: Matter,
        subject: str | None = None,
    ) -> None:
        """Writes an appointment, completed if it is in the past and scheduled otherwise."""
        scene = self._scene
        completed = at < scene.clock.now
        lasted = (30, 45, 60, 60, 90, 120)[int(rng.random() * 6)]
        values: Properties = {
            "subject": subject or _subject(matter, rng),
            "startedAt": moment(at),
            "endedAt": moment(at + lasted * _MINUTE),
            "status": "COMPLETED" if completed else "SCHEDULED",
            "priority": "NORMAL",
            "location": _PLACES[int(rng.random() * len(_PLACES))],
            "isAllDayEvent": False,
        }
        made = min(at, scene.clock.now) - int(rng.random() * 10 * DAY)
        uid = scene.sheet.node("Appointment", scene.key("AP"), made, at if completed else made, values)
        number = scene.meetings.begin("MEETING", float(at)) if completed else -1
        self._took_part("Appointment", uid, number, organizer, "ORGANIZER")
        for place, party in enumerate(dict.fromkeys(others)):
            if party is not organizer:
                self._took_part("Appointment", uid, number, party, "REQUIRED" if place < 2 else "OPTIONAL")
        self._owned("Appointment", uid, organizer, *others)
        self._regarding("Appointment", uid, matter)

    def call(
        self, at: int, caller: Party, called: Party, rng: random.Random, matter: Matter, subject: str | None = None
    ) -> None:
        """Writes a phone call between two people."""
        scene = self._scene
        lasted = 120 + int(rng.random() * 2_200)
        values: Properties = {
            "subject": subject or f"Call about {_TOPICS[int(rng.random() * len(_TOPICS))]}",
            "startedAt": moment(at),
            "endedAt": moment(at + lasted),
            "status": "COMPLETED",
            "priority": "NORMAL",
            "direction": "OUTGOING" if isinstance(caller, User) else "INCOMING",
            "leftVoiceMail": False,
        }
        uid = scene.sheet.node("PhoneCall", scene.key("PC"), at, at + lasted, values)
        number = scene.meetings.begin("CALL", float(at))
        self._took_part("PhoneCall", uid, number, caller, "FROM")
        self._took_part("PhoneCall", uid, number, called, "TO")
        self._owned("PhoneCall", uid, caller, called)
        self._regarding("PhoneCall", uid, matter)

    def thread(
        self,
        at: int,
        first: Party,
        second: Party,
        copied: Sequence[Party],
        answered: float,
        rng: random.Random,
        matter: Matter,
        most: int = 4,
        subject: str | None = None,
    ) -> list[str]:
        """Writes an email and its replies, each with the probability `answered`; returns the uids."""
        subject, conversation = subject or _subject(matter, rng), self._scene.key("EC")
        found: list[str] = []
        writer, reader = first, second
        for turn in range(most):
            # Replies in the future are drawn but not written, so that the numbers drawn do not depend on the day.
            if at < self._scene.clock.now:
                mail = Mail(subject, conversation, found[-1] if found else None)
                found.append(self.mail(at, writer, [reader], copied, rng, matter, mail))
            if rng.random() > answered:
                break
            subject = subject if turn else f"Re: {subject}"
            writer, reader = reader, writer
            at = self._scene.clock.working(at + int(600 + rng.expovariate(1 / (14 * _HOUR))), rng)
        return found

    def mail(
        self,
        at: int,
        sender: Party,
        to: Sequence[Party],
        copied: Sequence[Party],
        rng: random.Random,
        matter: Matter,
        mail: Mail,
    ) -> str:
        """Writes an email and returns its uid."""
        scene = self._scene
        key, when, ours = scene.key("EM"), moment(at), isinstance(sender, User)
        values: Properties = {
            "subject": mail.subject,
            "startedAt": when,
            "endedAt": when,
            "status": "COMPLETED",
            "priority": "NORMAL",
            "messageId": f"<{key.lower()}@{sender.email.partition('@')[2]}>",
            "conversationIndex": mail.conversation,
            "direction": "OUTGOING" if ours else "INCOMING",
        }
        opened = rng.random()
        if ours:
            values["openCount"] = int(opened * (3 if mail.role == "TO" else 0.5 * len(to)))
        uid = scene.sheet.node("Email", key, at, at, values)
        number = scene.meetings.begin("EMAIL", float(at))
        self._took_part("Email", uid, number, sender, "FROM")
        for party in to:
            self._took_part("Email", uid, number, party, mail.role)
        for party in copied:
            if party is not sender:
                self._took_part("Email", uid, number, party, "CC")
        self._owned("Email", uid, sender, *to, *copied)
        if mail.answers is not None:
            scene.sheet.edge("REPLY_TO", "Email", uid, "Email", mail.answers)
        self._regarding("Email", uid, matter)
        return uid


def _subject(matter: Matter, rng: random.Random) -> str:
    topic = _TOPICS[int(rng.random() * len(_TOPICS))].capitalize()
    return f"{topic}: {matter.subject}" if isinstance(matter, Deal) else topic
