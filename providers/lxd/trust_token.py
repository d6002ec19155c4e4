"""Tokens by which a client gains LXD's trust once."""

from __future__ import annotations

import base64
import datetime
import json
from collections.abc import Mapping
from typing import Any, Literal

import pulumi
import pydantic

from clients import lxd as client

from .._base import ExpectedError, Found, Made, Props
from ._lxd import LxdInputs, LxdProvider, LxdResource, identity

_OUTPUTS = ("token", "expires_at", "operation_id")


class TrustTokenInputs(LxdInputs):
    """A token. Used up or expired, it is made anew with trigger "always", and left alone with "once"."""

    name: str
    projects: list[str] = pydantic.Field(default_factory=list)
    trigger: Literal["once", "always"] = "once"


class TrustTokenProvider(LxdProvider[TrustTokenInputs]):
    """Tokens; LXD keeps one as an operation that runs until somebody uses it."""

    inputs = TrustTokenInputs
    computed = _OUTPUTS
    secret = frozenset({"token"})
    replace_on = frozenset(TrustTokenInputs.model_fields)

    def make(self, inputs: TrustTokenInputs) -> Made:
        lxd = self.lxd(inputs.remote)
        for stale in _pending(lxd, inputs.name):  # of an interrupted create: what it answered is lost
            lxd.remove("operations", stale.id)
        body = {"type": "client", "name": inputs.name, "token": True}
        body |= {"projects": inputs.projects, "restricted": bool(inputs.projects)}
        made = lxd.create("certificates", body=body)
        if made is None:
            raise ExpectedError(f"LXD at {lxd.remote.where} answered without a token for {inputs.name}")
        outputs = {"token": _encoded(made), "expires_at": _expiry(made), "operation_id": made.id}
        return Made(id=identity(inputs.remote, inputs.name), outputs=outputs)

    def fetch(self, id_: str, old: Props) -> Found | None:
        inputs = self.parse(old)
        pending = {operation.id for operation in _pending(self.lxd(inputs.remote), inputs.name)}
        if inputs.trigger == "always" and old.get("operation_id") not in pending:
            return None
        return Found(inputs={})

    def change(self, id_: str, old: Props, inputs: TrustTokenInputs) -> Mapping[str, Any]:
        """Never called with a difference: every input replaces."""
        return {}

    def remove(self, id_: str, old: Props) -> None:
        inputs = self.parse(old)
        lxd = self.lxd(inputs.remote)
        if old.get("operation_id") in {operation.id for operation in _pending(lxd, inputs.name)}:
            lxd.remove("operations", str(old["operation_id"]))


def _pending(lxd: client.Lxd, name: str) -> list[client.Operation]:
    """The tokens of this name that nobody has used yet."""
    tokens = [operation for operation in lxd.operations() if operation.kind == "token" and not operation.done]
    return [token for token in tokens if (token.metadata.get("request") or {}).get("name") == name]


def _encoded(made: client.Operation) -> str:
    """The token as `lxc` shows it and clients take it: base64 of JSON."""
    fields = {
        "client_name": made.metadata["request"]["name"],
        "fingerprint": made.metadata["fingerprint"],
        "addresses": made.metadata["addresses"],
        "secret": made.metadata["secret"],
        "expires_at": made.metadata.get("expiresAt") or "0001-01-01T00:00:00Z",
    }
    return base64.b64encode(json.dumps(fields).encode()).decode()


def _expiry(made: client.Operation) -> str:
    text = str(made.metadata.get("expiresAt") or "")
    if not text or text.startswith("0001"):
        return ""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).strftime("%Y/%m/%d %H:%M %Z")


class TrustToken(LxdResource, module="lxd", name="TrustToken"):
    """A token for one client."""

    provider_class = TrustTokenProvider
    name: pulumi.Output[str]
    projects: pulumi.Output[list[str]]
    trigger: pulumi.Output[str]
    token: pulumi.Output[str]
    expires_at: pulumi.Output[str]
    operation_id: pulumi.Output[str]
    remote: pulumi.Output[str | None]
