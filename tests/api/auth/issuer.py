"""An issuer of tokens: its documents over HTTP, and tokens that are signed, or forged, by hand."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

AUDIENCE = "kith-api"


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def number(value: int) -> str:
    return encoded(value.to_bytes((value.bit_length() + 7) // 8))


@dataclass
class Issuer:
    """Keys by their id, the number of requests for them, and tokens."""

    url: str = ""
    keys: dict[str, rsa.RSAPrivateKey] = field(default_factory=dict)
    fetched: int = 0
    answer: bytes | None = None

    def new_key(self, key_id: str) -> None:
        self.keys[key_id] = rsa.generate_private_key(65_537, 2048)

    def public(self) -> dict[str, Any]:
        listed: list[dict[str, Any]] = [{"kty": "oct", "kid": "shared", "k": encoded(b"x" * 32)}]
        for key_id, key in self.keys.items():
            numbers = key.public_key().public_numbers()
            listed.append({"kty": "RSA", "kid": key_id, "use": "sig", "n": number(numbers.n), "e": number(numbers.e)})
        return {"keys": listed}

    def claims(self, **more: Any) -> dict[str, Any]:
        now = int(time.time())
        claims = {"iss": self.url, "aud": AUDIENCE, "sub": "s1", "iat": now, "exp": now + 300, **more}
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, key_id: str = "one", *, header: dict[str, Any] | None = None, **claims: Any) -> str:
        head = {"alg": "RS256", "kid": key_id, "typ": "at+jwt"} if header is None else header
        body = unsigned(head, self.claims(**claims))
        signature = self.keys[key_id].sign(body.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{body}.{encoded(signature)}"

    def pem(self, key_id: str = "one") -> bytes:
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.keys[key_id].public_key().public_bytes(serialization.Encoding.PEM, form)

    def forged_with_public_key(self, **claims: Any) -> str:
        """A token whose HMAC has the public key as its secret."""
        body = unsigned({"alg": "HS256", "kid": "one"}, self.claims(**claims))
        return f"{body}.{encoded(hmac.digest(self.pem(), body.encode(), hashlib.sha256))}"


def unsigned(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return f"{encoded(json.dumps(header).encode())}.{encoded(json.dumps(claims).encode())}"


@contextmanager
def issuing() -> Iterator[Issuer]:
    """An issuer on a free port, with one key."""
    issuer = Issuer()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            discovery = {"issuer": issuer.url, "jwks_uri": f"{issuer.url}/keys"}
            issuer.fetched += self.path == "/keys"
            body = json.dumps(issuer.public() if self.path == "/keys" else discovery).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(issuer.answer if issuer.answer is not None else body)

        def log_message(self, *_: Any) -> None:
            """Logs nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        issuer.url = f"http://127.0.0.1:{server.server_address[1]}"
        issuer.new_key("one")
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield issuer
        finally:
            server.shutdown()
            thread.join()
