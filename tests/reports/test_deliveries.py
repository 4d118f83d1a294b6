"""Deliveries of scheduled reports: by email and to a webhook, received by real servers on loopback."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from pathlib import Path

from pydantic import SecretStr

from graph.report_runs import PAUSES
from graph.store import Store
from reports.formats import FORMATS
from tests.reports.receivers import mail_server, web_server
from tests.reports.scheduled import account, folder, schedule, scheduler, stage
from tests.schema.conftest import executor
from tests.schema.mutations.stage import Stage

__all__ = ["account", "executor", "folder", "stage"]

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()


async def test_a_report_is_sent_by_email(stage: Stage, store: Store, account: str, folder: Path) -> None:
    await schedule(stage, account, delivery="EMAIL", format="PDF", paper="LETTER")
    named = await schedule(
        stage, account, delivery="EMAIL", format="CSV", recipients=["a@alder.example", "gone@alder.example"]
    )
    async with mail_server() as mailbox:
        mailbox.refuses.add("gone@alder.example")
        assert await scheduler(store, folder, smtp_url=mailbox.url).run_due(named.first) == 2
    messages = {tuple(to): message for to, message in mailbox.messages}
    assert set(messages) == {("lea@alder.example",), ("a@alder.example",)}
    message = messages["lea@alder.example",]
    (attached,) = message.iter_attachments()
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_content().startswith(b"%PDF-")
    assert str(message["subject"]).startswith("Group rollup: ")
    body = message.get_body()
    assert body is not None
    assert "schedule “Every morning” of " in body.get_content()
    assert "a@alder.example; the mail server refused gone@alder.example (550" in (await named.state())["lastDelivery"]


async def test_a_hostile_name_adds_nothing_to_a_message(stage: Stage, store: Store, account: str, folder: Path) -> None:
    hostile = "Eve\r\nBcc: eve@evil.example\r\n\r\n<script>\u202e" + "x" * 9_000 + "\U0001f9ea"
    await stage.write("MATCH (a:Account {uid: $id}) SET a.name = $name RETURN 0", id=account, name=hostile[:8000])
    one = await schedule(stage, account, delivery="EMAIL", recipients=["a@alder.example"], name=hostile[:300])
    async with mail_server() as mailbox:
        await scheduler(store, folder, smtp_url=mailbox.url).run_due(one.first)
    await stage.write("MATCH (a:Account {uid: $id}) SET a.name = 'Alder' RETURN 0", id=account)
    ((to, message),) = mailbox.messages
    assert to == ["a@alder.example"]
    assert message["bcc"] is None
    assert len(str(message["subject"])) <= 150
    assert [part.get_content_type() for part in message.walk()] == ["multipart/mixed", "text/plain", "text/html"]


async def test_a_mail_server_that_is_away_or_refuses_everybody_is_told(
    stage: Stage, store: Store, account: str, folder: Path
) -> None:
    one = await schedule(stage, account, delivery="EMAIL", recipients=["gone@alder.example"])
    async with mail_server() as mailbox:
        mailbox.refuses.add("gone@alder.example")
        running = scheduler(store, folder, smtp_url=mailbox.url)
        await running.run_due(one.first)
        assert "refused all recipients: gone@alder.example (550" in (await one.state())["lastError"]
    await running.run_due(one.first + PAUSES[0])
    assert (await one.state())["lastError"].startswith("The mail server did not accept the message: ")


async def test_a_webhook_is_signed_repeated_with_the_same_id_and_never_redirected(
    stage: Stage, store: Store, account: str, folder: Path
) -> None:
    one = await schedule(stage, account, delivery="WEBHOOK", format="JSON")
    with web_server() as hook:
        hook.statuses += [503, 302]
        running = scheduler(store, folder, webhook_url=hook.url, webhook_secret=SecretStr(SECRET))
        await running.run_due(one.first)
        assert (await one.state())["lastError"].startswith("The webhook answered with the status 503.")
        at = one.first + PAUSES[0]
        await running.run_due(at)
        assert (await one.state())["lastError"].startswith("The webhook answered with the status 302.")
        await running.run_due(at + PAUSES[1])
    assert (await one.state())["lastDelivery"] == "the webhook at 127.0.0.1"
    assert len(hook.requests) == 3
    assert len({headers["webhook-id"] for headers, _ in hook.requests}) == 1
    for headers, body in hook.requests:
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        digest = hmac.new(bytes(range(32)), signed, hashlib.sha256).digest()
        assert headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"
        assert abs(int(headers["webhook-timestamp"]) - time.time()) < 600
        assert headers["content-type"] == FORMATS["json"].media_type
        assert json.loads(body)["report"] == "group-rollup"


async def test_a_webhook_without_a_secret_has_no_signature(
    stage: Stage, store: Store, account: str, folder: Path
) -> None:
    one = await schedule(stage, account, delivery="WEBHOOK", format="JSON")
    with web_server() as hook:
        await scheduler(store, folder, webhook_url=hook.url).run_due(one.first)
    ((headers, _),) = hook.requests
    assert "webhook-signature" not in headers
