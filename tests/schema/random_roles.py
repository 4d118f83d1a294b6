"""Random roles in a random graph, and what they allow, found without a query."""

from __future__ import annotations

import random
from typing import Any

from graph.models.role import ACCOUNT_TEAM, PrivilegeDepth, PrivilegeType
from graph.vocabulary import ENTITIES, entity
from tests.schema.random_graph import NOW, Graph

DEPTHS = [one.name for one in PrivilegeDepth]
BITS = {"READ": 1, "WRITE": 2, "APPEND": 4, "DELETE": 65_536, "SHARE": 262_144, "ASSIGN": 524_288}
_COMMON = ("UNIT", "UNIT_AND_BELOW", "UNIT_AND_BELOW", "ALL")


def with_roles(graph: Graph, seed: int) -> Graph:
    """Gives each role random privileges, and the relationships that share records random rights."""
    source = random.Random(seed)
    label, properties = graph.nodes[graph.labelled("Role")[0]]
    graph.nodes[ACCOUNT_TEAM] = label, {**properties, "uid": ACCOUNT_TEAM}
    for uid in graph.labelled("Role"):
        privileges = []
        for label in (*sorted(ENTITIES), "Activity", "Party"):
            for privilege in PrivilegeType:
                if source.random() < 0.6:
                    depth = source.choice(_COMMON) if source.random() < 0.6 else source.choice(DEPTHS)
                    privileges.append(f"{label} {privilege.name} {depth}")
        graph.nodes[uid][1].update(grants=privileges, fieldGrants=["Record.* WRITE"])
    for edge, _, _, facts in graph.edges:
        if edge == "HAS_ACCESS":
            facts["accessRights"] = sum(bit for bit in BITS.values() if source.random() < 0.6)
    for label, properties in graph.nodes.values():
        properties.pop("ownerUid", None)
        properties.pop("unitUid", None)
        properties.pop("shares", None)
        uid = properties["uid"]
        (owner,) = graph.reached(uid, "OWNED_BY") or (None,)
        (own,) = graph.reached(uid, "IN_UNIT") or (None,)
        (its,) = (graph.reached(owner, "IN_UNIT") if owner else None) or (None,)
        unit = uid if label == "BusinessUnit" else own or its
        shares = sorted(_share(edge, start, facts) for edge, start, end, facts in graph.edges
                        if edge in ("HAS_ACCESS", "MANAGES") and end == uid)  # fmt: skip
        stored = (("ownerUid", owner), ("unitUid", unit), ("shares", shares))
        properties |= {key: value for key, value in stored if value}
    return graph


def _share(edge: str, principal: str, facts: dict[str, Any]) -> str:
    """A share in the form in which records store it."""
    times = [facts.get("validFrom"), facts.get("validTo")]
    ends = [default if one is None else int(one.timestamp() * 1_000_000) for one, default in
            zip(times, (-(10**18), 10**18), strict=True)]  # fmt: skip
    rights = facts.get("accessRights", 0) if edge == "HAS_ACCESS" else "team"
    return f"{principal} {rights} {ends[0]} {ends[1]}"


class Oracle:
    """What one user of a graph may do."""

    def __init__(self, graph: Graph, user: str) -> None:
        self.graph, self.user = graph, user
        disabled = graph.nodes[user][1].get("isDisabled", False)
        self.holders = [] if disabled else [user, *self._valid(user, "MEMBER_OF")]
        self._units = {one: self._below(one) for one in graph.labelled("BusinessUnit")}

    def _valid(self, start: str, edge: str) -> list[str]:
        found = []
        for kind, one, end, facts in self.graph.edges:
            begun, over = facts.get("validFrom", NOW) <= NOW, "validTo" in facts and facts["validTo"] <= NOW
            if kind == edge and one == start and begun and not over and end not in found:
                found.append(end)
        return found

    def _below(self, unit: str) -> set[str]:
        found = {unit}
        while more := {
            start
            for edge, start, end, _ in self.graph.edges
            if edge == "CHILD_OF" and end in found and start.startswith("businessunit") and start not in found
        }:
            found |= more
        return found

    def depth(self, holder: str, label: str, privilege: str) -> str:
        """The greatest depth of a privilege on a label that a holder has by its own roles."""
        labels = {label, *entity(label).labels}
        found = ["NONE"]
        for role in self._valid(holder, "HAS_ROLE"):
            for text in self.graph.nodes[role][1]["grants"]:
                on, kind, depth = text.split()
                if on in labels and kind == privilege:
                    found.append(depth)
        return max(found, key=DEPTHS.index)

    def may(self, privilege: str, uid: str) -> bool:
        """Whether the user has a privilege on a record that exists."""
        label, properties = self.graph.nodes[uid]
        if privilege == "READ" and uid == self.user and self.holders:
            return True
        depths = {holder: self.depth(holder, label, privilege) for holder in self.holders}
        if set(depths.values()) <= {"NONE"}:
            return False
        if "ALL" in depths.values():
            return True
        if label in ("Role", "Product", "Competitor"):
            return False
        if properties.get("ownerUid") in self.holders:
            return True
        for holder, depth in depths.items():
            for unit in self.graph.reached(holder, "IN_UNIT"):
                reached = {"UNIT": {unit}, "UNIT_AND_BELOW": self._units[unit]}.get(depth, set())
                if properties.get("unitUid") in reached:
                    return True
        return self._shared(privilege, uid) or (privilege == "READ" and self._took_part(label, uid))

    def _shared(self, privilege: str, uid: str) -> bool:
        bit = BITS[privilege]
        for edge, holder, record, facts in self.graph.edges:
            if edge in ("HAS_ACCESS", "MANAGES") and record == uid and holder in self.holders:
                begun, over = facts.get("validFrom", NOW) <= NOW, "validTo" in facts and facts["validTo"] <= NOW
                rights = facts.get("accessRights", 0) if edge == "HAS_ACCESS" else self._team()
                if begun and not over and rights & bit:
                    return True
        return False

    def _team(self) -> int:
        """The rights of everybody in an account's team."""
        role = self.graph.nodes.get(ACCOUNT_TEAM)
        given = {} if role is None else dict.fromkeys(
            BITS.get(kind, 0) for on, kind, depth in map(str.split, role[1]["grants"])
            if on in ("Account", "Party", "Record") and depth != "NONE"
        )  # fmt: skip
        return sum(given)

    def _took_part(self, label: str, uid: str) -> bool:
        if "Activity" not in entity(label).labels:
            return False
        about = [one for one in self.graph.reached(uid, "REGARDING") if "Activity" not in self._labels(one)]
        if any(self.may("READ", one) for one in about):
            return True
        return any(edge == "PARTICIPATED_IN" and start in self.holders and end == uid
                   for edge, start, end, _ in self.graph.edges)  # fmt: skip

    def _labels(self, uid: str) -> tuple[str, ...]:
        return entity(self.graph.nodes[uid][0]).labels

    def unreadable(self) -> list[str]:
        """The records that the user cannot read."""
        return [uid for uid in self.graph.nodes if not self.may("READ", uid)]
