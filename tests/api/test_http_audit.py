from __future__ import annotations

import json
import subprocess
from pathlib import Path

from api.build import EXPLORER, build, find_node, to_stderr
from tests.api.running import Running


def test_the_graphql_over_http_audit_passes(running: Running) -> None:
    build(to_stderr)
    node = find_node(EXPLORER, to_stderr).program
    audit = Path(__file__).with_name("audit.mjs")
    done = subprocess.run(
        [node, str(audit), f"{EXPLORER}/", f"{running.url}/graphql"],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    results = json.loads(done.stdout)
    assert len(results) >= 61
    assert [result for result in results if result["status"] != "ok"] == []
