"""Sends reports: into a folder, by email, or to a webhook. A channel is a function in the registry of this module."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import http.client
import os
import re
import smtplib
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from ipaddress import ip_address
from urllib.parse import urlsplit

from graph.errors import Invalid, Unavailable
from graph.settings import Settings, webhook_key

_SECONDS = 30
_MOST_SUBJECT = 150
_SMTP_PORTS = {"smtp": 25, "smtps": 465}
_OK = range(200, 300)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A report to send. `key` is the same when the same run is repeated, so that receivers can recognize it."""

    key: str
    file: str
    content: bytes
    media_type: str
    title: str
    text: str
    recipients: tuple[str, ...]


Channel = Callable[[Settings, Parcel], str]

CHANNELS: dict[str, Channel] = {}


def channel(name: str) -> Callable[[Channel], Channel]:
    """Registers a function that sends a parcel, in a thread, and returns where it was sent."""

    def register(function: Channel) -> Channel:
        CHANNELS[name] = function
        return function

    return register


def key_of(schedule: str, due: str) -> str:
    """Returns the key of the run of a schedule for a time: letters, digits, hyphens and underscores.

    >>> key_of("ab/../c", "2026-11-30T070000Z")
    'ab____c-2026-11-30T070000Z'
    """
    return f"{re.sub('[^A-Za-z0-9_-]', '_', schedule)[:64]}-{due}"


@channel("FOLDER")
def folder(settings: Settings, parcel: Parcel) -> str:
    """Writes the file completely or not at all; a repeated run replaces it. Raises Unavailable."""
    target = (settings.reports or settings.data / "reports") / parcel.file
    partial = target.with_name(f".{parcel.file}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(partial, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(parcel.content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise Unavailable(
            f"The folder of reports cannot be written: {error.strerror}.",
            remedy="Set KITH_REPORTS to a folder that the server can write to, with room for the file.",
        ) from error
    return f"{parcel.file} in the folder of reports"


@channel("EMAIL")
def email(settings: Settings, parcel: Parcel) -> str:
    """Sends the file to all recipients as an attachment. Raises Invalid without a mail server, and Unavailable."""
    if settings.smtp_url is None:
        raise Invalid("Email is not configured on the server.", remedy="Set KITH_SMTP_URL, or use another delivery.")
    if not parcel.recipients:
        raise Invalid(
            "The schedule has no recipients, and the user whom it belongs to has no email address.",
            remedy="Set `recipients` of the schedule, or `emailAddress1` of the user.",
        )
    try:
        refused = _send(settings, settings.smtp_url, _message(settings, parcel))
    except smtplib.SMTPRecipientsRefused as error:
        raise Unavailable(
            f"The mail server refused all recipients: {_reasons(error.recipients)}",
            remedy="Check `recipients` of the schedule.",
        ) from error
    except (smtplib.SMTPException, OSError) as error:
        raise Unavailable(
            f"The mail server did not accept the message: {error}",
            remedy="Check the KITH_SMTP_… settings, and whether the mail server works.",
        ) from error
    reached = [one for one in parcel.recipients if one not in refused]
    left_out = f"; the mail server refused {_reasons(refused)}" if refused else ""
    return f"{', '.join(reached)}{left_out}"


def _reasons(refused: dict[str, tuple[int, bytes]]) -> str:
    return ", ".join(f"{one} ({code} {text.decode(errors='replace')})" for one, (code, text) in refused.items())


def _message(settings: Settings, parcel: Parcel) -> EmailMessage:
    message = EmailMessage()
    printable = "".join(one if one.isprintable() else " " for one in parcel.title)
    message["Subject"] = " ".join(printable.split())[:_MOST_SUBJECT]
    message["From"] = settings.smtp_from
    message["To"] = ", ".join(parcel.recipients)
    message["Date"] = formatdate()
    message["Message-ID"] = f"<{parcel.key}@{settings.smtp_from.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(parcel.text)
    main, _, subtype = parcel.media_type.partition(";")[0].partition("/")
    message.add_attachment(parcel.content, maintype=main, subtype=subtype, filename=parcel.file)
    return message


def _send(settings: Settings, url: str, message: EmailMessage) -> dict[str, tuple[int, bytes]]:
    """Sends a message, and returns the recipients that the server refused."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or _SMTP_PORTS[parts.scheme]
    context = ssl.create_default_context()
    encrypted = parts.scheme == "smtps"
    connection = (
        smtplib.SMTP_SSL(host, port, timeout=_SECONDS, context=context)
        if encrypted
        else smtplib.SMTP(host, port, timeout=_SECONDS)
    )
    with connection as server:
        server.ehlo()
        if not encrypted and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
            encrypted = True
        if settings.smtp_user is not None and settings.smtp_password is not None:
            if not encrypted and not _is_loopback(host):
                raise smtplib.SMTPNotSupportedError("it offers no encryption for the password")
            server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        return server.send_message(message)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@channel("WEBHOOK")
def webhook(settings: Settings, parcel: Parcel) -> str:
    """Posts the file, signed as Standard Webhooks defines it. Raises Invalid without a URL, and Unavailable."""
    if settings.webhook_url is None:
        raise Invalid(
            "No webhook is configured on the server.", remedy="Set KITH_WEBHOOK_URL, or use another delivery."
        )
    parts = urlsplit(settings.webhook_url)
    sent = str(int(time.time()))
    headers = {
        "content-type": parcel.media_type,
        "content-disposition": f'attachment; filename="{parcel.file}"',
        "user-agent": "kith",
        "webhook-id": parcel.key,
        "webhook-timestamp": sent,
        **_signature(settings, parcel, sent),
    }
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = (
        http.client.HTTPSConnection(
            parts.hostname or "", parts.port, timeout=_SECONDS, context=ssl.create_default_context()
        )
        if parts.scheme == "https"
        else http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_SECONDS)
    )
    try:
        connection.request("POST", path, parcel.content, headers)
        status = connection.getresponse().status
    except (http.client.HTTPException, OSError) as error:
        raise Unavailable(
            f"The webhook did not answer: {error}", remedy="Check KITH_WEBHOOK_URL and the service behind it."
        ) from error
    finally:
        connection.close()
    if status not in _OK:
        raise Unavailable(
            f"The webhook answered with the status {status}.",
            remedy="Check the service behind KITH_WEBHOOK_URL; it has to answer with a status from 200 to 299.",
        )
    return f"the webhook at {parts.hostname}"


def _signature(settings: Settings, parcel: Parcel, sent: str) -> dict[str, str]:
    key = webhook_key(settings.webhook_secret) if settings.webhook_secret is not None else None
    if key is None:
        return {}
    signed = f"{parcel.key}.{sent}.".encode() + parcel.content
    digest = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {"webhook-signature": f"v1,{digest}"}
