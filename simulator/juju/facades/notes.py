"""Annotations: notes on entities, that Juju itself does not read."""

from __future__ import annotations

from typing import Any

from .. import store
from ..errors import ApiError
from ..facade import Call, Facade, each, tags
from ..wire import untag

facade = Facade("Annotations", 2)


@facade.reads("Get")
def get(call: Call) -> dict[str, Any]:
    """The notes on entities."""

    def one(tag: str) -> dict[str, Any]:
        try:
            _check(call, tag)
        except ApiError as exc:
            return {"entity": tag, "annotations": {}, "error": {"error": exc.wire()}}
        return {"entity": tag, "annotations": call.model.annotations.get(tag, {}), "error": {}}

    return each(tags(call.params), one)


@facade.writes("Set")
def put(call: Call) -> dict[str, Any]:
    """Writes notes; an empty one is taken off."""

    def one(asked: dict[str, Any]) -> None:
        _check(call, asked["entity"])
        notes = call.model.annotations.get(asked["entity"], {}) | asked["annotations"]
        call.model.annotations[asked["entity"]] = {key: text for key, text in notes.items() if text}

    return each(call.params["annotations"], one)


def _check(call: Call, tag: str) -> None:
    kind = tag.partition("-")[0]
    finders = {"application": store.application, "unit": store.unit, "machine": store.machine}
    if kind in finders:
        finders[kind](call.model, untag(tag, kind))
    elif kind != "model" or untag(tag, "model") != call.model.uuid:
        raise ApiError(f'"{tag}" does not support annotations', "not found")
