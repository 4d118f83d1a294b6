"""The report of the mixed test states errors, ratios and memory, and whether they are within the limits."""

from __future__ import annotations

from collections.abc import Iterator

import psutil
import pytest

from bench.load import drive
from bench.mixed import _HEAVY_KINDS, _LIGHT_KINDS, _WRITES, Group, Memory, _report
from bench.questions.world import QuestionWorld
from tests.bench.canned import Canned, serving

SMALL = QuestionWorld(0.05)
ANSWER = b'{"data":{}}'
REFUSED = b'{"data":null,"errors":[{"message":"busy","extensions":{"code":"UNAVAILABLE","remedy":"Try again."}}]}'
FAILED = b'{"data":null,"errors":[{"message":"failed","extensions":{"code":"ERROR"}}]}'


@pytest.fixture
def canned() -> Iterator[Canned]:
    with serving() as server:
        yield server


def driven(canned: Canned, body: bytes, connections: int = 4) -> Group:
    """A group whose requests all got one answer."""
    canned.answer = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)
    group = Group.of(SMALL, _LIGHT_KINDS, connections)
    drive(canned.server_address[1], [group.stream], 0.2)
    return group


def memory() -> Memory:
    taken = Memory({"Kith": psutil.Process()})
    for _ in range(3):
        taken.take()
    return taken


def test_every_kind_has_requests_in_turn() -> None:
    for kinds in (_LIGHT_KINDS, _HEAVY_KINDS, _WRITES):
        titles = [title for title, _ in Group.of(SMALL, kinds, 1).requests]
        assert titles[: len(kinds)] == [kind.title for kind in kinds]


def test_a_run_without_errors_holds(canned: Canned) -> None:
    alone = driven(canned, ANSWER)
    report = _report(alone, [alone], memory(), 0.2)
    assert "Errors by code: none." in report
    assert "FAILS" not in report
    assert report.count("holds: ") == 3
    assert "| all light requests" in report


def test_a_stated_refusal_is_counted_and_its_client_waits(canned: Canned) -> None:
    alone, refused = driven(canned, ANSWER), driven(canned, REFUSED)
    assert refused.errors == {"UNAVAILABLE": 4}
    assert not refused.unstated
    assert "{'UNAVAILABLE': 4}" in _report(alone, [alone, refused], memory(), 0.2)


def test_another_error_fails_the_test_and_is_shown(canned: Canned) -> None:
    alone, failed = driven(canned, ANSWER), driven(canned, FAILED)
    report = _report(alone, [alone, failed], memory(), 0.2)
    assert "FAILS: no errors but stated refusals" in report
    assert '"code":"ERROR"' in report


def test_memory_that_grows_after_the_second_sample_fails_the_test() -> None:
    taken = Memory({"Kith": psutil.Process()}, {"Kith": [100 << 20, 300 << 20, 310 << 20]})
    assert taken.flat
    taken.samples["Kith"].append(600 << 20)
    assert not taken.flat
