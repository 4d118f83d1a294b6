"""An account: a company or a part of one."""

from __future__ import annotations

from graph.models.choices import AccountCategory, AccountRelationship
from graph.models.formats import DUNS, LEI, URL
from graph.models.links import Inverse, to
from graph.models.properties import Bool, Choice, Int, Money, Text
from graph.models.record import Party
from graph.models.relationships import BranchOf, ChildOf, ConsolidatedBy, HasNoUseFor, RelatedTo, WorksAt


class Account(Party):
    """A company or a part of one: a customer, a prospect, a partner or another organization (`account`)."""

    plural = "accounts"

    accountNumber = Text("The account number.", title="Number", index=True, search="number")
    relationship = Choice(
        AccountRelationship,
        "The account's business relationship to us (`customertypecode`).",
        required=True,
        index=True,
        unknown=AccountRelationship.OTHER,
        initial=AccountRelationship.PROSPECT,
    )
    category = Choice(AccountCategory, "The customer category (`accountcategorycode`).")
    industry = Text("The industry.", index=True)
    city = Text("The city of the main address.")
    country = Text("The country of the main address.", index=True)
    websiteUrl = Text("The address of the website.", title="Website", search="website", format=URL)
    description = Text("Free-text notes.", title="Notes")
    revenue = Money("The annual revenue.", title="Revenue a year", minimum=0)
    employees = Int("The number of employees.", minimum=0)
    duns = Text("The D-U-N-S number.", title="D-U-N-S number", index=True, format=DUNS, collated=False)
    lei = Text("The Legal Entity Identifier.", title="LEI", index=True, format=LEI, collated=False)
    tickerSymbol = Text("The stock exchange symbol.", title="Stock symbol")
    creditLimit = Money("The credit limit.", minimum=0, secured=True)
    creditOnHold = Bool("True if the account receives no further credit.", title="No further credit", secured=True)

    parent = to(
        "Account",
        ChildOf,
        "The parent account in a hierarchy.",
        one=True,
        inverse=Inverse("children", "The direct child accounts in a hierarchy."),
    )
    primaryContact = to(
        "Contact",
        "PRIMARY_CONTACT",
        "The main contact person.",
        title="Main contact",
        one=True,
        follows=WorksAt.type,
        inverse=Inverse(
            "primaryContactOf", "The accounts that name the person as their main contact.", title="Main contact of"
        ),
    )
    consolidatedBy = to(
        "Account",
        ConsolidatedBy,
        "The accounts whose consolidated statements include this one.",
        title="In the statements of",
        connection="AccountConsolidation",
        inverse=Inverse(
            "consolidates",
            "The accounts that the consolidated statements of this one include.",
            title="Statements include",
            connection="AccountConsolidation",
        ),
    )
    headquarters = to(
        "Account",
        BranchOf,
        "The headquarters, if this account is a branch.",
        one=True,
        inverse=Inverse("branches", "The branches, if this account is a headquarters."),
    )
    relatedAccounts = to(
        "Account",
        RelatedTo,
        "The accounts that this one names as related.",
        title="Related accounts",
        connection="AccountRelation",
        inverse=Inverse(
            "relatedFrom",
            "The accounts that name this one as related.",
            title="Related to by",
            connection="AccountRelation",
        ),
    )
    dismissedProducts = to(
        "Product",
        HasNoUseFor,
        "The products and product families that are not proposed to the account.",
        title="Not for them",
        connection="AccountDismissal",
        inverse=Inverse(
            "dismissedBy",
            "The accounts that the product is not proposed to.",
            title="Not for",
            connection="ProductDismissal",
        ),
    )
