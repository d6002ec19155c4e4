"""LXD profiles: config and devices that instances share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pulumi
import pydantic

from clients import lxd as client

from .._base import Props, is_unknown
from . import _devices
from ._lxd import DEFAULT_PROJECT, LxdResource
from ._object import Body, ObjectInputs, ObjectProvider

DEFAULT = "default"


class ProfileInputs(ObjectInputs):
    """A profile."""

    project: str = DEFAULT_PROJECT
    devices: _devices.Devices = pydantic.Field(default_factory=list)


class ProfileProvider(ObjectProvider[ProfileInputs]):
    """Profiles. The one named `default` is LXD's own in every project: it is filled on create and emptied on delete."""

    inputs = ProfileInputs
    replace_on = frozenset({"name", "project", "remote"})
    collection = ("profiles",)
    noun = "profile"

    def editable(self, inputs: ProfileInputs) -> Body:
        return {"description": inputs.description, "devices": _devices.to_lxd(inputs.devices)}

    def seen(self, actual: client.Object, old: ProfileInputs) -> dict[str, Any]:
        asked = [device.model_dump() for device in old.devices]
        return {"description": actual.description, "devices": _devices.from_lxd(actual.devices, asked)}

    def same(self, name: str, old: Any, new: Any) -> bool:
        return _devices.same(old, new) if name == "devices" else super().same(name, old, new)

    def objections(self, lxd: client.Lxd, news: Props) -> Iterator[tuple[str, str]]:
        if news.get("name") != DEFAULT or is_unknown(news.get("project")):
            return
        project = news.get("project", DEFAULT_PROJECT)
        found = lxd.find("projects", project)
        if project == DEFAULT_PROJECT or (found and found.config.get("features.profiles") == "false"):
            yield "name", f"the profile {DEFAULT!r} of project {project!r} is shared by everybody on this server; name another"

    def _put_back(self, actual: client.Object) -> Body:
        return {"description": actual.description, "devices": {name: dict(d) for name, d in actual.devices.items()}}


class Profile(LxdResource, module="lxd", name="Profile"):
    """A profile."""

    provider_class = ProfileProvider
    name: pulumi.Output[str]
    description: pulumi.Output[str]
    config: pulumi.Output[dict[str, str]]
    devices: pulumi.Output[list[dict[str, Any]]]
    project: pulumi.Output[str]
    remote: pulumi.Output[str | None]
