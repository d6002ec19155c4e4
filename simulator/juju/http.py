"""What a controller answers over HTTPS beside its websockets: uploads of local charms and resources.

A local charm is a zip archive; its metadata.yaml (or charmcraft.yaml), config.yaml and actions.yaml say what it is.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import zipfile
from collections.abc import Mapping
from typing import Any

import yaml
from aiohttp import web

from . import store
from .errors import ApiError
from .parts import Parts
from .records import Controller, Model

_ROLES = {"provides": "provider", "requires": "requirer", "peers": "peer"}


class Uploads:
    """POST /model/UUID/charms, PUT /model/UUID/applications/APP/resources/NAME, for one controller."""

    def __init__(self, parts: Parts, controller: str) -> None:
        self._parts = parts
        self._controller = controller

    def routes(self) -> list[web.RouteDef]:
        """The routes."""
        return [
            web.post("/model/{model}/charms", self._charm),
            web.put("/model/{model}/applications/{application}/resources/{resource}", self._resource),
        ]

    async def _charm(self, request: web.Request) -> web.Response:
        try:
            model = self._enter(request)
            facts = read_charm(await request.read())
        except ApiError as exc:
            return _refusal(exc)
        series = request.query.get("series", "")
        number = store.next_number(model, f"charmrev-local:{series}/{facts['name']}")
        url = "local:" + (f"{series}/" if series else "") + f"{facts['name']}-{number}"
        model.local_charms[url] = facts
        model.charms.append(url)
        self._record(request, 200)
        return web.json_response({"charm-url": url})

    async def _resource(self, request: web.Request) -> web.Response:
        try:
            model = self._enter(request)
            app = store.application(model, request.match_info["application"])
            name = request.match_info["resource"]
            if name not in app.resources:
                raise ApiError(f'resource "{name}" not found', "not found")
        except ApiError as exc:
            return _refusal(exc)
        content = await request.read()
        digest = hashlib.sha384(content)
        if request.headers.get("Content-Sha384", digest.hexdigest()) != digest.hexdigest():
            return _refusal(ApiError("resource fingerprint does not match its content", "bad request"))
        revision = int(app.resources[name]["revision"]) + 1
        fingerprint = list(digest.digest())
        app.resources[name] |= {"origin": "upload", "revision": revision, "size": len(content), "fingerprint": fingerprint}
        for unit in store.units_of(model, app.name):
            if unit.started and not unit.stopping:
                self._parts.hooks.add(model, unit, "upgrade-charm")
        self._record(request, 200)
        return web.json_response({"resource": {"name": name, "revision": revision, "size": len(content)}})

    def _enter(self, request: web.Request) -> Model:
        controller = self._parts.store.controllers.get(self._controller)
        user = _basic(request.headers.get("Authorization", ""))
        if controller is None or not _known(controller, user):
            raise ApiError("invalid entity name or password", "unauthorized access")
        uuid = request.match_info["model"]
        if uuid not in controller.models:
            raise ApiError(f'unknown model: "{uuid}"', "model not found")
        return controller.models[uuid]

    def _record(self, request: web.Request, status: int) -> None:
        self._parts.requests.record(request.method, request.path, mutates=True, status=status)
        self._parts.changed()


def read_charm(content: bytes) -> dict[str, Any]:
    """A local charm's facts, in the form of charms.json and with its name.

    Raises:
        ApiError: it is not a charm.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = {name: yaml.safe_load(archive.read(name)) or {} for name in archive.namelist() if name.endswith(".yaml")}
    except (zipfile.BadZipFile, yaml.YAMLError) as exc:
        raise ApiError(f"cannot read charm archive: {exc}", "bad request") from exc
    meta = files.get("metadata.yaml") or files.get("charmcraft.yaml") or {}
    if "name" not in meta:
        raise ApiError('cannot read charm archive: archive file "metadata.yaml" not found', "bad request")
    options = (files.get("config.yaml") or meta.get("config") or {}).get("options") or {}
    actions = files.get("actions.yaml") or meta.get("actions") or {}
    return {
        "name": meta["name"],
        "subordinate": bool(meta.get("subordinate")),
        "reactive": False,
        "default-track": "",
        "tracks": {},
        "endpoints": {name: end for side, role in _ROLES.items() for name, end in _ends(meta.get(side) or {}, role)},
        "extra-bindings": list(meta.get("extra-bindings") or {}),
        "options": {name: [option.get("type", "string"), option.get("default")] for name, option in options.items()},
        "actions": {name: _action(facts or {}) for name, facts in actions.items()},
        "storage": {name: {"type": found["type"], "minimum-size": "", "multiple": "0-"} for name, found in
                    (meta.get("storage") or {}).items()},
        "bases": _bases(files.get("manifest.yaml") or {}),
        "resources": {name: found.get("type", "file") for name, found in (meta.get("resources") or {}).items()},
    }  # fmt: skip


def _bases(manifest: Mapping[str, Any]) -> list[str]:
    """The bases of a manifest: "ubuntu@24.04"."""
    return [f"{base['name']}@{str(base['channel']).partition('/')[0]}" for base in manifest.get("bases") or []]


def _ends(side: Mapping[str, Any], role: str) -> list[tuple[str, list[str]]]:
    found = []
    for name, end in side.items():
        facts = end if isinstance(end, dict) else {"interface": end}
        found.append((name, [role, facts["interface"], *(["container"] if facts.get("scope") == "container" else [])]))
    return found


def _action(facts: Mapping[str, Any]) -> dict[str, list[str]]:
    return {"params": list(facts.get("params") or {}), "required": list(facts.get("required") or [])}


def _basic(header: str) -> tuple[str, str]:
    kind, _, encoded = header.partition(" ")
    try:
        name, _, password = base64.b64decode(encoded).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return (name.removeprefix("user-"), password) if kind.lower() == "basic" else ("", "")


def _known(controller: Controller, login: tuple[str, str]) -> bool:
    user = controller.users.get(login[0])
    return user is not None and not user.disabled and store.check_password(user, login[1])


def _refusal(exc: ApiError) -> web.Response:
    statuses = {"unauthorized access": 401, "not found": 404, "model not found": 404}
    body = {"error": exc.message, "error-code": exc.code}
    return web.json_response(body, status=statuses.get(exc.code, 400))
