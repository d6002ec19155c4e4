"""The seal: health, initialising, unsealing, sealing. These answer whether Vault is open or not."""

from __future__ import annotations

import base64
import binascii
import secrets
import uuid
from typing import Any

from ..openstack.call import Call, Reply
from . import answers
from .answers import NONE, Refusal
from .server import Server
from .state import Given, fill
from .tokens import moment

VERSION = "1.8.12"
ELECTION = 8.0
"""Seconds until a cluster that was all sealed has an active unit again."""
_NEVER = "0001-01-01T00:00:00Z"


def health(server: Server, call: Call) -> Reply:
    """GET or HEAD sys/health: the status says how it stands, unless the query wants another."""
    state, known = server.state, server.initialised
    standby = not server.active
    body: dict[str, Any] = {
        "initialized": known,
        "sealed": server.sealed,
        "standby": standby,
        "performance_standby": False,
        "replication_performance_mode": "unknown" if standby else "disabled",
        "replication_dr_mode": "unknown" if standby else "disabled",
        "server_time_utc": int(server.now),
        "version": VERSION,
    }
    if not server.sealed:
        body |= _cluster(state.cluster_id)
    reply = answers.plain(body, _health_status(server, call))
    return Reply(status=reply.status, headers={"Content-Type": "application/json"}) if call.method == "HEAD" else reply


def _health_status(server: Server, call: Call) -> int:
    if not server.initialised:
        return int(call.query.get("uninitcode", 501))
    if server.sealed:
        return int(call.query.get("sealedcode", 503))
    if not server.active:
        good = str(call.query.get("standbyok", "")).lower() in ("true", "1", "t")
        return 200 if good else int(call.query.get("standbycode", 429))
    return int(call.query.get("activecode", 200))


def initialised(server: Server, call: Call) -> Reply:
    """GET sys/init."""
    return answers.plain({"initialized": server.initialised})


def initialise(server: Server, call: Call) -> Reply:
    """PUT sys/init: keys and root token, once ever."""
    asked = server.asked(call)
    shares, threshold = int(asked.get("secret_shares") or 0), int(asked.get("secret_threshold") or 0)
    if server.initialised:
        raise Refusal(400, "Vault is already initialized")
    if problem := _impossible(shares, threshold):
        raise Refusal(400, f"invalid seal configuration: {problem}")
    state = server.state
    token = fill(state, shares, threshold, server.now)
    state.joined = [server.unit]
    encoded = [base64.b64encode(bytes.fromhex(key)).decode() for key in state.keys]
    return answers.plain({"keys": list(state.keys), "keys_base64": encoded, "root_token": token})


def _impossible(shares: int, threshold: int) -> str:
    if shares < 1:
        return "shares must be at least one"
    if threshold < 1:
        return "threshold must be at least one"
    if shares > 1 and threshold == 1:
        return "threshold must be greater than one for multiple shares"
    if threshold > shares:
        return "threshold cannot be larger than shares"
    return ""


def status(server: Server, call: Call) -> Reply:
    """GET sys/seal-status."""
    return answers.plain(_status(server))


def unseal(server: Server, call: Call) -> Reply:
    """PUT sys/unseal: one key at a time; the last one opens this unit, and this unit alone."""
    asked = server.asked(call)
    state, unit = server.state, server.unit
    if not server.initialised:
        raise Refusal(400, "Vault is not initialized")
    if asked.get("reset"):
        state.given.pop(unit, None)
        return status(server, call)
    if not asked.get("key"):
        raise Refusal(400, "'key' must be specified in request body as JSON, or 'reset' set to true")
    key = _decoded(str(asked["key"]))
    if not server.sealed:
        return status(server, call)
    given = state.given.setdefault(unit, Given(nonce=str(uuid.uuid4())))
    if key not in given.keys:
        given.keys.append(key)
    if len(given.keys) < state.threshold:
        return status(server, call)
    follows = server.clustered and server.has_active
    before = _status(server) | {"progress": 0, "nonce": ""}
    _open(server, state.given.pop(unit))
    return answers.plain(before if follows else _status(server))  # one that follows opens a moment after its answer


