"""One device of an instance, apart from the instance's own list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pulumi

from clients import lxd as client

from .. import _intents
from .._base import ExpectedError, Found, Made, Props
from . import _config, _devices
from ._cluster import NO_CLUSTER
from ._lxd import InProject, LxdProvider, LxdResource, identity


class InstanceDeviceInputs(InProject):
    """A device and the instance that it belongs to."""

    name: str
    instance_name: str
    type: _devices.Kind
    properties: _config.Config
    target: str | None = None


class InstanceDeviceProvider(LxdProvider[InstanceDeviceInputs]):
    """Devices that are added to an instance; a mark on each makes the Instance resource leave it alone."""

    inputs = InstanceDeviceInputs
    replace_on = frozenset({"name", "instance_name", "target", "project", "remote"})

    def objections(self, lxd: client.Lxd, news: Props) -> Iterator[tuple[str, str]]:
        if news.get("target"):
            yield "target", NO_CLUSTER

    def make(self, inputs: InstanceDeviceInputs) -> Made:
        lxd = self.lxd(inputs.remote)
        has = _devices_of(lxd, inputs)
        if has is None:
            raise ExpectedError(f"there is no instance {inputs.instance_name} in LXD project {inputs.project} to add a device to")
        theirs = inputs.name in has and _devices.OWNER not in has[inputs.name]
        if theirs and self._intent(lxd, inputs).recall() is None:
            raise ExpectedError(f"instance {inputs.instance_name} has a device {inputs.name} of its own already; name another")
        self._intent(lxd, inputs).note()
        self._put(lxd, inputs)
        return Made(id=identity(inputs.remote, inputs.project, inputs.instance_name, inputs.name))

    def fetch(self, id_: str, old: Props) -> Found | None:
        inputs = self.parse(old)
        device = (_devices_of(self.lxd(inputs.remote), inputs) or {}).get(inputs.name)
        if device is None:
            return None
        properties = {k: v for k, v in device.items() if k not in ("type", _devices.OWNER)}
        return Found(inputs={"type": device["type"], "properties": properties})

    def change(self, id_: str, old: Props, inputs: InstanceDeviceInputs) -> Mapping[str, Any]:
        self._put(self.lxd(inputs.remote), inputs)
        return {}

    def remove(self, id_: str, old: Props) -> None:
        inputs = self.parse(old)
        lxd = self.lxd(inputs.remote)
        if inputs.name in (_devices_of(lxd, inputs) or {}):
            _edit(lxd, inputs, lambda devices: {n: d for n, d in devices.items() if n != inputs.name})
        self._intent(lxd, inputs).forget()

    def _put(self, lxd: client.Lxd, inputs: InstanceDeviceInputs) -> None:
        device = {"type": inputs.type, **inputs.properties, **_devices.OWNED}
        _edit(lxd, inputs, lambda devices: {**devices, inputs.name: device})

    def _intent(self, lxd: client.Lxd, inputs: InstanceDeviceInputs) -> _intents.Intent:
        key = identity(None, inputs.project, inputs.instance_name, inputs.name)
        return _intents.Intent(f"lxd {lxd.remote.where}", "instance device", key)


Devices = dict[str, dict[str, str]]


def _devices_of(lxd: client.Lxd, inputs: InstanceDeviceInputs) -> Devices | None:
    actual = lxd.find("instances", inputs.instance_name, project=inputs.project)
    return None if actual is None else {name: dict(device) for name, device in actual.devices.items()}


def _edit(lxd: client.Lxd, inputs: InstanceDeviceInputs, change: Callable[[Devices], Devices]) -> None:
    def changed(current: client.Object) -> dict[str, Any]:
        kept = {key: current.body.get(key) for key in client.INSTANCE_FIELDS}
        return {**kept, "devices": change({name: dict(device) for name, device in current.devices.items()})}

    lxd.modify("instances", inputs.instance_name, project=inputs.project, change=changed)


class InstanceDevice(LxdResource, module="lxd", name="InstanceDevice"):
    """A device of an instance."""

    provider_class = InstanceDeviceProvider
    name: pulumi.Output[str]
    instance_name: pulumi.Output[str]
    type: pulumi.Output[str]
    properties: pulumi.Output[dict[str, str]]
    target: pulumi.Output[str | None]
    project: pulumi.Output[str]
    remote: pulumi.Output[str | None]
