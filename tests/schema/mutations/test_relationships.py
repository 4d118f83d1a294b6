"""Relationships with properties: added, changed, ended and removed under the invariants that they declare."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.schema.mutations.stage import APR, FEB, JAN, MAR, Stage

# ---------- jobs -----------------------------------------------------------------------------------------------------


async def test_a_person_gets_a_second_job(stage: Stage) -> None:
    first, second = await stage.account(), await stage.account()
    person = await stage.contact(first, jobTitle="Buyer")
    job = {"contact": person, "account": second, "validFrom": FEB, "jobTitle": "Board member"}
    assert await stage.refuse("addEmployment", {**job, "isPrimary": True}) == "CONFLICT"
    shows = "accounts { edges { jobTitle isPrimary node { id } } }"
    shown = (await stage.do("addEmployment", job, shows))["accounts"]["edges"]
    assert sorted((one["jobTitle"], one["isPrimary"], one["node"]["id"]) for one in shown if one["isPrimary"]) == [
        ("Buyer", True, first)
    ]
    assert [one["node"]["id"] for one in shown if one["jobTitle"] == "Board member"] == [second]
    assert await stage.last(person) == (
        "addEmployment",
        {"account": (None, second), "account.validFrom": (None, FEB), "account.jobTitle": (None, "Board member")},
    )
    assert await stage.refuse("updateEmployment", {**ends(person, second), "isPrimary": True}) == "CONFLICT"


def ends(person: str, account: str) -> dict[str, str]:
    """Both ends of an employment."""
    return {"contact": person, "account": account}


async def test_a_job_is_changed_and_ended_and_begins_again(stage: Stage) -> None:
    account = await stage.account()
    person = await stage.contact(account, jobTitle="Buyer")
    job = ends(person, account)
    await stage.do("updateEmployment", {**job, "jobTitle": "Head"})
    assert await stage.last(person) == ("updateEmployment", {"account.jobTitle": ("Buyer", "Head")})
    assert await stage.refuse("addEmployment", {**job, "validFrom": FEB}) == "CONFLICT"
    assert await stage.refuse("endEmployment", {**job, "validTo": JAN}) == "REFUSED"
    await stage.do("endEmployment", {**job, "validTo": FEB})
    assert await stage.last(person) == ("endEmployment", {"account.validTo": (None, FEB)})
    assert await stage.refuse("endEmployment", {**job, "validTo": MAR}) == "CONFLICT"
    await stage.do("addEmployment", {**job, "validFrom": MAR, "jobTitle": "Adviser"})
    await stage.do("updateEmployment", {**job, "validFrom": JAN, "jobTitle": "Manager"})
    found = [
        (one["jobTitle"], one["validFrom"], one.get("validTo")) for _, _, one in await stage.edges(person, "WORKS_AT")
    ]
    assert found == [("Manager", JAN, FEB), ("Adviser", MAR, None)]


async def test_a_relationship_with_the_same_start_is_changed_and_not_doubled(stage: Stage) -> None:
    person, account = await stage.contact(), await stage.account()
    job = {**ends(person, account), "validFrom": JAN}
    for title in ("Buyer", "Head", "Head"):
        await stage.do("addEmployment", {**job, "jobTitle": title})
    assert [one for _, _, one in await stage.edges(person, "WORKS_AT")] == [{"jobTitle": "Head", "validFrom": JAN}]
    assert await stage.last(person) == ("addEmployment", {})


MONTHS = (JAN, FEB, MAR, APR, "2026-05-01T00:00:00Z")
NEVER = len(MONTHS)
Step = tuple[int, int, int | None, bool | None]

steps = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.integers(0, NEVER - 1),
        st.none() | st.integers(0, NEVER - 1),
        st.sampled_from([True, False, None]),
    ),
    min_size=1,
    max_size=7,
)


@dataclass
class Job:
    """An employment: the account, the period, and whether it is the main one."""

    account: int
    begins: int
    until: int
    main: bool

    def meets(self, begins: int, until: int) -> bool:
        """Whether it holds at some time within a period."""
        return self.begins < until and begins < self.until


@dataclass
class Jobs:
    """The employments of a person."""

    jobs: list[Job] = field(default_factory=list)

    def add(self, account: int, begins: int, until: int | None, main: bool) -> str:
        """Adds one, or changes the one with the same start; returns the outcome."""
        same = next((job for job in self.jobs if (job.account, job.begins) == (account, begins)), None)
        end = until if until is not None else (NEVER if same is None else same.until)
        if end <= begins:
            return "REFUSED"
        beside = [job for job in self.jobs if job is not same and job.meets(begins, end)]
        if any(job.account == account or (main and job.main) for job in beside):
            return "CONFLICT"
        if same is not None:
            self.jobs.remove(same)
        self.jobs.append(Job(account, begins, end, main))
        return "OK"

    def end(self, account: int, at: int) -> str:
        """Ends the one that lasts; returns the outcome."""
        lasting = [job for job in self.jobs if job.account == account and at < job.until]
        if len(lasting) != 1:
            return "CONFLICT"
        if at <= lasting[0].begins:
            return "REFUSED"
        lasting[0].until = at
        return "OK"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
async def test_any_jobs_are_those_of_a_model_of_periods(stage: Stage, moves: list[Step]) -> None:
    person, accounts = await stage.contact(), [await stage.account(), await stage.account()]
    model = Jobs()
    for which, at, until, main in moves:
        job: dict[str, Any] = ends(person, accounts[which])
        if main is None:
            wanted = model.end(which, at)
            body = await stage.answer("endEmployment", {**job, "validTo": MONTHS[at]})
        else:
            wanted = model.add(which, at, until, main)
            job |= {"validFrom": MONTHS[at], "isPrimary": main} | ({} if until is None else {"validTo": MONTHS[until]})
            body = await stage.answer("addEmployment", job)
        assert (body["errors"][0]["extensions"]["code"] if "errors" in body else "OK") == wanted, (moves, model)
    found = [
        (end, one["validFrom"], one.get("validTo"), one["isPrimary"])
        for _, end, one in await stage.edges(person, "WORKS_AT")
    ]
    assert sorted(found, key=str) == sorted(
        (
            (accounts[job.account], MONTHS[job.begins], None if job.until == NEVER else MONTHS[job.until], job.main)
            for job in model.jobs
        ),
        key=str,
    )


# ---------- reporting lines, lines of an opportunity, access ---------------------------------------------------------


async def test_reporting_lines_close_no_cycle(stage: Stage) -> None:
    top, middle, low = [await stage.contact() for _ in range(3)]
    await stage.do("setManager", {"contact": middle, "manager": top, "validFrom": JAN})
    await stage.do("addReportingLine", {"report": low, "manager": middle, "validFrom": JAN})
    assert await stage.refuse("addReportingLine", {"report": low, "manager": low}) == "REFUSED"
    assert await stage.refuse("addReportingLine", {"report": top, "manager": low}) == "CONFLICT"
    assert await stage.refuse("addReportingLine", {"report": low, "manager": top}) == "CONFLICT", "a second solid line"
    await stage.do("addReportingLine", {"report": top, "manager": low, "kind": "DOTTED", "confidence": "ASSUMED"})
    past = {"report": top, "manager": low, "validFrom": "2025-01-01T00:00:00Z"}
    await stage.do("addReportingLine", {**past, "validTo": JAN})


async def test_users_report_to_users(stage: Stage) -> None:
    one, other, person = await stage.user(), await stage.user(), await stage.contact()
    await stage.do("addReportingLine", {"report": one, "manager": other})
    assert await stage.refuse("addReportingLine", {"report": one, "manager": person}) == "REFUSED"
    assert await stage.refuse("addReportingLine", {"report": await stage.account(), "manager": person}) == "NOT_FOUND"
    (line,) = await stage.edges(one, "REPORTS_TO")
    assert (line[0], line[1], line[2]["kind"]) == (one, other, "SOLID")
    scope = {"report": person, "manager": await stage.contact(), "scopeAccountId": "nowhere"}
    assert await stage.refuse("addReportingLine", scope) == "NOT_FOUND"


async def test_relationships_that_fit_alike_are_told_apart_by_their_keys(stage: Stage) -> None:
    person, account = await stage.contact(), await stage.account()
    role = {"contact": person, "record": account}
    for name in ("buyer", "user"):
        await stage.do("addStakeholder", {**role, "role": name, "support": "low"})
    assert await stage.refuse("updateStakeholder", {**role, "support": "high"}) == "CONFLICT"
    await stage.do("updateStakeholder", {**role, "role": "user", "support": "high"})
    found = {one["role"]: one["support"] for _, _, one in await stage.edges(person, "PLAYS_ROLE_IN")}
    assert found == {"buyer": "low", "user": "high"}


async def test_a_line_has_amounts_and_is_removed(stage: Stage) -> None:
    deal = await stage.opportunity()
    product = (await stage.do("createProduct", {"name": "Oven"}))["id"]
    line = {"record": deal, "product": product}
    assert await stage.refuse("updateLine", {**line, "quantity": 1}) == "CONFLICT"
    assert await stage.refuse("addLine", {**line, "discount": 2}) == "INVALID"
    await stage.do("addLine", {**line, "quantity": 2, "pricePerUnit": {"amount": 9.5}})
    assert await stage.last(deal) == (
        "addLine",
        {
            "product": (None, product),
            "product.quantity": (None, 2.0),
            "product.pricePerUnit": (None, (950, "USD")),
            "product.extendedAmount": (None, (1900, "USD")),
        },
    )
    await stage.do("updateLine", {**line, "pricePerUnit": {"amount": 9}})
    assert await stage.last(deal) == (
        "updateLine",
        {
            "product.pricePerUnit": ((950, "USD"), (900, "USD")),
            "product.extendedAmount": ((1900, "USD"), (1800, "USD")),
        },
    )
    await stage.do("removeLine", line)
    assert await stage.edges(deal, "HAS_LINE") == []
    assert await stage.last(deal) == (
        "removeLine",
        {
            "product": (product, None),
            "product.quantity": (2.0, None),
            "product.pricePerUnit": ((900, "USD"), None),
            "product.extendedAmount": ((1800, "USD"), None),
        },
    )


async def test_the_amount_of_a_line_follows_from_its_price_quantity_and_discount(stage: Stage) -> None:
    deal = await stage.opportunity()
    product = (await stage.do("createProduct", {"name": "Oven"}))["id"]
    line = {"record": deal, "product": product}

    async def amount() -> tuple[int | None, str | None, int | None]:
        ((_, _, edge),) = await stage.edges(deal, "HAS_LINE")
        return edge.get("extendedAmount"), edge.get("extendedAmountCurrency"), edge.get("extendedAmountBase")

    await stage.do("addLine", {**line, "pricePerUnit": {"amount": 0.05}})
    assert await amount() == (None, None, None)
    await stage.do("updateLine", {**line, "quantity": 2.5})
    assert await amount() == (12, "USD", 12)
    await stage.do("addLine", {**line, "discount": 0.5})
    assert await amount() == (6, "USD", 6)
    await stage.do("updateLine", {**line, "pricePerUnit": None})
    assert await amount() == (None, None, None)
    await stage.do("updateLine", {**line, "pricePerUnit": {"amount": 4}, "extendedAmount": {"amount": 11}})
    assert await amount() == (1100, "USD", 1100)
    await stage.do("updateLine", {**line, "quantity": 3})
    assert await amount() == (1100, "USD", 1100)
    assert await stage.refuse("updateLine", {**line, "extendedAmount": None, "quantity": 1e15}) == "INVALID"
    await stage.do("updateLine", {**line, "extendedAmount": None})
    assert await amount() == (None, None, None)
    await stage.do("updateLine", {**line, "quantity": 2})
    assert await amount() == (400, "USD", 400)
