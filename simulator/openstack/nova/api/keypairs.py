"""Keypairs: they belong to users, whatever the project."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from ... import times
from ...call import Reply
from ...faults import bad_request, conflict, denied, forbidden, not_found
from ...paging import page
from ...routes import Request
from .. import quotas
from ..compute import Compute
from ..records import Keypair
from ..table import ROUTES

_POLICY = "os_compute_api:os-keypairs"
TYPES_SINCE, CREATED_SINCE, USERS_SINCE, IMPORT_ONLY_SINCE = 2, 2, 10, 92


def _schema(version: int) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "name": {"type": "string", "minLength": 1, "maxLength": 255, "format": "keypair_name"},
        "public_key": {"type": "string"},
    }
    if version >= TYPES_SINCE:
        properties["type"] = {"type": "string", "enum": ["ssh", "x509"]}
    if version >= USERS_SINCE:
        properties["user_id"] = {"type": "string"}
    required = ["name"] + (["public_key"] if version >= IMPORT_ONLY_SINCE else [])
    inner = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    return {"type": "object", "properties": {"keypair": inner}, "required": ["keypair"], "additionalProperties": False}


@ROUTES.on("GET", "/os-keypairs")
def index(compute: Compute, request: Request) -> Reply:
    """Answers a user's keys."""
    user = _user(request, request.query("user_id"))
    found = sorted((each for each in compute.store.keypairs.values() if each.user_id == user), key=lambda each: each.name)
    shown, following = page(found, request, lambda each: each.name, "/v2.1/os-keypairs")
    body: dict[str, Any] = {"keypairs": [{"keypair": _view(each, request)} for each in shown]}
    return Reply(status=200, body=body | ({"keypairs_links": following} if following else {}))


def _view(keypair: Keypair, request: Request, *, user: bool = False) -> dict[str, Any]:
    shown: dict[str, Any] = {"name": keypair.name, "public_key": keypair.public_key, "fingerprint": keypair.fingerprint}
    shown |= {"user_id": keypair.user_id} if user else {}
    return shown | ({"type": keypair.type} if request.version >= TYPES_SINCE else {})


@ROUTES.on("POST", "/os-keypairs", schema=_schema)
def create(compute: Compute, request: Request) -> Reply:
    """Takes a public key, or before 2.92 makes a pair and shows the private half once."""
    given = request.body["keypair"]
    user = _user(request, given.get("user_id"))
    private = None
    public = given.get("public_key")
    if public is None:
        private, public = generate()
    fingerprint = _fingerprint(public)
    row = compute.store.number("keypair")
    key = f"{user}/{given['name']}"
    if key in compute.store.keypairs:
        raise conflict(f"Key pair '{given['name']}' already exists.")
    _require_room(compute, user)
    keypair = Keypair(
        row=row,
        user_id=user,
        name=given["name"],
        type=given.get("type", "ssh"),
        public_key=public,
        fingerprint=fingerprint,
        created=compute.now(),
    )
    compute.store.keypairs[key] = keypair
    shown = _view(keypair, request, user=True) | ({"private_key": private} if private else {})
    return Reply(status=201 if request.version >= CREATED_SINCE else 200, body={"keypair": shown})


def _require_room(compute: Compute, user: str) -> None:
    count = sum(each.user_id == user for each in compute.store.keypairs.values())
    if count >= quotas.DEFAULTS["key_pairs"]:
        raise forbidden("Quota exceeded, too many key pairs.")


def generate() -> tuple[str, str]:
    """Makes a pair: private key (PEM) and public key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    return private.decode(), f"{public.decode()} Generated-by-Nova"


def _fingerprint(public: str) -> str:
    try:
        serialization.load_ssh_public_key(public.encode())
        blob = base64.b64decode(public.split()[1])
    except (ValueError, IndexError, UnsupportedAlgorithm, binascii.Error):
        raise bad_request("Keypair data is invalid: failed to generate fingerprint") from None
    return hashlib.md5(blob, usedforsecurity=False).digest().hex(":")


@ROUTES.on("GET", "/os-keypairs/{name}")
def show(compute: Compute, request: Request) -> Reply:
    """Answers one."""
    keypair = _find(compute, request)
    shown = _view(keypair, request, user=True) | {
        "created_at": times.seconds(keypair.created),
        "deleted": False,
        "deleted_at": None,
        "id": keypair.row,
        "updated_at": None,
    }
    return Reply(status=200, body={"keypair": shown})


@ROUTES.on("DELETE", "/os-keypairs/{name}")
def delete(compute: Compute, request: Request) -> Reply:
    """Deletes one."""
    keypair = _find(compute, request)
    del compute.store.keypairs[f"{keypair.user_id}/{keypair.name}"]
    return Reply(status=204 if request.version >= CREATED_SINCE else 202)


def _find(compute: Compute, request: Request) -> Keypair:
    user, name = _user(request, request.query("user_id")), request.params["name"]
    found = compute.store.keypairs.get(f"{user}/{name}")
    if found is None:
        raise not_found(f"Keypair {name} not found for user {user}")
    return found


def _user(request: Request, wanted: str | None) -> str:
    if wanted is None or request.version < USERS_SINCE:
        return request.caller.user_id
    if wanted != request.caller.user_id and not request.admin:
        raise denied(f"{_POLICY}:show")
    return wanted
