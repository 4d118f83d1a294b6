"""An OpenID Connect provider in a process of its own, and the pages on which a person signs in there."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from api.build import EXPLORER, find_node, install_packages, to_stderr

HERE = Path(__file__).parent
AUDIENCE = "https://kith.example/api"
CLIENT_SECRET = "a secret of the test"
_ACTION = re.compile(r'action="([^"]+)"')


@dataclass(frozen=True)
class RunningProvider:
    """A provider at which Kith is the client `kith`, and a program the client `program`."""

    issuer: str

    def settings(self) -> dict[str, str]:
        """The settings of Kith for browsers."""
        return {
            "KITH_OIDC_ISSUER": self.issuer,
            "KITH_OIDC_CLIENT_ID": "kith",
            "KITH_OIDC_CLIENT_SECRET": CLIENT_SECRET,
        }

    def token_of_program(self) -> str:
        """An access token of the program, whose subject is `program`."""
        answer = httpx.post(
            f"{self.issuer}/token",
            data={"grant_type": "client_credentials", "resource": AUDIENCE},
            auth=("program", CLIENT_SECRET),
        )
        return str(answer.json()["access_token"])


@contextmanager
def providing(port: int, accounts: dict[str, Any]) -> Iterator[RunningProvider]:
    """Runs a provider for Kith at a port; the accounts are the claims of each login."""
    node = find_node(EXPLORER, to_stderr)
    install_packages(node, HERE, to_stderr)
    given = {
        "redirectUris": [f"http://127.0.0.1:{port}/sign-in/oidc/callback"],
        "accounts": accounts,
        "audience": AUDIENCE,
    }
    process = subprocess.Popen(
        [node.program, "provider.mjs"],
        cwd=HERE,
        env={**os.environ, "PROVIDER": json.dumps(given)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert process.stdout is not None
        yield RunningProvider(json.loads(process.stdout.readline())["issuer"])
    finally:
        process.terminate()
        process.wait(30)
        assert process.stdout is not None
        process.stdout.close()


def free_port() -> int:
    """A port that is free at the moment."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


async def approve(client: httpx.AsyncClient, url: str, login: str) -> str:
    """Signs in at the provider and consents; returns the URL at Kith to which the provider sends the browser."""
    for _ in range(12):
        if "/sign-in/oidc/callback" in url:
            return url
        answer = await client.get(url)
        if answer.is_redirect:
            url = str(answer.next_request.url) if answer.next_request else ""
            continue
        assert answer.status_code == 200, answer.text
        prompt = "login" if 'name="login"' in answer.text else "consent"
        found = _ACTION.search(answer.text)
        assert found is not None, answer.text
        posted = await client.post(found[1], data={"prompt": prompt, "login": login, "password": "any"})
        assert posted.next_request is not None, posted.text
        url = str(posted.next_request.url)
    raise AssertionError(url)
