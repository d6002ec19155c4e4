"""Request bodies: multipart (python-libmaas), urlencoded, JSON, or raw bytes."""

from __future__ import annotations

import email
import json
import urllib.parse
from collections.abc import Iterable
from typing import Any

Fields = dict[str, list[str]]


def parse(content_type: str, raw: bytes) -> tuple[Fields, dict[str, bytes], bytes]:
    """Fields, files and, of a body that is none of these, the bytes.

    Args:
        content_type: the whole header, with its boundary.
        raw: the body.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return _multipart(content_type, raw)
    if kind == "application/x-www-form-urlencoded":
        return listed(urllib.parse.parse_qsl(raw.decode(), keep_blank_values=True)), {}, b""
    if kind == "application/json":
        data = json.loads(raw or b"{}")
        return ({key: _texts(value) for key, value in data.items()} if isinstance(data, dict) else {}), {}, b""
    return {}, {}, raw


def listed(pairs: Iterable[tuple[str, str]]) -> Fields:
    """All values of each key."""
    found: Fields = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


def _multipart(content_type: str, raw: bytes) -> tuple[Fields, dict[str, bytes], bytes]:
    head = f"Content-Type: {content_type}\r\nMIME-Version: 1.0\r\n\r\n".encode()
    message = email.message_from_bytes(head + raw)
    fields: list[tuple[str, str]] = []
    files: dict[str, bytes] = {}
    for part in message.walk():
        name = part.get_param("name", header="content-disposition")
        payload = part.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(payload, bytes):
            continue  # a form without fields is one empty part
        if part.get_filename():
            files[name] = payload
        else:
            fields.append((name, payload.decode()))
    return listed(fields), files, b""


def _texts(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return [value if isinstance(value, str) else "" if value is None else json.dumps(value)]
