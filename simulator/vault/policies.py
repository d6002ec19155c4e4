"""Policies: which paths a token may do what to."""

from __future__ import annotations

from ..openstack.call import Call, Reply
from . import answers
from .answers import NONE, Refusal
from .server import Server


def listed(server: Server, call: Call) -> Reply:
    """LIST sys/policies/acl."""
    return answers.framed({"keys": sorted({*_policies(server), "root"})})


def read(server: Server, call: Call, name: str) -> Reply:
    """GET sys/policies/acl/NAME."""
    return answers.framed({"name": name, "policy": _text(server, name)})


def read_old(server: Server, call: Call, name: str) -> Reply:
    """GET sys/policy/NAME."""
    return answers.framed({"name": name, "rules": _text(server, name)}, above=True)


def write(server: Server, call: Call, name: str) -> Reply:
    """PUT sys/policies/acl/NAME."""
    text = str(server.asked(call).get("policy", ""))
    if text.count("{") > text.count("}"):
        lines = text.splitlines() or [""]
        raise Refusal(
            400, f"failed to parse policy: At {len(lines)}:{len(lines[-1]) + 2}: object expected closing RBRACE got: EOF"
        )
    _policies(server)[name] = text
    return NONE


def remove(server: Server, call: Call, name: str) -> Reply:
    """DELETE sys/policies/acl/NAME."""
    _policies(server).pop(name, None)
    return NONE


def _policies(server: Server) -> dict[str, str]:
    return server.state.policies


def _text(server: Server, name: str) -> str:
    if name not in _policies(server):
        raise Refusal(404)
    return _policies(server)[name]
