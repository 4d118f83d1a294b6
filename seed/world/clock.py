"""The calendar of a world, in days before its reference day."""

from __future__ import annotations

import random
from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate

DAY = 86_400
_EPOCH_DAY = date(1970, 1, 1).toordinal()
# Seasonal weights of orders by month.
_SEASON = (0.75, 0.85, 1.15, 1.0, 0.95, 1.2, 0.55, 0.5, 1.1, 1.25, 1.45, 1.65)


class Clock:
    """Converts days ago to timestamps within working hours, and draws order days."""

    def __init__(self, until: datetime, years: int = 3) -> None:
        midnight = until.astimezone(UTC)
        self.now = int(midnight.timestamp())
        today = midnight.date()
        self.today = today
        self._days_back = 365 * years
        weights = []
        for back in range(self._days_back, 0, -1):
            one = today - timedelta(days=back)
            growth = 1.0 - 0.35 * back / self._days_back
            weights.append(_SEASON[one.month - 1] * growth if one.weekday() < 5 else 0.0)
        self._reach = list(accumulate(weights))

    def ago(self, days: float) -> int:
        """Epoch seconds of a day given in days ago."""
        return self.now - int(days * DAY)

    def at_work(self, days: float, rng: random.Random) -> int:
        """Epoch seconds within working hours near a day in days ago; in the past unless `days` is negative."""
        moment = self.now - int(days * DAY)
        day = moment // DAY
        weekday = (day + 3) % 7
        if weekday > 4:
            day += 7 - weekday
            if days > 0 and day * DAY >= self.now:
                day -= 3
        elif days > 0 and day * DAY >= self.now:
            day -= 3 if weekday == 0 else 1
        return int(day * DAY + (84 + int(rng.random() * 108)) * 300)

    def working(self, moment: int, rng: random.Random) -> int:
        """The timestamp if it is within working hours, otherwise the next morning; can be in the future."""
        early = (84 + int(rng.random() * 30)) * 300
        day, second = divmod(moment, DAY)
        weekday = (day + 3) % 7
        if weekday < 5 and 6 * 3_600 <= second < 18 * 3_600:
            return moment
        day += 7 - weekday if weekday > 4 else 0 if second < 6 * 3_600 else 3 if weekday == 4 else 1
        return int(day * DAY + early)

    def order_day(self, rng: random.Random) -> int:
        """Draws epoch seconds on a working day, weighted by season and growth."""
        position = bisect_left(self._reach, rng.random() * self._reach[-1])
        back = self._days_back - position
        return self.now - back * DAY + (84 + int(rng.random() * 108)) * 300

    def day(self, seconds: float) -> date:
        """The date of a timestamp."""
        return date.fromordinal(_EPOCH_DAY + int(seconds // DAY))
