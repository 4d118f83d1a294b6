"""Random mutations on a small graph, and the same queries answered from columns and by the database."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from graph.access import Principal, unrestricted
from graph.columns import Columns
from graph.store import Store
from schema.execution import Executor, Options
from tests.schema.mutations.stage import Stage

_PLENTY = 10**9


class Pair:
    """The same queries, answered from columns and by the database."""

    def __init__(self, store: Store) -> None:
        self.columns = Columns(store.reads, _PLENTY)
        options = Options(tie_k=1.15)
        self.fast = Executor(store.reads, store.writes, options, policy=unrestricted, columns=self.columns)
        self.slow = Executor(store.reads, store.writes, options, policy=unrestricted)

    async def answers(self, query: str, variables: dict[str, Any]) -> tuple[Any, Any]:
        bodies = [
            (await executor.execute(query, variables, None, principal=Principal(None))).body
            for executor in (self.fast, self.slow)
        ]
        return bodies[0], bodies[1]

    async def agree(self, query: str, variables: dict[str, Any] | None = None) -> Any:
        fast, slow = await self.answers(query, variables or {})
        assert "errors" not in slow, slow["errors"]
        assert close(fast, slow), (query, variables, fast, slow)
        return fast["data"]


def close(one: Any, other: Any) -> bool:
    """Whether two answers are equal; strengths decay between the two requests."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(close(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(close(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-5)
    return bool(one == other)


