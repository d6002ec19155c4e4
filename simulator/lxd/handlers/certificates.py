"""The trust list: added to by administrators, by the trust password, and by tokens."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import secrets
from typing import Any

from aiohttp import web

from .. import answers, tls
from ..call import Call
from ..errors import bad_request, conflict, forbidden, not_found
from ..operations import Operation
from ..records import Certificate

TYPES = ("client", "server", "metrics")
_FIELDS = {
    "name": "string",
    "type": "string",
    "certificate": "string",
    "password": "string",
    "restricted": "bool",
    "token": "bool",
    "projects": "list",
}


def listing(call: Call) -> web.Response:
    """GET /1.0/certificates."""
    records = sorted(call.store.state.certificates.values(), key=lambda record: record.name)
    if call.recursion:
        return answers.sync([_view(record) for record in records])
    return answers.sync([f"/1.0/certificates/{record.fingerprint}" for record in records])


def show(call: Call) -> web.Response:
    """GET /1.0/certificates/FINGERPRINT."""
    view = _view(_find(call))
    return answers.sync(view, etag=view)


def add(call: Call) -> web.Response:
    """POST /1.0/certificates: a certificate given, the caller's own with a password or token, or a new token."""
    wanted = call.body("CertificatesPost", **_FIELDS)
    if wanted.get("token"):
        return _issue(call, wanted)
    password, kind = wanted.get("password", ""), wanted.get("type", "client")
    by_token = None
    if call.caller.trusted and not call.caller.local and not wanted.get("certificate"):
        raise bad_request("Client is already trusted")
    if not call.caller.is_admin:
        if call.caller.trusted:
            raise forbidden()
        by_token = _admit(call, password)
    if kind not in TYPES:
        raise bad_request("Invalid certificate type")
    record = _record(call, {**wanted, **(by_token or {})})
    if record.fingerprint in call.store.state.certificates:
        raise conflict("Certificate already in trust store")
    call.store.state.certificates[record.fingerprint] = record
    call.daemon.lifecycle("certificate-created", f"certificates/{record.fingerprint}")
    return answers.created(f"/1.0/certificates/{record.fingerprint}")


def replace(call: Call) -> web.Response:
    """PUT /1.0/certificates/FINGERPRINT."""
    record = _find(call)
    call.match(_view(record))
    wanted = call.body("CertificatePut", **_FIELDS)
    return _change(call, record, {"name": "", "type": record.type, "restricted": False, "projects": [], **wanted})


def patch(call: Call) -> web.Response:
    """PATCH /1.0/certificates/FINGERPRINT."""
    record = _find(call)
    call.match(_view(record))
    now = {"name": record.name, "type": record.type, "restricted": record.restricted, "projects": record.projects}
    return _change(call, record, {**now, **call.body("CertificatePut", **_FIELDS)})


def remove(call: Call) -> web.Response:
    """DELETE /1.0/certificates/FINGERPRINT."""
    record = _find(call)
    del call.store.state.certificates[record.fingerprint]
    call.daemon.lifecycle("certificate-deleted", f"certificates/{record.fingerprint}")
    return answers.done()


def _change(call: Call, record: Certificate, wanted: dict[str, Any]) -> web.Response:
    if wanted["type"] not in TYPES:
        raise bad_request("Invalid certificate type")
    _check_projects(call, wanted["projects"])
    record.name, record.type = wanted["name"], wanted["type"]
    record.restricted, record.projects = wanted["restricted"], wanted["projects"]
    if wanted.get("certificate") and tls.fingerprint(_decode(wanted["certificate"])) != record.fingerprint:
        raise bad_request("Changing a certificate is for its owner only")
    call.daemon.lifecycle("certificate-updated", f"certificates/{record.fingerprint}")
    return answers.done()


def _record(call: Call, wanted: dict[str, Any]) -> Certificate:
    given = wanted.get("certificate")
    if given:
        shown = _decode(given)
    elif call.caller.certificate:
        shown = call.caller.certificate
    else:
        raise bad_request("No client certificate provided")
    projects = wanted.get("projects", [])
    _check_projects(call, projects)
    peer = (call.request.remote or "") if not call.caller.local else ""
    return Certificate(
        fingerprint=tls.fingerprint(shown),
        name=wanted.get("name") or tls.common_name(shown) or peer,
        type=wanted.get("type", "client"),
        restricted=wanted.get("restricted", False),
        projects=projects,
        certificate=tls.pem(shown),
    )


def _admit(call: Call, password: str) -> dict[str, Any] | None:
    """Lets a stranger in by token (what the token says of it) or password (None); else 403."""
    token = _token(call, password)
    if token and token.metadata:
        call.daemon.operations.end(token, "Cancelled")
        request = token.metadata["request"]
        return {key: request[key] for key in ("name", "type", "restricted", "projects")}
    secret = call.store.state.config.get("core.trust_password", "")
    if not secret or not hmac.compare_digest(secret.encode(), password.encode()):
        raise forbidden()
    return None


def _token(call: Call, password: str) -> Operation | None:
    try:
        secret = json.loads(base64.b64decode(password, validate=True))["secret"]
    except (binascii.Error, ValueError, KeyError, TypeError):
        return None
    pending = (op for op in call.daemon.operations.all(None) if op.kind == "token" and not op.ended.is_set())
    return next((op for op in pending if op.metadata and op.metadata["secret"] == secret), None)


def _issue(call: Call, wanted: dict[str, Any]) -> web.Response:
    if not call.caller.is_admin:
        raise forbidden()
    _check_projects(call, wanted.get("projects", []))
    request = {
        "name": wanted.get("name", ""),
        "type": wanted.get("type", "client"),
        "restricted": wanted.get("restricted", False),
        "projects": wanted.get("projects", []),
        "certificate": "",
        "password": "",
        "token": True,
    }
    metadata = {
        "addresses": [call.daemon.address],
        "fingerprint": call.daemon.identity.server_fingerprint,
        "request": request,
        "secret": secrets.token_hex(32),
    }
    operations = call.daemon.operations
    token = operations.open("token", "Executing operation", project="", may_cancel=True, metadata=metadata)
    return answers.accepted(token.render())


def _check_projects(call: Call, projects: list[str]) -> None:
    for name in projects:
        call.store.project(name)


def _decode(text: str) -> bytes:
    try:
        shown = base64.b64decode(text.replace("\r", "").replace("\n", ""), validate=True)  # Go skips line breaks
    except binascii.Error:
        raise bad_request("illegal base64 data at input byte 0") from None
    try:
        tls.common_name(shown)
    except ValueError:
        raise bad_request("x509: malformed certificate") from None
    return shown


def _find(call: Call) -> Certificate:
    """By its fingerprint or the beginning of it."""
    prefix = call.param("fingerprint")
    found = [record for key, record in call.store.state.certificates.items() if key.startswith(prefix)]
    if len(found) != 1:
        raise not_found("Certificate not found")
    return found[0]


def _view(record: Certificate) -> dict[str, Any]:
    return {
        "name": record.name,
        "type": record.type,
        "restricted": record.restricted,
        "projects": record.projects,
        "certificate": record.certificate,
        "fingerprint": record.fingerprint,
    }
