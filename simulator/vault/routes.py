"""Which request is whose, and what must hold before it is looked at."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any, Final

from ..openstack import call as calls
from ..openstack.call import Call, Reply
from . import answers, approle, kv, mounts, pki, policies, seal, tokens
from .answers import Refusal
from .durations import seconds
from .server import Server
from .state import Token, new_token

Handler = Callable[..., Reply]
Table = tuple[tuple[str, str, Handler], ...]

ALWAYS: Final[Table] = (
    ("GET|HEAD", "sys/health", seal.health),
    ("GET", "sys/init", seal.initialised),
    ("PUT|POST", "sys/init", seal.initialise),
    ("GET", "sys/seal-status", seal.status),
    ("PUT|POST", "sys/unseal", seal.unseal),
    ("PUT|POST", "sys/seal", seal.seal),
    ("GET", "sys/leader", seal.leader),
    ("PUT|POST", "sys/storage/raft/join", seal.join),
    ("GET|PUT|POST|DELETE", "sys/generate-root/attempt", seal.root_attempt),
    ("GET", "sys/rekey/init", seal.rekey_status),
)
"""Answered whether it is open or not, and without a token."""

OPEN: Final[Table] = (("PUT|POST", "auth/approle/login", approle.login),)
"""Answered without a token."""

SELF: Final[Table] = (
    ("GET", "auth/token/lookup-self", tokens.lookup_self),
    ("POST|PUT", "auth/token/renew-self", tokens.renew_self),
    ("POST|PUT", "auth/token/revoke-self", tokens.revoke_self),
    ("POST|PUT", "sys/capabilities-self", tokens.capabilities),
)
"""What every token may."""

SYSTEM: Final[Table] = (
    ("POST|PUT", "auth/token/create", tokens.create),
    ("POST|PUT", "auth/token/lookup", tokens.lookup),
    ("POST|PUT", "auth/token/revoke", tokens.revoke),
    ("PUT|POST", "sys/step-down", lambda server, call: answers.NONE),
    ("GET", "sys/key-status", seal.key_status),
    ("LIST", "sys/policies/acl", policies.listed),
    ("GET", r"sys/policies/acl/(?P<name>[\w.-]+)", policies.read),
    ("PUT|POST", r"sys/policies/acl/(?P<name>[\w.-]+)", policies.write),
    ("DELETE", r"sys/policies/acl/(?P<name>[\w.-]+)", policies.remove),
    ("GET", r"sys/policy/(?P<name>[\w.-]+)", policies.read_old),
    ("PUT|POST", r"sys/policy/(?P<name>[\w.-]+)", policies.write),
    ("DELETE", r"sys/policy/(?P<name>[\w.-]+)", policies.remove),
    ("GET", "sys/mounts", mounts.listed),
    ("GET", r"sys/mounts/(?P<path>.+)/tune", mounts.tuning),
    ("POST|PUT", r"sys/mounts/(?P<path>.+)/tune", mounts.tune),
    ("POST|PUT", r"sys/mounts/(?P<path>.+)", mounts.enable),
    ("DELETE", r"sys/mounts/(?P<path>.+)", mounts.disable),
    ("GET", "sys/auth", mounts.methods),
    ("POST|PUT", r"sys/auth/(?P<path>.+)", mounts.enable_method),
    ("DELETE", r"sys/auth/(?P<path>.+)", mounts.disable_method),
    ("GET", "sys/audit", mounts.audits),
    ("POST|PUT", r"sys/audit/(?P<path>.+)", mounts.enable_audit),
    ("LIST", "auth/approle/role", approle.listed),
    ("GET", r"auth/approle/role/(?P<name>[\w-]+)", approle.read),
    ("POST|PUT", r"auth/approle/role/(?P<name>[\w-]+)", approle.write),
    ("DELETE", r"auth/approle/role/(?P<name>[\w-]+)", approle.remove),
    ("GET", r"auth/approle/role/(?P<name>[\w-]+)/role-id", approle.role_id),
    ("POST|PUT", r"auth/approle/role/(?P<name>[\w-]+)/secret-id", approle.secret_id),
)

PUBLIC_PKI: Final[Table] = (
    ("GET", "ca/pem", pki.ca),
    ("GET", r"cert/(?P<serial>[\w:-]+)", pki.certificate),
)
"""What anybody may read of a certificate authority."""

PKI: Final[Table] = (
    ("POST|PUT", "root/generate/internal", pki.generate_root),
    ("DELETE", "root", pki.delete_root),
    ("POST|PUT", "intermediate/generate/internal", pki.generate_intermediate),
    ("POST|PUT", "intermediate/set-signed", pki.set_signed),
    ("LIST", "certs", pki.listed),
    ("POST|PUT", "config/urls", pki.set_urls),
    ("GET", "config/urls", pki.urls),
    ("LIST", "roles", pki.roles),
    ("GET", r"roles/(?P<name>[\w-]+)", pki.read_role),
    ("POST|PUT", r"roles/(?P<name>[\w-]+)", pki.write_role),
    ("DELETE", r"roles/(?P<name>[\w-]+)", pki.remove_role),
    ("POST|PUT", r"issue/(?P<name>[\w-]+)", pki.issue),
)
KV: Final[Table] = (
    ("GET", r"(?P<path>.+)", kv.read),
    ("POST|PUT", r"(?P<path>.+)", kv.write),
    ("DELETE", r"(?P<path>.+)", kv.remove),
    ("LIST", r"(?P<path>.*)", kv.listed),
)


def answer(server: Server, call: Call) -> Reply:
    """The server's answer to a request."""
    try:
        return _answer(server, call)
    except calls.Refusal as refusal:
        return refusal.reply


