"""When we last spoke with an account or a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from graph.query.computed.speaking import AS_OF, account_speech, contact_speech
from schema.insights.registry import insight
from schema.request import Request


@insight(on="Account", args=(AS_OF,), reads=account_speech)
@insight(on="Contact", args=(AS_OF,), reads=contact_speech)
def last_spoke_at(found: Mapping[str, Any], _: Request, **__: Any) -> datetime | None:
    """The time of the latest meeting or call with them, or of the latest email that they wrote.

    For an account, it includes the people who worked there at the time. An email of ours does not count.
    """
    return None if found["at"] is None else datetime.fromisoformat(found["at"])
