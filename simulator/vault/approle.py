"""Approles: how charms log in."""

from __future__ import annotations

import uuid
from typing import Any

from ..openstack.call import Call, Reply
from . import answers, tokens
from .answers import NONE, Refusal
from .durations import seconds
from .server import Server
from .state import MONTH, Approle, SecretId, Token

_DURATIONS = ("token_ttl", "token_max_ttl", "secret_id_ttl", "token_period", "token_explicit_max_ttl")


def write(server: Server, call: Call, name: str) -> Reply:
    """POST auth/approle/role/NAME."""
    save(server, name, server.asked(call))
    return NONE


def save(server: Server, name: str, asked: dict[str, Any]) -> Approle:
    """Makes or changes a role."""
    role = server.state.approles.setdefault(name, Approle(role_id=str(uuid.uuid4()), settings={}))
    policies = asked.get("token_policies") or asked.get("policies") or []
    bound = [str(cidr).removesuffix("/32") for cidr in asked.get("token_bound_cidrs") or []]
    role.settings = {
        "bind_secret_id": str(asked.get("bind_secret_id", True)).lower() in ("true", "1"),
        "local_secret_ids": False,
        "secret_id_bound_cidrs": None,
        "secret_id_num_uses": 0,
        "token_bound_cidrs": bound,
        "token_no_default_policy": False,
        "token_num_uses": 0,
        "token_policies": list(policies),
        "token_type": "default",
        **{key: seconds(asked.get(key)) for key in _DURATIONS},
    }
    if "policies" in asked:
        role.settings["policies"] = list(asked["policies"])
    return role


def read(server: Server, call: Call, name: str) -> Reply:
    """GET auth/approle/role/NAME."""
    return answers.framed(dict(_role(server, name).settings))


def listed(server: Server, call: Call) -> Reply:
    """LIST auth/approle/role."""
    if not server.state.approles:
        raise Refusal(404)
    return answers.framed({"keys": sorted(server.state.approles)})


def remove(server: Server, call: Call, name: str) -> Reply:
    """DELETE auth/approle/role/NAME."""
    server.state.approles.pop(name, None)
    return NONE


def role_id(server: Server, call: Call, name: str) -> Reply:
    """GET auth/approle/role/NAME/role-id."""
    return answers.framed({"role_id": _role(server, name).role_id})


def secret_id(server: Server, call: Call, name: str) -> Reply:
    """POST auth/approle/role/NAME/secret-id."""
    _role(server, name)
    made, accessor = str(uuid.uuid4()), str(uuid.uuid4())
    server.state.secret_ids[made] = SecretId(role=name, accessor=accessor)
    return answers.framed({"secret_id": made, "secret_id_accessor": accessor, "secret_id_ttl": 0})


def login(server: Server, call: Call) -> Reply:
    """POST auth/approle/login."""
    asked = server.asked(call)
    name = next((n for n, role in server.state.approles.items() if role.role_id == asked.get("role_id")), None)
    if name is None:
        raise Refusal(400, "invalid role ID")
    settings = server.state.approles[name].settings
    known = server.state.secret_ids.get(str(asked.get("secret_id", "")))
    if settings["bind_secret_id"] and (known is None or known.role != name):
        raise Refusal(400, "invalid secret id")
    token = Token(
        accessor=str(uuid.uuid4()),
        policies=sorted({"default", *settings["token_policies"]}),
        created=server.now,
        ttl=settings["token_ttl"] or MONTH,
        orphan=True,
        renewable=True,
        display_name="approle",
        path="auth/approle/login",
        meta={"role_name": name},
        entity=str(uuid.uuid4()),
    )
    return answers.framed(auth=tokens.added(server, token))


def _role(server: Server, name: str) -> Approle:
    if name not in server.state.approles:
        raise Refusal(404)
    return server.state.approles[name]
