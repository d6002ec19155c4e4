"""Addresses of an LXD network whose ports lead into it."""

from __future__ import annotations

from typing import Any, Literal

import pulumi
import pydantic

from clients import lxd as client

from .._base import Inputs
from . import _config, _rows
from ._lxd import InProject, LxdResource, identity
from ._object import Body, ObjectProvider


class Port(Inputs):
    """Ports of the address, and where they lead; several are written like "80,443" or "8000-8010"."""

    listen_port: str
    protocol: Literal["tcp", "udp"]
    target_address: str
    target_port: str = ""
    description: str = ""


class NetworkForwardInputs(InProject):
    """An address of a network."""

    network: str
    listen_address: str
    description: str = ""
    config: _config.Config = pydantic.Field(default_factory=dict)
    ports: list[Port] = pydantic.Field(default_factory=list)


class NetworkForwardProvider(ObjectProvider[NetworkForwardInputs]):
    """Forwards."""

    inputs = NetworkForwardInputs
    extension = ("network_forward", "network forwards")
    replace_on = frozenset({"network", "listen_address", "project", "remote"})
    noun = "network forward"

    def home(self, inputs: NetworkForwardInputs) -> tuple[str, ...]:
        return ("networks", inputs.network, "forwards")

    def at(self, inputs: NetworkForwardInputs) -> tuple[str, ...]:
        return (*self.home(inputs), inputs.listen_address)

    def key(self, inputs: NetworkForwardInputs) -> str:
        return identity(inputs.remote, inputs.project, inputs.network, inputs.listen_address)

    def editable(self, inputs: NetworkForwardInputs) -> Body:
        return {"description": inputs.description, "ports": [_rows.to_lxd(port) for port in inputs.ports]}

    def fresh(self, inputs: NetworkForwardInputs) -> Body:
        return {"listen_address": inputs.listen_address, **self.editable(inputs)}

    def seen(self, actual: client.Object, old: NetworkForwardInputs) -> dict[str, Any]:
        return {"description": actual.description, "ports": _rows.from_lxd(Port, actual.body.get("ports"), old.ports)}

    def same(self, name: str, old: Any, new: Any) -> bool:
        return _rows.same(old, new) if name == "ports" else super().same(name, old, new)

    def _put_back(self, actual: client.Object) -> Body:
        return {"description": actual.description, "ports": actual.body.get("ports") or []}


class NetworkForward(LxdResource, module="lxd", name="NetworkForward"):
    """An address of a network."""

    provider_class = NetworkForwardProvider
    network: pulumi.Output[str]
    listen_address: pulumi.Output[str]
    description: pulumi.Output[str]
    config: pulumi.Output[dict[str, str]]
    ports: pulumi.Output[list[dict[str, Any]]]
    project: pulumi.Output[str]
    remote: pulumi.Output[str | None]
