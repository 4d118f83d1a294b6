"""An account: a company or a part of one."""

from __future__ import annotations

from graph.models.choices import AccountCategory, AccountRelationship
from graph.models.edges import (
    BranchOf,
    ChildOf,
    ConnectedTo,
    ConsolidatedBy,
    Manages,
    Owns,
    Plain,
    Regarding,
    RelatedTo,
    WorksAt,
)
from graph.models.properties import Bool, Choice, Int, Money, Text, by, to
from graph.models.record import Party


class Account(Party):
    """A company or a part of one that we have to do with (`account`)."""

    plural = "accounts"

    accountNumber = Text("Our number for it.", index=True, search=True)
    relationship = Choice(
        AccountRelationship,
        "What it is to us (`customertypecode`).",
        required=True,
        index=True,
        unknown=AccountRelationship.OTHER,
    )
    category = Choice(AccountCategory, "How it is treated (`accountcategorycode`).")
    industry = Text("The industry it is in.", index=True)
    city = Text("The city of its main address.")
    country = Text("The country of its main address.", index=True)
    websiteUrl = Text("Its web site.")
    description = Text("Anything else.")
    revenue = Money("Its revenue in a year.")
    employees = Int("How many it employs.")
    duns = Text("Its D-U-N-S number.", index=True)
    lei = Text("Its Legal Entity Identifier.", index=True)
    tickerSymbol = Text("Its symbol on a stock exchange.")
    creditLimit = Money("How much credit it is given.")
    creditOnHold = Bool("Whether it gets no more credit.")

    parent = to("Account", "CHILD_OF", "The parent in a hierarchy.", model=ChildOf, one=True)
    children = by("Account", "CHILD_OF", "The direct children in a hierarchy.", model=ChildOf)
    contacts = by("Contact", "WORKS_AT", "The people who work there.", model=WorksAt)
    team = by("User", "MANAGES", "Our people who are responsible for it.", model=Manages)
    opportunities = by("Opportunity", "FOR_ACCOUNT", "The opportunities with it.", model=Plain)
    orders = by("SalesOrder", "FOR_ACCOUNT", "What it ordered.", model=Plain)
    primaryContact = to("Contact", "PRIMARY_CONTACT", "The person to turn to first.", model=Plain, one=True)
    owners = by("Party", "OWNS", "Who holds shares in it.", model=Owns)
    holdings = to("Account", "OWNS", "What it holds shares in.", model=Owns)
    consolidatedBy = to("Account", "CONSOLIDATED_BY", "Whose consolidated accounts include it.", model=ConsolidatedBy)
    headquarters = to("Account", "BRANCH_OF", "The headquarters of this branch.", model=BranchOf, one=True)
    relatedAccounts = to("Account", "RELATED_TO", "Accounts it has to do with.", model=RelatedTo)
    connections = to("Record", "CONNECTED_TO", "Records connected for a reason of their own.", model=ConnectedTo)
    activitiesRegarding = by("Activity", "REGARDING", "Activities about it.", model=Regarding)
