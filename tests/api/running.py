"""Kith in a process of its own, on the Neo4j server of the test run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph import engine

SECONDS_TO_START = 120.0
SECONDS_TO_STOP = 60.0


@dataclass
class Running:
    """A process that serves Kith, and its URL."""

    process: subprocess.Popen[bytes]
    url: str
    out: Path
    err: Path

    def get(self, path: str) -> Any:
        """Returns the JSON at a path."""
        with urllib.request.urlopen(self.url + path, timeout=30) as response:
            return json.loads(response.read())

    def ask(self, query: str, variables: dict[str, object] | None = None) -> Any:
        """Returns the response to a GraphQL request."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        headers = {"content-type": "application/json", "accept": "application/json"}
        request = urllib.request.Request(self.url + "/graphql", body, headers)
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.loads(response.read())

    def logged(self) -> list[dict[str, Any]]:
        """Returns the lines of its log."""
        return [json.loads(line) for line in self.out.read_text().splitlines()]

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Sends a signal and returns the exit code."""
        self.process.send_signal(number)
        return self.process.wait(SECONDS_TO_STOP)


@contextmanager
def serving(server: engine.Server, folder: Path, **settings: str) -> Iterator[Running]:
    """Runs Kith in a process of its own on a Neo4j server, and stops it at the end."""
    out, err = folder / "api.out", folder / "api.err"
    environment = {
        **os.environ,
        "KITH_HOST": "127.0.0.1",
        "KITH_PORT": "0",
        "KITH_WORLD": "none",
        "KITH_PREPARE": "false",
        "KITH_DATA": str(folder / "data"),
        "NEO4J_URI": server.uri,
        "NEO4J_USER": server.user,
        "NEO4J_PASSWORD": server.password,
        "NEO4J_DATABASE": server.database,
        **settings,
    }
    command = [sys.executable, "-W", "error", "-m", "api"]
    with out.open("wb") as log, err.open("wb") as errors:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=errors)
    try:
        yield Running(process, _wait_for_start(process, out, err), out, err)
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for_start(process: subprocess.Popen[bytes], out: Path, err: Path) -> str:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until:
        for line in out.read_text().splitlines():
            if (event := json.loads(line))["event"] == "started":
                return str(event["url"])
        assert process.poll() is None, err.read_text()
        time.sleep(0.05)
    raise AssertionError(f"Kith did not start in time: {err.read_text()}")
