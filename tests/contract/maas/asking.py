"""Sends a recorded request as it was sent: encoding, credentials, and the faults of credentials that were recorded."""

from __future__ import annotations

import base64
import dataclasses
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from typing import Any

from .exchange import Exchange

_GIVEN = re.compile(r"given (\d+) and now (\d+)")
_TOKEN = re.compile(r"Invalid access token: (\w+)")


@dataclasses.dataclass(frozen=True)
class Answer:
    """What the simulator answered; `body` is decoded as the recorder did."""

    status: int
    headers: dict[str, str]
    body: Any


def ask(base: str, exchange: Exchange, keys: dict[str, str]) -> Answer:
    """Sends an exchange's request to `base` (scheme and host); `keys` are API keys by user."""
    url = base + urllib.parse.quote(exchange.path, safe="/:!~%")
    if exchange.query:
        url += "?" + urllib.parse.urlencode(exchange.query, doseq=True)
    data, kind = _body(exchange)
    head = {"Content-Type": kind} if kind else {}
    head |= _authorization(exchange, keys)
    request = urllib.request.Request(url, data, head, method=exchange.method)
    try:
        with urllib.request.urlopen(request, timeout=30) as found:
            return _answer(found.status, found.headers, found.read())
    except urllib.error.HTTPError as exc:
        with exc:
            return _answer(exc.code, exc.headers, exc.read())


def _answer(status: int, headers: Any, body: bytes) -> Answer:
    kind = headers.get("Content-Type", "")
    if kind == "application/bson":
        return Answer(status, dict(headers), f"{body.decode('latin-1')} (BSON)")
    text = body.decode()
    return Answer(status, dict(headers), json.loads(text) if "json" in kind and text else text)


def _body(exchange: Exchange) -> tuple[bytes | None, str]:
    request = exchange.request
    if exchange.method not in ("POST", "PUT") or request is None:
        return (b"" if exchange.method in ("POST", "PUT") else None), ""
    if isinstance(request, str):
        size = int(found[1]) if (found := re.search(r"<(\d+) raw bytes", request)) else 0
        return b"\0" * size, "application/octet-stream"
    if exchange.encoding == "json":
        return json.dumps(request).encode(), "application/json"
    if exchange.encoding == "form":
        return urllib.parse.urlencode(request, doseq=True).encode(), "application/x-www-form-urlencoded"
    return _multipart(request)


def _multipart(fields: dict[str, Any]) -> tuple[bytes, str]:
    boundary, parts = uuid.uuid4().hex, []
    for name, value in fields.items():
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
        parts += [f"{head}{each}\r\n" for each in (value if isinstance(value, list) else [value])]
    return ("".join(parts) + f"--{boundary}--\r\n").encode(), f"multipart/form-data; boundary={boundary}"


def _authorization(exchange: Exchange, keys: dict[str, str]) -> dict[str, str]:
    if exchange.auth is None:
        return {}
    if "basic" in exchange.label and exchange.status == 401:
        return {"Authorization": "Basic " + base64.b64encode(b"admin:admin").decode()}
    consumer, token, secret = keys.get(exchange.auth, keys["admin"]).split(":")
    text = str(exchange.response)
    if exchange.status == 401:
        consumer = "UNKNOWN" if "Invalid API key" in text else consumer
        token = found[1] if (found := _TOKEN.search(text)) else token
        secret = "wrong" if "Invalid signature" in text else secret
    stamp = int(time.time())
    if found := _GIVEN.search(text):
        stamp -= int(found[2]) - int(found[1])
    nonce = "fixednonce1" if "fixed nonce" in exchange.label else uuid.uuid4().hex
    fields = {
        "oauth_nonce": nonce,
        "oauth_timestamp": str(stamp),
        "oauth_version": "1.0",
        "oauth_signature_method": "PLAINTEXT",
        "oauth_consumer_key": consumer,
        "oauth_token": token,
        "oauth_signature": urllib.parse.quote("&" + secret),
    }
    return {"Authorization": "OAuth " + ", ".join(f'{key}="{value}"' for key, value in fields.items())}
