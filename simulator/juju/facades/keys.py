"""KeyManager and SSHClient: who may log in to a model's machines, and where they are."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Any

from ..errors import ApiError
from ..facade import Call, Facade, each, each_result, tags
from ..records import Machine
from ..store import machine, unit
from ..wire import untag

facade = Facade("KeyManager", 1)
ssh = Facade("SSHClient", 4)


@facade.reads("ListKeys")
def list_keys(call: Call) -> dict[str, Any]:
    """The model's keys, in full or as fingerprints."""
    full = bool(call.params.get("mode"))
    shown = [key if full else f"{fingerprint(key)} ({_comment(key)})" for key in call.model.keys]
    return each_result(tags(call.params.get("entities") or {}), lambda tag: shown)


@facade.writes("AddKeys")
def add_keys(call: Call) -> dict[str, Any]:
    """Lets keys in."""

    def one(key: str) -> None:
        print_ = fingerprint(key)
        if print_ in [fingerprint(known) for known in call.model.keys]:
            raise ApiError(f"duplicate ssh key: {key}", "already exists")
        call.model.keys.append(key.strip())

    return each(call.params["ssh-keys"], one)


@facade.writes("DeleteKeys")
def delete_keys(call: Call) -> dict[str, Any]:
    """Takes keys back, given by fingerprint or comment."""

    def one(name: str) -> None:
        left = [key for key in call.model.keys if name not in (fingerprint(key), _comment(key), key)]
        if len(left) == len(call.model.keys):
            raise ApiError(f"invalid ssh key: {name}", "not found")
        call.model.keys = left

    return each(call.params["ssh-keys"], one)


@facade.writes("ImportKeys")
def import_keys(call: Call) -> dict[str, Any]:
    """Refuses: there is no key server here."""

    def one(name: str) -> None:
        raise ApiError(f"importing keys of {name}: no key server is modelled", "not supported")

    return each(call.params["ssh-keys"], one)


@ssh.reads("PublicAddress")
@ssh.reads("PrivateAddress")
def address(call: Call) -> dict[str, Any]:
    """Where units and machines are reached."""
    return each(tags(call.params), lambda tag: {"address": _host(call, tag).address})


@ssh.reads("AllAddresses")
def addresses(call: Call) -> dict[str, Any]:
    """All addresses of units and machines."""
    return each(tags(call.params), lambda tag: {"addresses": [a["value"] for a in _host(call, tag).addresses]})


@ssh.reads("PublicKeys")
def public_keys(call: Call) -> dict[str, Any]:
    """Machines' host keys: made from their ids."""

    def one(tag: str) -> dict[str, Any]:
        seed = base64.b64encode(hashlib.sha256(_host(call, tag).nonce.encode()).digest()).decode()
        return {"public-keys": [f"ssh-ed25519 {seed}"]}

    return each(tags(call.params), one)


@ssh.reads("Proxy")
def proxy(call: Call) -> dict[str, Any]:
    """Whether SSH goes through the controller."""
    return {"use-proxy": bool(call.model.config.get("proxy-ssh"))}


def fingerprint(key: str) -> str:
    """MD5 fingerprint of a public key, as Juju shows it.

    Raises:
        ApiError: it is no public key.
    """
    parts = key.split()
    try:
        raw = base64.b64decode(parts[1] + "=" * (-len(parts[1]) % 4), validate=True)
    except (IndexError, binascii.Error):
        raise ApiError(f"invalid ssh key: {key}", "not valid") from None
    digest = hashlib.md5(raw, usedforsecurity=False).hexdigest()
    return ":".join(digest[index : index + 2] for index in range(0, len(digest), 2))


def _comment(key: str) -> str:
    return " ".join(key.split()[2:])


def _host(call: Call, tag: str) -> Machine:
    if tag.startswith("unit-"):
        return call.model.machines[unit(call.model, untag(tag, "unit")).machine]
    return machine(call.model, untag(tag, "machine"))
