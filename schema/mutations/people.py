"""The verbs about people: their jobs, and whom they report to."""

from __future__ import annotations

from typing import Any

from graph.errors import Invalid
from graph.money import Rates
from graph.vocabulary import Property, endpoint
from schema.mutations.records import property_input
from schema.mutations.registry import (
    SPECIAL,
    VALID_FROM,
    Input,
    Mutation,
    MutationCall,
    Special,
    U,
    declared,
    member,
    takes,
)
from schema.mutations.values import shortened, stored
from schema.planning.arguments import plain
from schema.typing import Field, input_type, optional

_FACTS = ("jobTitle", "department", "seniority", "roles", "isPrimary")
_LINES = "REPORTS_TO"


def _job() -> dict[str, Property]:
    found = endpoint("WORKS_AT", "Contact", "Account")
    assert found is not None
    return {name: found.model.properties[name] for name in _FACTS}


def make_people_verbs() -> None:
    """Makes the verbs about people; what a new contact takes more must be known before the plain verbs are made."""
    facts = [property_input(one) for one in _job().values()]
    fields = [Field("account", "ID", "The account the person works at."), *facts, VALID_FROM]
    input_type("EmploymentInput", "A person's job at an account.", fields)
    job = Field("employment", optional("EmploymentInput"), "The job the person has; the main one.", default=U)
    SPECIAL["Contact"] = Special(fields=(job,), add=_employed)
    _make_move(facts)
    _make_manager()


def _employed(given: Input, rates: Rates) -> tuple[dict[str, Any], tuple[str | None, ...]]:
    employment = given.get("employment") or {}
    job = {"isPrimary": True, **shortened(stored(_job(), employment, rates))}
    account = employment.get("account")
    return {
        "account": account,
        "job": job,
        "jobKeys": sorted(job) if account is not None else [],
        "validFrom": employment.get("validFrom"),
    }, (account,)


def _make_move(facts: list[Field]) -> None:
    left = (
        "The account that is left; when left out, that of the main job at that moment, or of the only one. "
        "A person without a job just begins one."
    )
    fields = [
        Field("contact", "ID", "The person."),
        Field("account", optional("ID"), "Where the person works from then on; nothing when only the job ends."),
        Field("from", optional("ID"), left, default=U),
        VALID_FROM,
        *facts,
    ]
    fields[1] = fields[1]._replace(default=U)
    description = (
        "A change of job: one employment ends at a moment, another begins, both are kept. Reporting lines within the "
        "account that is left end, and whoever reported to the person there reports to the person's manager from "
        "then on. At the same account it is a change of position: lines stay, and so do facts that are left out."
    )
    arguments = takes("MoveContactInput", "Who changes to which job.", fields)
    declared(Mutation("moveContact", "Contact", "Contact", description, arguments, _move))


def _move(arguments: Input, rates: Rates) -> MutationCall:
    given = arguments["input"]
    job = stored(_job(), given, rates)
    account, left = given.get("account"), given.get("from")
    return MutationCall(
        given["contact"],
        {
            "contact": given["contact"],
            "account": account,
            "from": left,
            "validFrom": given.get("validFrom"),
            "job": job,
            "jobKeys": sorted(job),
        },
        (account, left),
        (_LINES,),
    )


def _make_manager() -> None:
    former = (
        "Which line ends: that to this person. Only needed where there are several dotted ones; a solid one ends "
        "by itself when another begins."
    )
    fields = [
        Field("contact", "ID", "The person who reports."),
        Field("manager", optional("ID"), "Whom the person reports to from then on; null for nobody.", default=U),
        Field("kind", "LineKind", "The kind of the line.", default=member("LineKind", "SOLID")),
        Field("former", optional("ID"), former, default=U),
        Field("account", optional("ID"), "The account within which the line holds.", default=U),
        VALID_FROM,
    ]
    description = (
        "Sets whom a person reports to from a moment on; lines before are kept as history. There is one solid line at "
        "a time, and any number of others. Refuses people as their own managers, and circles of solid lines."
    )
    arguments = takes("SetManagerInput", "Who reports to whom.", fields)
    declared(Mutation("setManager", "Contact", "Contact", description, arguments, _manage))


def _manage(arguments: Input, _: Rates) -> MutationCall:
    given = arguments["input"]
    if "manager" not in given:
        raise Invalid("`manager` is not given.", remedy="Give the id of the manager, or null for nobody.")
    names = ("contact", "manager", "former", "account", "validFrom")
    parameters = {**{name: given.get(name) for name in names}, "kind": plain(given["kind"])}
    touched = (parameters["manager"], parameters["former"], parameters["account"])
    return MutationCall(given["contact"], parameters, touched, (_LINES,))
