from __future__ import annotations

import asyncio
import io
import json
import logging
from typing import Any

import pytest

from api.log import Lines, opened


@pytest.fixture
def stream() -> io.BytesIO:
    return io.BytesIO()


def lines_of(stream: io.BytesIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_json_with_time_and_level(stream: io.BytesIO) -> None:
    opened(Lines(stream)).warning("odd", operation="A", codes=("X",))
    (line,) = lines_of(stream)
    assert line.pop("at").endswith("Z")
    assert line == {"level": "warning", "event": "odd", "operation": "A", "codes": ["X"]}


async def test_lines_are_gathered_for_a_moment_and_keep_their_order(stream: io.BytesIO) -> None:
    log = opened(Lines(stream))
    for number in range(50):
        log.info("one", number=number)
    assert stream.getvalue() == b""
    await asyncio.sleep(0.2)
    assert [line["number"] for line in lines_of(stream)] == list(range(50))


def test_levels_below_the_chosen_one_are_left_out(stream: io.BytesIO) -> None:
    log = opened(Lines(stream), level="error")
    log.info("a")
    log.error("b")
    assert [line["event"] for line in lines_of(stream)] == ["b"]


def _fail() -> None:
    try:
        dict[str, str]()["secret"]
    except KeyError as inner:
        raise ValueError("secret") from inner


def test_an_error_is_told_by_type_and_way_but_not_by_message(stream: io.BytesIO) -> None:
    try:
        _fail()
    except ValueError as error:
        opened(Lines(stream)).error("failed", error=error)
    (line,) = lines_of(stream)
    assert (line["error"], line["because"]) == ("ValueError", "KeyError")
    assert line["through"][0].startswith(__file__)
    assert b"secret" not in stream.getvalue()


def test_warnings_of_libraries_take_the_same_form_without_their_values(stream: io.BytesIO) -> None:
    opened(Lines(stream))
    library = logging.getLogger("some.library")
    library.info("chatter")
    library.warning("slow: %s", "secret")
    try:
        _fail()
    except ValueError:
        library.exception("a resolver failed", extra={"request_id": "r-1"})
    first, second = lines_of(stream)
    assert (first["level"], first["library"], first["says"]) == ("warning", "some.library", "slow: %s")
    assert (second["level"], second["error"], second["request"]) == ("error", "ValueError", "r-1")
    assert b"secret" not in stream.getvalue()
