"""The roles that come with the product; administrators may change them like any other role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from graph.bulk.create import with_derived
from graph.models.role import PrivilegeType
from graph.store import Reads, Statement, Writes

_SALES = ("Account", "Contact", "Lead", "Opportunity", "SalesOrder", "Activity", "Case")
_REFERENCE = ("User", "Team", "BusinessUnit", "Product", "Competitor")
_OWN = ("ReportSchedule READ OWN", "ReportSchedule CREATE OWN", "ReportSchedule WRITE OWN", "ReportSchedule DELETE OWN")


@dataclass(frozen=True, slots=True)
class ProductRole:
    """A role that comes with the product; `key` is its name within it, which never changes."""

    key: str
    name: str
    description: str
    privileges: tuple[str, ...]
    reads_deleted: bool = False
    fields: tuple[str, ...] = ()


def _each(labels: tuple[str, ...], **depths: str) -> tuple[str, ...]:
    return tuple(f"{label} {type_} {depth}" for label in labels for type_, depth in depths.items())


_READS_REFERENCE = (*_each(_REFERENCE, READ="ALL", APPEND="ALL"), "Role READ ALL")
_SELLING = {"CREATE": "UNIT", "WRITE": "UNIT", "DELETE": "OWN", "ASSIGN": "UNIT", "SHARE": "UNIT"}

PRODUCT_ROLES = (
    ProductRole(
        "administrator",
        "System administrator",
        "Reads and changes everything.",
        (*(f"Record {one.name} ALL" for one in PrivilegeType), "Event READ ALL", "ImportJob READ ALL"),
        reads_deleted=True,
        fields=("Record.* WRITE",),
    ),
    ProductRole(
        "sales-manager",
        "Sales manager",
        "Reads and changes the customers, deals and activities of the unit and the units below it.",
        (
            *_each(_SALES, **{one.name: "UNIT_AND_BELOW" for one in PrivilegeType}),
            *_READS_REFERENCE,
            *_OWN,
        ),
        reads_deleted=True,
        fields=("Record.* WRITE",),
    ),
    ProductRole(
        "salesperson",
        "Salesperson",
        "Reads what the unit and the units below it have, and changes what the unit has.",
        (
            *_each(_SALES, READ="UNIT_AND_BELOW", APPEND="UNIT_AND_BELOW", **_SELLING),
            *_READS_REFERENCE,
            *_OWN,
        ),
        fields=("Account.* READ",),
    ),
    ProductRole(
        "marketing",
        "Marketing",
        "Reads all customers, and works on the leads of the unit and the units below it.",
        (
            *_each(("Account", "Contact"), READ="ALL", APPEND="ALL"),
            *_each(("Lead",), READ="UNIT_AND_BELOW", APPEND="UNIT_AND_BELOW", **_SELLING),
            *_each(("Activity",), READ="UNIT", APPEND="UNIT", CREATE="UNIT", WRITE="OWN", DELETE="OWN"),
            *_READS_REFERENCE,
            *_OWN,
        ),
    ),
    ProductRole(
        "service",
        "Service",
        "Reads all customers and orders, and works on the cases of the unit and the units below it.",
        (
            *_each(("Account", "Contact", "SalesOrder"), READ="ALL", APPEND="ALL"),
            *_each(("Case",), READ="UNIT_AND_BELOW", APPEND="UNIT_AND_BELOW", **_SELLING),
            *_each(("Activity",), READ="UNIT", APPEND="UNIT", CREATE="UNIT", WRITE="OWN", DELETE="OWN"),
            *_READS_REFERENCE,
            *_OWN,
        ),
        fields=("Account.creditOnHold READ",),
    ),
    ProductRole(
        "reader",
        "Reader",
        "Reads all customers, deals and activities, and changes nothing.",
        (*_each((*_SALES, *_REFERENCE), READ="ALL"), *_OWN),
    ),
    ProductRole(
        "account-team",
        "Account team",
        "What the members of an account's team may do with the account, whatever the depth; nobody needs to have it.",
        _each(("Account",), READ="OWN", WRITE="OWN", APPEND="OWN"),
    ),
    ProductRole("auditor", "Auditor", "Reads all events, and nothing else.", ("Event READ ALL",)),
)

SOURCE = "kith"

INSTALL = Statement(
    "roles.install",
    "UNWIND $roles AS row\n"
    "MERGE (role:Role:Record {uid: row.uid})\n"
    "ON CREATE SET role += row.values, role.createdAt = $now, role.modifiedAt = $now\n"
    "RETURN count(role)",
)


def role_uid(key: str) -> str:
    """The id of a role that comes with the product, the same in every graph."""
    return f"role-{key}"


async def install(writes: Writes) -> int:
    """Creates the roles that are not in the graph, and returns how many there are. Raises Unavailable."""
    rows = [
        {
            "uid": role_uid(one.key),
            "values": with_derived(
                "Role",
                {
                    "name": one.name,
                    "description": one.description,
                    "grants": list(one.privileges),
                    "fieldGrants": list(one.fields),
                    "readsDeleted": one.reads_deleted,
                    "source": SOURCE,
                    "sourceKey": one.key,
                },
            ),
        }
        for one in PRODUCT_ROLES
    ]
    return int(await writes.change(INSTALL.bind(roles=rows, now=datetime.now(UTC))))


HOLDERS = Statement(
    "roles.holders",
    "MATCH (role:Role {source: $source})<-[:HAS_ROLE]-(user:User) WHERE NOT coalesce(user.isDisabled, false)\n"
    "WITH role, user ORDER BY user.sourceKey\n"
    "WITH role, head(collect(user.uid)) AS user ORDER BY role.name\n"
    "RETURN collect([role.name, user])",
    expected={"01N51": "only some graphs have users with roles"},
)


async def holders(reads: Reads) -> list[tuple[str, str]]:
    """The roles that come with the product, each with the id of one user who has it."""
    return [(name, user) for name, user in await reads.ask(HOLDERS.bind(source=SOURCE))]