def _answer(server: Server, call: Call) -> Reply:
    if not call.path.startswith("/v1/"):
        raise Refusal(404)
    path, method = call.path.removeprefix("/v1/").strip("/"), _method(call)
    if done := _tried(ALWAYS, method, path, server, call):
        return done
    server.must_be_open()
    if done := _tried(OPEN, method, path, server, call) or _of_mount(server, call, path, {"pki": PUBLIC_PKI}):
        return done
    return _with_token(server, call, path)


def _with_token(server: Server, call: Call, path: str) -> Reply:
    method = _method(call)
    if method not in ("GET", "HEAD", "LIST", "POST", "PUT", "DELETE"):
        raise Refusal(405)
    if done := _tried(SELF, method, path, server, call):
        return done
    server.authorise(call, path)
    server.state.encryptions += method != "GET"
    done = _tried(SYSTEM, method, path, server, call) or _of_mount(server, call, path, {"pki": PKI, "kv": KV, "generic": KV})
    if done is None:
        raise Refusal(404, f'no handler for route "{path}". route entry not found.')
    return _wrapped(server, call, done)


def _of_mount(server: Server, call: Call, path: str, tables: dict[str, Table]) -> Reply | None:
    place = next((p for p in server.state.mounts if f"{path}/".startswith(p)), None)
    if place is None or server.state.mounts[place].type not in tables:
        return None
    rest = path[len(place) :]
    return _tried(tables[server.state.mounts[place].type], _method(call), rest, server, call, mount=place)


def _tried(table: Table, method: str, path: str, server: Server, call: Call, **more: Any) -> Reply | None:
    for methods, pattern, handler in table:
        found = re.fullmatch(pattern, path) if method in methods.split("|") else None
        if found:
            return handler(server, call, **more, **found.groupdict())
    return None


def _method(call: Call) -> str:
    """GET with ?list=true is how LIST goes through what doesn't know LIST."""
    return "LIST" if call.method == "GET" and call.query.get("list") == "true" else call.method


def _wrapped(server: Server, call: Call, reply: Reply) -> Reply:
    """An answer behind a token that reads it once, where the request wants that."""
    ttl = seconds(call.headers.get("X-Vault-Wrap-TTL"))
    if not ttl or reply.status != 200:
        return reply
    token = Token(accessor=str(uuid.uuid4()), policies=["response-wrapping"], created=server.now, ttl=ttl, uses=1)
    name = new_token()
    server.state.tokens[name], server.state.wrapped[name] = token, dict(reply.body)
    info = {
        "token": name,
        "accessor": token.accessor,
        "ttl": ttl,
        "creation_time": tokens.moment(server.now),
        "creation_path": call.path.removeprefix("/v1/"),
    }
    empty = {"request_id": "", "lease_id": "", "renewable": False, "lease_duration": 0, "data": None}
    return answers.plain({**empty, "wrap_info": info, "warnings": None, "auth": None})
