"""An account, as callers see it."""

from __future__ import annotations

from schema.exposure import shows

shows(
    "Account",
    """name accountNumber relationship category industry city country websiteUrl description revenue employees duns lei
    tickerSymbol creditLimit creditOnHold""",
    links="""parent ultimateParent children descendants contacts team opportunities orders timeline primaryContact
    owners holdings consolidatedBy headquarters relatedAccounts connections""",
    edges={
        "descendants": "AccountDescendant",
        "contacts": "AccountContact",
        "team": "AccountTeam",
        "owners": "AccountOwner",
        "holdings": "AccountHolding",
        "consolidatedBy": "AccountConsolidation",
        "relatedAccounts": "AccountRelation",
        "connections": "Connection",
    },
    fields=("rollup", "orgChart", "crossSell"),
    creates=True,
    updates=True,
)