def _open(server: Server, given: Given) -> None:
    if not set(given.keys) <= set(server.state.keys):
        words = "unable to retrieve stored keys: failed to decrypt keys from storage: cipher: message authentication failed"
        raise Refusal(500, words)
    if server.clustered and not server.has_active:
        server.state.elected = server.now + ELECTION
    server.state.unsealed.append(server.unit)


def _decoded(key: str) -> str:
    """A key in hexadecimal, whichever way it came."""
    try:
        return bytes.fromhex(key).hex()
    except ValueError:
        pass
    try:
        return base64.b64decode(key, validate=True).hex()
    except (binascii.Error, ValueError):
        raise Refusal(400, "'key' must be a valid hex or base64 string") from None


def seal(server: Server, call: Call) -> Reply:
    """PUT sys/seal."""
    if not server.sealed:
        server.authorise(call, "sys/seal")
        server.state.unsealed.remove(server.unit)
    return NONE


def leader(server: Server, call: Call) -> Reply:
    """GET sys/leader."""
    body: dict[str, Any] = {
        "ha_enabled": server.clustered and not server.sealed,
        "is_self": server.clustered and server.active,
        "active_time": moment(server.state.began) if server.clustered and server.active else _NEVER,
        "leader_address": "",
        "leader_cluster_address": "",
        "performance_standby": False,
        "performance_standby_last_remote_wal": 0,
    }
    if server.clustered and not server.sealed:
        host = server.address_of_active()
        body |= {"leader_address": f"http://{host}:8200", "leader_cluster_address": f"https://{host}:8201"}
        if server.storage == "raft":
            body |= {"raft_committed_index": 30, "raft_applied_index": 30}
    return answers.plain(body)


def join(server: Server, call: Call) -> Reply:
    """POST sys/storage/raft/join: a member without data becomes one of the cluster."""
    if server.unit not in server.state.joined:
        server.state.joined.append(server.unit)
    return answers.plain({"joined": True})


def root_attempt(server: Server, call: Call) -> Reply:
    """GET, PUT and DELETE sys/generate-root/attempt, as far as starting and cancelling goes."""
    state = server.state
    server.must_be_open()
    if call.method == "DELETE":
        state.root_attempt = ""
        return NONE
    otp = ""
    if call.method != "GET":
        if state.root_attempt:
            raise Refusal(400, "root generation already in progress")
        state.root_attempt, otp = str(uuid.uuid4()), secrets.token_urlsafe(20)[:26]
    return answers.plain(
        {
            "nonce": state.root_attempt,
            "started": bool(state.root_attempt),
            "progress": 0,
            "required": state.threshold,
            "complete": False,
            "encoded_token": "",
            "encoded_root_token": "",
            "pgp_fingerprint": "",
            "otp": otp,
            "otp_length": 26,
        }
    )


def rekey_status(server: Server, call: Call) -> Reply:
    """GET sys/rekey/init: none is under way."""
    server.must_be_open()
    return answers.plain(
        {
            "nonce": "",
            "started": False,
            "t": 0,
            "n": 0,
            "progress": 0,
            "required": server.state.threshold,
            "pgp_fingerprints": None,
            "backup": False,
            "verification_required": False,
        }
    )


def key_status(server: Server, call: Call) -> Reply:
    """GET sys/key-status."""
    state = server.state
    data = {"term": 1, "install_time": moment(state.began), "encryptions": state.encryptions}
    return answers.framed(data, above=True)


def _status(server: Server) -> dict[str, Any]:
    state, known = server.state, server.initialised
    given = state.given.get(server.unit) if known else None
    body: dict[str, Any] = {
        "type": "shamir",
        "initialized": known,
        "sealed": server.sealed,
        "t": state.threshold if known else 0,
        "n": len(state.keys) if known else 0,
        "progress": len(given.keys) if given else 0,
        "nonce": given.nonce if given else "",
        "version": VERSION,
        "migration": False,
        "recovery_seal": False,
        "storage_type": server.storage,
    }
    return body if server.sealed else body | _cluster(state.cluster_id)


def _cluster(id_: str) -> dict[str, str]:
    return {"cluster_name": f"vault-cluster-{id_[:8]}", "cluster_id": id_}
