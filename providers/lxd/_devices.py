"""Devices: a list in the program, a map by name in LXD."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

import pydantic

from .._base import Inputs
from ._config import Config

Kind = Literal[
    "none", "disk", "nic", "unix-char", "unix-block", "usb", "gpu", "infiniband", "proxy", "unix-hotplug", "tpm", "pci"
]


OWNER = "user.managed-by"
OWNED = {OWNER: "terraform-lxd-provider"}
"""Marks a device that an InstanceDevice added, so that its Instance leaves it alone; the generated SDK writes the same."""


class Device(Inputs):
    """A device of a profile or an instance."""

    name: str
    type: Kind
    properties: Config


def _unique(devices: list[Device]) -> list[Device]:
    twice = [name for name, count in Counter(device.name for device in devices).items() if count > 1]
    if twice:
        raise ValueError(f"two devices are named {twice[0]!r}")
    return devices


Devices = Annotated[list[Device], pydantic.AfterValidator(_unique)]


def to_lxd(devices: Iterable[Device]) -> dict[str, dict[str, str]]:
    """The devices as LXD keeps them."""
    return {device.name: {"type": device.type, **device.properties} for device in devices}


def from_lxd(devices: Mapping[str, Mapping[str, str]], asked: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The devices as the program writes them, in its order, then those that it doesn't know, by name."""
    theirs = added(devices)
    order = {str(device["name"]): place for place, device in enumerate(asked)}
    names = sorted(devices.keys() - theirs.keys(), key=lambda name: (order.get(name, len(order)), name))
    return [_device(name, devices[name]) for name in names]


def added(devices: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """Those that an InstanceDevice added."""
    return {name: dict(device) for name, device in devices.items() if OWNER in device}


def same(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> bool:
    """Whether two lists mean the same devices; their order doesn't matter."""
    return {d["name"]: d for d in old} == {d["name"]: d for d in new}


def _device(name: str, settings: Mapping[str, str]) -> dict[str, Any]:
    properties = {key: value for key, value in settings.items() if key != "type"}
    return {"name": name, "type": settings.get("type", "none"), "properties": properties}
