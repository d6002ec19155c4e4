"""What a Vault keeps: the storage that all its units share, and each unit's seal."""

from __future__ import annotations

import secrets
import uuid
from typing import Any

import pydantic

MONTH = 2764800
"""Seconds that a token or lease lives where nobody says: 32 days."""


class Part(pydantic.BaseModel):
    """A piece of the state."""

    model_config = pydantic.ConfigDict(extra="forbid")


class Given(Part):
    """The keys that one sealed unit has been given so far."""

    nonce: str
    keys: list[str] = []


class Token(Part):
    """A token; `ttl` 0 lives for ever. Times are seconds since the epoch."""

    accessor: str
    policies: list[str]
    created: float
    ttl: int = 0
    renewed: float | None = None
    parent: str | None = None
    orphan: bool = False
    renewable: bool = False
    uses: int = 0
    display_name: str = "token"
    path: str = "auth/token/create"
    meta: dict[str, str] | None = None
    entity: str = ""

    def ends(self) -> float | None:
        """When it expires."""
        return (self.renewed or self.created) + self.ttl if self.ttl else None


class Mount(Part):
    """A secrets engine or an authentication method."""

    type: str
    accessor: str
    uuid: str
    description: str = ""
    default_ttl: int = 0
    max_ttl: int = 0
    local: bool = False
    options: dict[str, str] | None = None


class SecretId(Part):
    """A secret id of an approle."""

    role: str
    accessor: str


class Approle(Part):
    """A role that machines log in to."""

    role_id: str
    settings: dict[str, Any]


class Issued(Part):
    """A certificate (PEM) that was issued, and when it was revoked (0: never)."""

    pem: str
    revoked: float = 0


class Pki(Part):
    """A certificate authority: its certificate and key (PEM), what it has issued by serial number, and its roles."""

    certificate: str = ""
    key: str = ""
    pending_key: str = ""
    issued: dict[str, Issued] = {}
    roles: dict[str, dict[str, Any]] = {}
    urls: dict[str, list[str]] = {"issuing_certificates": [], "crl_distribution_points": [], "ocsp_servers": []}


class State(Part):
    """All of it.

    `unsealed`, `given` and `joined` (of a raft cluster) are by unit, `elected` is when a cluster has its active one. `authorised`
    and `ca` are the charm's: whether it may act, and the CA that it hands out.
    """

    initialised: bool = False
    keys: list[str] = []
    threshold: int = 0
    began: float = 0
    cluster_id: str = ""
    unsealed: list[str] = []
    given: dict[str, Given] = {}
    joined: list[str] = []
    elected: float = 0
    authorised: bool = False
    ca: str = ""
    encryptions: int = 0
    tokens: dict[str, Token] = {}
    mounts: dict[str, Mount] = {}
    auths: dict[str, Mount] = {}
    policies: dict[str, str] = {}
    audits: dict[str, dict[str, Any]] = {}
    approles: dict[str, Approle] = {}
    secret_ids: dict[str, SecretId] = {}
    pki: dict[str, Pki] = {}
    kv: dict[str, dict[str, dict[str, Any]]] = {}
    wrapped: dict[str, dict[str, Any]] = {}
    root_attempt: str = ""


def new_token() -> str:
    """A service token as Vault 1.8 makes them: "s." and 24 letters and digits."""
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    return "s." + "".join(secrets.choice(alphabet) for _ in range(24))


def new_mount(type_: str, prefix: str = "", **values: Any) -> Mount:
    """A mount with an accessor of its own."""
    return Mount(type=type_, accessor=f"{prefix}{type_}_{secrets.token_hex(4)}", uuid=str(uuid.uuid4()), **values)


def fill(state: State, shares: int, threshold: int, now: float) -> str:
    """Makes an empty state an initialised one; the result is its root token."""
    state.initialised, state.threshold, state.began = True, threshold, now
    state.keys = [secrets.token_hex(33) for _ in range(shares)]
    state.cluster_id = str(uuid.uuid4())
    state.mounts = {
        "cubbyhole/": new_mount("cubbyhole", description="per-token private secret storage", local=True),
        "identity/": new_mount("identity", description="identity store"),
        "sys/": new_mount("system", description="system endpoints used for control, policy and debugging"),
    }
    state.auths = {"token/": new_mount("token", "auth_", description="token based credentials")}
    state.policies = {"default": 'path "auth/token/lookup-self" { capabilities = ["read"] }'}
    token = new_token()
    accessor = new_token()[2:]
    state.tokens[token] = Token(
        accessor=accessor, policies=["root"], created=now, orphan=True, display_name="root", path="auth/token/root"
    )
    return token
