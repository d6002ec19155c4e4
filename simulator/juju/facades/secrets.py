"""Secrets: user secrets of a model."""

from __future__ import annotations

import secrets
from typing import Any

from .. import store
from ..errors import ApiError, not_found
from ..facade import Call, Facade, each, each_result
from ..records import Secret
from ..wire import time
from .secretbackends import backend_of

facade = Facade("Secrets", 1, 2)
_ALPHABET = "0123456789abcdefghijklmnopqrstuv"


@facade.writes("CreateSecrets")
def create(call: Call) -> dict[str, Any]:
    """Keeps new secrets; the answer is their URI."""

    def one(asked: dict[str, Any]) -> str:
        label = asked.get("label") or ""
        if label and any(found.label == label for found in call.model.secrets.values()):
            raise ApiError(f'secret with label "{label}" already exists', "already exists")
        now = call.parts.clock.now()
        number = "c" + "".join(secrets.choice(_ALPHABET) for _ in range(19))
        data = (asked.get("content") or {}).get("data") or {}
        if not data:
            raise ApiError("empty secret value not valid", "not valid")
        description = asked.get("description") or ""
        new = Secret(id=number, label=label, description=description, revisions=[data], created=now, updated=now)
        call.model.secrets[number] = new
        return f"secret:{number}"

    return each_result(call.params["args"], one, result="")


@facade.writes("UpdateSecrets")
def update(call: Call) -> dict[str, Any]:
    """Changes secrets; new content is a new revision."""

    def one(asked: dict[str, Any]) -> None:
        found = _find(call, asked.get("uri"), asked.get("existing-label"))
        data = (asked.get("content") or {}).get("data")
        if data and data != found.revisions[-1]:
            found.revisions.append(data)
        given = {name: asked[name] for name in ("label", "description") if asked.get(name) is not None}  # "" is a value
        found.label = given.get("label", found.label)
        found.description = given.get("description", found.description)
        found.updated = call.parts.clock.now()

    return each(call.params["args"], one)


@facade.writes("RemoveSecrets")
def remove(call: Call) -> dict[str, Any]:
    """Forgets secrets."""

    def one(asked: dict[str, Any]) -> None:
        del call.model.secrets[_find(call, asked.get("uri"), asked.get("label")).id]

    return each(call.params["args"], one)


@facade.reads("ListSecrets")
def list_secrets(call: Call) -> dict[str, Any]:
    """The model's secrets, with content if asked."""
    wanted = call.params.get("filter") or {}
    show = bool(call.params.get("show-secrets"))
    uri, label = (wanted.get("uri") or "").removeprefix("secret:"), wanted.get("label")
    found = [s for s in call.model.secrets.values() if uri in ("", s.id) and label in (None, "", s.label)]
    return {"results": [_wire(call, secret, show) for secret in found]}


@facade.writes("GrantSecret")
def grant(call: Call) -> dict[str, Any]:
    """Lets applications read a secret."""
    found = _find(call, call.params.get("uri"), call.params.get("label"))

    def one(name: str) -> None:
        store.application(call.model, name)
        if name not in found.grants:
            found.grants.append(name)

    return each(call.params["applications"], one)


@facade.writes("RevokeSecret")
def revoke(call: Call) -> dict[str, Any]:
    """Takes that back."""
    found = _find(call, call.params.get("uri"), call.params.get("label"))

    def one(name: str) -> None:
        found.grants = [granted for granted in found.grants if granted != name]

    return each(call.params["applications"], one)


def _find(call: Call, uri: str | None, label: str | None) -> Secret:
    number = (uri or "").removeprefix("secret:")
    for found in call.model.secrets.values():
        if (number and found.id == number) or (not number and label and found.label == label):
            return found
    raise not_found("secret", number or label or "")


def _wire(call: Call, secret: Secret, show: bool) -> dict[str, Any]:
    created, updated = time(secret.created), time(secret.updated)
    revisions = [
        {
            "revision": index,
            "backend-name": backend_of(call.controller, call.model),
            "create-time": created,
            "update-time": updated,
        }
        for index in range(1, len(secret.revisions) + 1)
    ]
    shown = {
        "uri": f"secret:{secret.id}",
        "version": 1,
        "owner-tag": f"model-{call.model.uuid}",
        "description": secret.description,
        "label": secret.label,
        "latest-revision": len(secret.revisions),
        "latest-revision-checksum": "",
        "create-time": created,
        "update-time": updated,
        "revisions": revisions,
        "access": [
            {"target-tag": f"application-{name}", "scope-tag": f"model-{call.model.uuid}", "role": "view"}
            for name in secret.grants
        ],
    }
    return shown | ({"value": {"data": secret.revisions[-1]}} if show else {})
