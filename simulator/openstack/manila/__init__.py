"""Manila: its versions, types of shares, and that there are no shares yet.

Owns: types with their extra specs. Does not own: making shares; that is answered 501.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from ..call import Call, NotModelled, Refusal, Reply
from ..cloud import Cloud
from ..routing import Router
from ..versions import Area as Versions

__all__ = ["Area"]

REQUIRED = "driver_handles_share_servers"
_BOOLEANS = frozenset({"true", "false", "1", "0", "t", "f", "yes", "no", "on", "off", "y", "n"})
_PREFIX = "/v2/types"
_MICROVERSIONS = {"min_version": "2.0", "version": "2.85"}


class Area(Versions):
    """The service of shares."""

    def __init__(self, cloud: Cloud) -> None:
        super().__init__(cloud)
        self._types: dict[str, dict[str, Any]] = {}
        self._router = Router()
        for method, path, handler in (
            ("GET", "", self._list),
            ("POST", "", self._create),
            ("GET", "/default", self._default),
            ("GET", "/{key}", self._show),
            ("DELETE", "/{key}", self._delete),
            ("GET", "/{key}/extra_specs", self._specs),
            ("POST", "/{key}/extra_specs", self._set_specs),
            ("DELETE", "/{key}/extra_specs/{name}", self._unset_spec),
        ):
            self._router.add(method, _PREFIX + path, handler)

    async def answer(self, call: Call) -> Reply:
        """Answers a request."""
        if call.path != _PREFIX and not call.path.startswith(f"{_PREFIX}/"):
            return _with_microversions(await super().answer(call))
        token = self._cloud.identity.authorise(call)
        if call.method != "GET" and not token.is_admin:
            raise _refused(403, "forbidden", "Policy doesn't allow this action to be performed.")
        try:
            return self._router.answer(call)
        except KeyError:
            raise NotModelled from None

    def dump(self) -> dict[str, Any]:
        """The types as JSON values."""
        return {"types": self._types}

    def load(self, data: dict[str, Any]) -> None:
        """Takes dumped types back."""
        self._types = dict(data.get("types", {}))

    def _list(self, call: Call) -> Reply:
        found = [_view(each) for each in self._types.values()]
        return Reply(body={"volume_types": found, "share_types": found})

    def _create(self, call: Call) -> Reply:
        asked = (call.json() or {}).get("share_type") or {}
        name, specs = asked.get("name"), {key: str(value) for key, value in (asked.get("extra_specs") or {}).items()}
        if not name:
            raise _refused(400, "badRequest", "Type name is not valid.")
        _check(specs)
        if any(each["name"] == name for each in self._types.values()):
            raise _refused(409, "conflictingRequest", f"Share Type {name} already exists.")
        made = {"id": str(uuid.uuid4()), "name": name, "extra_specs": {"snapshot_support": "True", **specs}}
        self._types[made["id"]] = made
        return _one(made)

    def _default(self, call: Call) -> Reply:
        raise _refused(404, "itemNotFound", "Default share type not found")

    def _show(self, call: Call, key: str) -> Reply:
        return _one(self._type(key))

    def _delete(self, call: Call, key: str) -> Reply:
        del self._types[self._type(key)["id"]]
        return Reply(status=202)

    def _specs(self, call: Call, key: str) -> Reply:
        return Reply(body={"extra_specs": self._type(key)["extra_specs"]})

    def _set_specs(self, call: Call, key: str) -> Reply:
        sent = {name: str(value) for name, value in ((call.json() or {}).get("extra_specs") or {}).items()}
        kind = self._type(key)
        _check({**kind["extra_specs"], **sent})
        kind["extra_specs"] = {**kind["extra_specs"], **sent}
        return Reply(body={"extra_specs": sent})

    def _unset_spec(self, call: Call, key: str, name: str) -> Reply:
        kind = self._type(key)
        if name == REQUIRED:
            raise _refused(403, "forbidden", f"Required extra specification '{name}' can't be deleted")
        if name not in kind["extra_specs"]:
            raise _refused(404, "itemNotFound", f"Share Type {key} has no extra specs with key {name}.")
        kind["extra_specs"] = {known: value for known, value in kind["extra_specs"].items() if known != name}
        return Reply(status=202)

    def _type(self, key: str) -> dict[str, Any]:
        if key not in self._types:
            raise _refused(404, "itemNotFound", f"Share type {key} could not be found.")
        return self._types[key]


def _with_microversions(reply: Reply) -> Reply:
    """Says of the second version which of its own it has, as clients look for it."""
    found = reply.body.get("versions") or [reply.body.get("version")] if isinstance(reply.body, dict) else []
    for version in found:
        if version and version["id"] == "v2.0":
            version.update(_MICROVERSIONS)
    return reply


def _check(specs: Mapping[str, str]) -> None:
    if REQUIRED not in specs:
        raise _refused(400, "badRequest", f"Required extra specification {REQUIRED} was not found.")
    if specs[REQUIRED].lower() not in _BOOLEANS:
        raise _refused(400, "badRequest", f"Invalid value for {REQUIRED}: it must be a boolean.")


def _view(kind: Mapping[str, Any]) -> dict[str, Any]:
    required = {REQUIRED: kind["extra_specs"][REQUIRED]}
    access = {"os-share-type-access:is_public": True, "share_type_access:is_public": True}
    return {**kind, "required_extra_specs": required, **access, "description": None, "is_default": False}


def _one(kind: Mapping[str, Any]) -> Reply:
    view = _view(kind)
    return Reply(body={"share_type": view, "volume_type": view})


def _refused(status: int, word: str, message: str) -> Refusal:
    return Refusal(Reply(status=status, body={word: {"code": status, "message": message}}))
