"""A limit on failed sign-ins: for each account and address, and for each address.

An account has no limit of its own, so someone who guesses passwords does not lock its user out of other addresses.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

_MOST = 100_000
_LONGEST_ACCOUNT = 320


@dataclass(frozen=True, slots=True)
class Allowance:
    """The failures that are allowed at once, and the seconds after which another one is."""

    burst: int
    seconds: float


PER_ACCOUNT_AND_ADDRESS = Allowance(5, 60.0)
PER_ADDRESS = Allowance(30, 10.0)


class Throttle:
    """Counts failures by key. Each key holds a number of failures, of which one is forgotten after each interval."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        # The time at which all failures of a key are forgotten; the key that failed last is the last one.
        self._until: OrderedDict[Hashable, float] = OrderedDict()

    def wait(self, key: Hashable, allowance: Allowance) -> int:
        """Returns the seconds until a further attempt is allowed; 0 if it is now."""
        ahead = self._until.get(key, 0.0) - self._clock()
        return max(0, math.ceil(ahead - (allowance.burst - 1) * allowance.seconds))

    def count(self, key: Hashable, allowance: Allowance) -> None:
        """Counts an attempt as a failure, before its outcome is known."""
        now = self._clock()
        self._until[key] = max(self._until.pop(key, now), now) + allowance.seconds
        while len(self._until) > _MOST:
            self._until.popitem(last=False)

    def take_back(self, key: Hashable, allowance: Allowance) -> None:
        """Takes back the count of an attempt that succeeded."""
        if key in self._until:
            self._until[key] -= allowance.seconds

    def forget(self, key: Hashable) -> None:
        """Forgets the failures of a key."""
        self._until.pop(key, None)


class SignInThrottle:
    """The limits on the sign-ins with a password."""

    def __init__(self, throttle: Throttle | None = None) -> None:
        self._throttle = throttle or Throttle()

    def begin(self, account: str, address: str) -> int:
        """Begins an attempt and returns 0, or returns the seconds until one is allowed."""
        keys = _keys(account, address)
        wait = max(self._throttle.wait(key, allowance) for key, allowance in keys)
        if not wait:
            for key, allowance in keys:
                self._throttle.count(key, allowance)
        return wait

    def succeeded(self, account: str, address: str) -> None:
        """Takes back the attempt, and forgets the earlier failures of the account at this address."""
        (own, _), (shared, allowance) = _keys(account, address)
        self._throttle.forget(own)
        self._throttle.take_back(shared, allowance)


def _keys(account: str, address: str) -> tuple[tuple[Hashable, Allowance], tuple[Hashable, Allowance]]:
    network = _network(address)
    return ((account[:_LONGEST_ACCOUNT], network), PER_ACCOUNT_AND_ADDRESS), (network, PER_ADDRESS)


def _network(address: str) -> str:
    """Returns what one client has: an IPv4 address, or an IPv6 network of 64 bits.

    >>> _network("192.0.2.7"), _network("2001:db8:1:2:3::4")
    ('192.0.2.7', '2001:db8:1:2::/64')
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if found.version == 4 or found.ipv4_mapped is not None:
        return str(found.ipv4_mapped if found.version == 6 else found)
    return str(ip_network((found, 64), strict=False))
