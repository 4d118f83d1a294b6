from __future__ import annotations

import asyncio
import io
import json
import logging
from typing import Any

import pytest

from api.log import BufferedLines, create_logger


@pytest.fixture
def stream() -> io.BytesIO:
    return io.BytesIO()


def lines_of(stream: io.BytesIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_json_with_a_timestamp_and_a_level(stream: io.BytesIO) -> None:
    create_logger(BufferedLines(stream)).warning("odd", operation="A", codes=("X",))
    (line,) = lines_of(stream)
    assert line.pop("at").endswith("Z")
    assert line == {"level": "warning", "event": "odd", "operation": "A", "codes": ["X"]}


async def test_lines_are_written_together_in_order(stream: io.BytesIO) -> None:
    log = create_logger(BufferedLines(stream))
    for number in range(50):
        log.info("one", number=number)
    assert stream.getvalue() == b""
    await asyncio.sleep(0.2)
    assert [line["number"] for line in lines_of(stream)] == list(range(50))


def test_events_below_the_level_are_not_logged(stream: io.BytesIO) -> None:
    log = create_logger(BufferedLines(stream), level="error")
    log.info("a")
    log.error("b")
    assert [line["event"] for line in lines_of(stream)] == ["b"]


def _fail() -> None:
    try:
        dict[str, str]()["secret"]
    except KeyError as inner:
        raise ValueError("secret") from inner


def test_an_error_is_logged_with_type_and_traceback_but_without_message(stream: io.BytesIO) -> None:
    try:
        _fail()
    except ValueError as error:
        create_logger(BufferedLines(stream)).error("failed", error=error)
    (line,) = lines_of(stream)
    assert (line["error"], line["cause"]) == ("ValueError", "KeyError")
    assert line["traceback"][0].startswith(__file__)
    assert b"secret" not in stream.getvalue()


def test_library_warnings_have_the_same_form_without_their_arguments(stream: io.BytesIO) -> None:
    create_logger(BufferedLines(stream))
    library = logging.getLogger("some.library")
    library.info("chatter")
    library.warning("slow: %s", "secret")
    try:
        _fail()
    except ValueError:
        library.exception("a resolver failed", extra={"request_id": "r-1"})
    first, second = lines_of(stream)
    assert (first["level"], first["logger"], first["message"]) == ("warning", "some.library", "slow: %s")
    assert (second["level"], second["error"], second["request_id"]) == ("error", "ValueError", "r-1")
    assert b"secret" not in stream.getvalue()
