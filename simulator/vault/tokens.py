"""Tokens: made, looked up, renewed, revoked."""

from __future__ import annotations

import datetime
from typing import Any

from ..openstack.call import Call, Reply
from . import answers
from .answers import NONE, Refusal
from .durations import seconds
from .server import Server
from .state import MONTH, Token, new_token


def create(server: Server, call: Call) -> Reply:
    """POST auth/token/create: a child of the request's token."""
    asked = server.asked(call)
    name, parent = server.token_of(call)
    ttl = seconds(asked.get("ttl"))
    policies = list(asked.get("policies") or parent.policies)
    root = policies == ["root"]
    orphan = bool(asked.get("no_parent"))
    token = Token(
        accessor=new_token()[2:],
        policies=policies if root else sorted({*policies, *([] if asked.get("no_default_policy") else ["default"])}),
        created=server.now,
        ttl=ttl or (0 if root else MONTH),
        parent=None if orphan else name,
        orphan=orphan,
        renewable=bool(asked.get("renewable", True)) and (bool(ttl) or not root),
        uses=int(asked.get("num_uses") or 0),
        display_name=_display_name(asked),
        meta=asked.get("meta"),
    )
    return answers.framed(auth=added(server, token))


def _display_name(asked: dict[str, Any]) -> str:
    given = str(asked.get("display_name") or "")
    return f"token-{given}" if given and given != "token" else "token"


def added(server: Server, token: Token) -> dict[str, Any]:
    """Keeps a new token; the result is what a reply says of it."""
    name = new_token()
    server.state.tokens[name] = token
    return described(name, token)


def described(name: str, token: Token) -> dict[str, Any]:
    """A token as the one who gets it sees it."""
    return {
        "client_token": name,
        "accessor": token.accessor,
        "policies": token.policies,
        "token_policies": token.policies,
        "metadata": token.meta,
        "lease_duration": token.ttl,
        "renewable": token.renewable,
        "entity_id": token.entity,
        "token_type": "service",
        "orphan": token.orphan,
    }


def lookup_self(server: Server, call: Call) -> Reply:
    """GET auth/token/lookup-self."""
    return answers.framed(_looked_up(server, *server.token_of(call)))


def lookup(server: Server, call: Call) -> Reply:
    """POST auth/token/lookup."""
    name = str(server.asked(call).get("token", ""))
    token = server.find(name)
    if token is None:
        raise Refusal(403, "bad token")
    return answers.framed(_looked_up(server, name, token))


def _looked_up(server: Server, name: str, token: Token) -> dict[str, Any]:
    ends = token.ends()
    data: dict[str, Any] = {
        "accessor": token.accessor,
        "creation_time": int(token.created),
        "creation_ttl": token.ttl,
        "display_name": token.display_name,
        "entity_id": token.entity,
        "expire_time": None if ends is None else moment(ends),
        "explicit_max_ttl": 0,
        "id": name,
        "meta": token.meta,
        "num_uses": token.uses,
        "orphan": token.orphan,
        "path": token.path,
        "policies": token.policies,
        "ttl": 0 if ends is None else round(ends - server.now),
        "type": "service",
    }
    return data if ends is None else data | {"issue_time": moment(token.created), "renewable": token.renewable}


def renew_self(server: Server, call: Call) -> Reply:
    """POST auth/token/renew-self."""
    name, token = server.token_of(call)
    if not token.renewable:
        raise Refusal(400, "lease is not renewable")
    token.ttl, token.renewed = seconds(server.asked(call).get("increment"), token.ttl), server.now
    return answers.framed(auth=described(name, token))


def revoke_self(server: Server, call: Call) -> Reply:
    """POST auth/token/revoke-self."""
    server.revoke(server.token_of(call)[0])
    return NONE


def revoke(server: Server, call: Call) -> Reply:
    """POST auth/token/revoke."""
    server.revoke(str(server.asked(call).get("token", "")))
    return NONE


def capabilities(server: Server, call: Call) -> Reply:
    """POST sys/capabilities-self; of tokens other than root only what is denied."""
    _, token = server.token_of(call)
    asked = server.asked(call)
    paths = list(asked.get("paths") or [asked.get("path", "")])
    granted = ["root"] if "root" in token.policies else ["deny"]
    return answers.framed({"capabilities": granted, **dict.fromkeys(paths, granted)}, above=True)


def moment(at: float) -> str:
    """A time as Vault writes it, to the nanosecond."""
    return datetime.datetime.fromtimestamp(at, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "000Z"