class Play:
    """Random mutations on a small graph."""

    def __init__(self, stage: Stage, rng: random.Random) -> None:
        self.stage, self.rng = stage, rng
        self.known: dict[str, list[str]] = {label: [] for label in ("Account", "Contact", "User", "Opportunity")}
        self.known |= {label: [] for label in ("SalesOrder", "Product", "PhoneCall")}
        self.deleted: list[tuple[str, str]] = []
        self.moves: tuple[tuple[int, Callable[[], Any]], ...] = (
            (4, self.create), (6, self.reparent), (6, self.deal), (4, self.close), (3, self.move), (2, self.job),
            (8, self.log), (3, self.change_activity), (3, self.delete), (3, self.restore), (2, self.order),
            (4, self.line), (1, self.change_order), (1, self.change_product),
            (1, self.disable), (2, self.rename), (1, self.leave), (6, self.manage),
        )  # fmt: skip

    async def step(self) -> bool:
        """Sends one mutation; returns whether it was carried out."""
        (move,) = self.rng.choices([move for _, move in self.moves], [weight for weight, _ in self.moves])
        return bool(await move())

    def pick(self, label: str) -> str:
        """Any record of a label; a mutation of one that does not exist is refused."""
        return self.rng.choice(self.known[label] or ["missing"])

    def arguments(self) -> dict[str, Any]:
        """The arguments of the questions."""
        return {
            "hierarchy": self.rng.choice(("CRM", "CRM", "LEGAL")),
            "at": None if self.rng.random() < 0.6 else self.moment(),
            "levels": self.rng.choice((None, None, 0, 1, 2)),
            "first": self.rng.choice((0, 1, 2, 50)),
            "after": self.rng.choice((None, "|", "|é", f"|{self.pick('Account')}")),
            "other": self.rng.choice(("LEGAL", "LEGAL", "CRM")),
            "open": self.rng.choice((None, [], [self.pick("Account") for _ in range(6)])),
            "measure": self.rng.choice(("WON", "OPEN_PIPELINE", "WEIGHTED_PIPELINE", "ORDERED", "ACCOUNTS", "NAME")),
            "size": self.rng.choice((0, 2, 100)),
            "offset": self.rng.choice((0, 0, 1, 3)),
        }

    def moment(self) -> str:
        days = self.rng.choice((-900, -400, -90, -10, -1, -0.001))
        return (datetime.now(UTC) + timedelta(days=days)).isoformat()

    def money(self) -> dict[str, Any]:
        return {"amount": self.rng.randrange(1, 10**7) / 100, "currency": "USD"}

    async def send(self, mutation: str, given: dict[str, Any], label: str = "") -> bool:
        body = await self.stage.answer(mutation, given, "id")
        if "errors" in body:
            assert {error["extensions"]["code"] for error in body["errors"]} <= {
                "CONFLICT", "REFUSED", "INVALID", "NOT_FOUND",
            }, body  # fmt: skip
            return False
        if label:
            (payload,) = body["data"].values()
            (record,) = payload.values()
            self.known[label].append(record["id"])
        return True

    async def create(self) -> bool:
        number = self.rng.randrange(10**6)
        label = self.rng.choices(("Account", "Contact", "User", "Product"), (5, 5, 1, 1))[0]
        given: dict[str, Any] = {"name": f"{label} {number}"}
        if label == "Contact" and self.known["Account"]:
            given = {"lastName": f"Person {number}", "employment": {"account": self.pick("Account")}}
        return await self.send(f"create{label}", given, label)

    async def reparent(self) -> bool:
        given: dict[str, Any] = {"account": self.pick("Account"), "validFrom": self.moment()}
        if self.rng.random() < 0.85:
            given["parent"] = self.pick("Account")
        if self.rng.random() < 0.2:
            given["hierarchy"] = "LEGAL"
        return await self.send("reparentAccount", given)

    async def deal(self) -> bool:
        given = {
            "name": "Deal", "account": self.pick("Account"), "estimatedValue": self.money(),
            "closeProbability": self.rng.randrange(101),
        }  # fmt: skip
        return await self.send("createOpportunity", given, "Opportunity")

    async def close(self) -> bool:
        deal = self.pick("Opportunity")
        choice = self.rng.randrange(4)
        if choice == 0:
            return await self.send("winOpportunity", {"opportunity": deal, "actualValue": self.money()})
        if choice == 1:
            return await self.send("loseOpportunity", {"opportunity": deal, "status": "CANCELED"})
        if choice == 2:
            return await self.send("reopenOpportunity", {"opportunity": deal})
        given = {"id": deal, "account": self.pick("Account"), "estimatedValue": self.money()}
        return await self.send("updateOpportunity", given)

    async def move(self) -> bool:
        return await self.send("moveContact", {"contact": self.pick("Contact"), "account": self.pick("Account")})

    async def job(self) -> bool:
        given = {"contact": self.pick("Contact"), "account": self.pick("Account")}
        return await self.send(self.rng.choice(("addEmployment", "endEmployment")), given)

    async def log(self) -> bool:
        people = [self.pick(label) for label in self.rng.choices(("Contact", "User"), k=self.rng.randrange(2, 5))]
        given = {
            "kind": "PHONE_CALL", "startedAt": self.moment(),
            "participants": [{"party": party, "role": "TO"} for party in dict.fromkeys(people)],
        }  # fmt: skip
        body = await self.stage.answer("logActivity", given, "id")
        if "errors" not in body:
            self.known["PhoneCall"].append(body["data"]["logActivity"]["activity"]["id"])
        return "errors" not in body

    async def change_activity(self) -> bool:
        activity = self.pick("PhoneCall")
        if self.rng.random() < 0.3:
            return await self.send("cancelActivity", {"activity": activity})
        return await self.send("rescheduleActivity", {"activity": activity, "startedAt": self.moment()})

    async def delete(self) -> bool:
        label = self.rng.choice(tuple(self.known))
        uid = self.pick(label)
        if uid not in self.known[label] or not await self.send(f"delete{label}", {"id": uid}):
            return False
        self.known[label].remove(uid)
        self.deleted.append((label, uid))
        return True

    async def restore(self) -> bool:
        if not self.deleted:
            return False
        label, uid = self.deleted.pop(self.rng.randrange(len(self.deleted)))
        done = await self.send(f"restore{label}", {"id": uid})
        if done:
            self.known[label].append(uid)
        return done

    async def order(self) -> bool:
        given: dict[str, Any] = {"account": self.pick("Account")}
        if self.rng.random() < 0.5:
            given["totalAmount"] = self.money()
        return await self.send("createSalesOrder", given, "SalesOrder")

    async def line(self) -> bool:
        given = {"record": self.pick("SalesOrder"), "product": self.pick("Product")}
        if self.rng.random() < 0.3:
            return await self.send("removeLine", given)
        return await self.send("addLine", {**given, "extendedAmount": self.money()})

    async def change_order(self) -> bool:
        given = {"id": self.pick("SalesOrder"), "state": self.rng.choice(("ACTIVE", "CANCELED", "FULFILLED"))}
        if self.rng.random() < 0.3:
            given["account"] = self.pick("Account")
        return await self.send("updateSalesOrder", given)

    async def change_product(self) -> bool:
        given = {"id": self.pick("Product"), "state": self.rng.choice(("ACTIVE", "RETIRED"))}
        return await self.send("updateProduct", given)

    async def disable(self) -> bool:
        return await self.send("updateUser", {"id": self.pick("User"), "isDisabled": self.rng.random() < 0.5})

    async def rename(self) -> bool:
        return await self.send("updateAccount", {"id": self.pick("Account"), "name": f"Name {self.rng.random():.3f}"})

    async def manage(self) -> bool:
        given: dict[str, Any] = {"contact": self.pick("Contact"), "validFrom": self.moment()}
        if self.rng.random() < 0.9:
            given["manager"] = self.pick("Contact")
        if self.rng.random() < 0.2:
            given["kind"] = "DOTTED"
        return await self.send("setManager", given)

    async def leave(self) -> bool:
        return await self.send("moveContact", {"contact": self.pick("Contact")})


async def begun(pair: Pair, store: Store, seed: int) -> Play:
    """A play on a graph with some records of each kind."""
    play = Play(Stage(pair.fast, store), random.Random(seed))
    for label, count in (("Account", 8), ("User", 3), ("Contact", 8), ("Product", 2)):
        for number in range(count):
            given = {"lastName": f"P{number}"} if label == "Contact" else {"name": f"{label} {number}"}
            assert await play.send(f"create{label}", given, label)
    for move in (play.deal, play.deal, play.order, play.log):
        assert await move()
    return play
