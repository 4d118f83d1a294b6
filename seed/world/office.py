"""Generates meetings and calls between our users, and mailings without replies."""

from __future__ import annotations

import random

from seed.world.company import Staff
from seed.world.conversations import Conversations, Mail
from seed.world.scene import Contact, Scene, User

_NEWS = ("Product news", "Service bulletin", "Trade fair invitation", "Webinar invitation", "Security advisory")
_POOL = 20_000


class Office:
    """Writes internal activities and mailings."""

    def __init__(self, scene: Scene, staff: Staff, conversations: Conversations) -> None:
        self._scene, self._staff, self._conversations = scene, staff, conversations
        self._pool: list[Contact] = []
        self._seen = 0

    def remember(self, contacts: list[Contact], rng: random.Random) -> None:
        """Adds people to a uniform sample of those who accept mailings."""
        for contact in contacts:
            if not contact.mailed:
                continue
            self._seen += 1
            if len(self._pool) < _POOL:
                self._pool.append(contact)
            else:
                place = int(rng.random() * self._seen)
                if place < _POOL:
                    self._pool[place] = contact

    def meetings(self) -> None:
        """Writes a meeting of each team every six weeks, and occasional calls between users."""
        rng, staff, clock = self._scene.rng("office"), self._staff, self._scene.clock
        for place, members in enumerate(staff.teams):
            day = 500.0 - place % 30
            while day > 1:
                present = [one for one in members if rng.random() < 0.85]
                if len(present) > 1:
                    self._conversations.meet(
                        clock.at_work(day, rng), present[0], present[1:], rng, None, "Team meeting"
                    )
                day -= 42
        active = [one for one in staff.everybody if not one.gone]
        for user in active:
            if user.superior is not None and rng.random() < 0.8:
                self._pair(user, user.superior, rng)
            other = active[int(rng.random() * len(active))]
            if other is not user and rng.random() < 0.6:
                self._pair(user, other, rng)

    def _pair(self, first: User, second: User, rng: random.Random) -> None:
        for _ in range(1 + int(rng.random() * 3)):
            at = self._scene.clock.at_work(1 + rng.random() ** 1.5 * 300, rng)
            self._conversations.call(at, first, second, rng, None)

    def mailings(self) -> None:
        """Writes the mailings, which hardly create ties."""
        rng, scene = self._scene.rng("mailings"), self._scene
        for number in range(scene.size.mailings):
            sender = self._staff.marketing[number % len(self._staff.marketing)]
            count = min(len(self._pool), int(scene.size.receivers * (0.6 + 0.8 * rng.random())))
            days = 12 + 640.0 * number / scene.size.mailings + rng.random() * 20
            self.mailing(sender, rng.sample(self._pool, count), days, rng)

    def mailing(self, sender: User, receivers: list[Contact], days: float, rng: random.Random) -> str:
        """Writes a mailing on a day given in days ago."""
        scene = self._scene
        at = scene.clock.at_work(days, rng)
        subject = f"{_NEWS[int(rng.random() * len(_NEWS))]} {scene.clock.day(at).strftime('%B %Y')}"
        return self._conversations.mail(
            at, sender, receivers, (), rng, None, Mail(subject, scene.key("EC"), role="BCC")
        )


def frequently(
    conversations: Conversations, scene: Scene, first: User, second: User, every: float, rng: random.Random
) -> None:
    """Writes regular calls between two users."""
    day = 400.0
    while day > 1:
        conversations.call(scene.clock.at_work(day, rng), first, second, rng, None)
        day -= every
