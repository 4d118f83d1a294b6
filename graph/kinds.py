"""Labels as members of enumerations."""

from __future__ import annotations

import enum
import re
from functools import cache

from graph.vocabulary import concrete, entity


def constant_name(label: str) -> str:
    """The name of a label as a member of an enumeration.

    >>> constant_name("PhoneCall"), constant_name("TASK")
    ('PHONE_CALL', 'TASK')
    """
    return label if label.isupper() else re.sub(r"(?<!^)(?=[A-Z])", "_", label).upper()


@cache
def kinds(label: str) -> type[enum.Enum]:
    """The concrete labels under a super-label, as an enumeration."""
    members = {one: entity(one).description for one in concrete(label)}
    found = enum.Enum(f"{label}Kind", members)  # type: ignore[misc]
    found.__doc__ = f"The kinds of {label.lower()}."
    return found
