"""A worker as Nova and Neutron know it: that it takes instances, and how it leaves without losing any.

Owns: the wait until the worker has registered, and its orderly end: no new instances, those on it moved elsewhere, then forgotten
by Nova, placement and Neutron. Does not own: the unit that computes, which goes afterwards.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Literal

import pulumi

from clients import juju, openstack

from .. import _settings
from .._base import ExpectedError, Found, Made, Props, Resource
from ..juju._common import say
from . import _login, _tasks
from ._cloud import CloudProvider, OnCloud

_REASON = "leaving the cloud"
_SHOWN = 10


class ComputeHostInputs(OnCloud):
    """A worker.

    Attributes:
        hostname: as Nova calls it; a domain behind it is passed over.
        unit: of the nova-compute application, on it; without one only the APIs are used.
        enabled: whether new instances may come.
        removing: what happens to its instances when it leaves: they migrate, or it is refused.
        timeout: seconds that registering or moving one instance may take.
    """

    hostname: str
    unit: str | None = None
    enabled: bool = True
    removing: Literal["migrate", "refuse"] = "migrate"
    timeout: float = 3600


class ComputeHostProvider(CloudProvider[ComputeHostInputs]):
    """One for each worker."""

    inputs = ComputeHostInputs
    computed = ("state",)
    replace_on = frozenset({"cloud", "hostname", "unit"})

    def make(self, inputs: ComputeHostInputs) -> Made:
        cloud = self.cloud(inputs.cloud)
        service = self._registered(cloud, inputs)
        _set_enabled(cloud, service, inputs.enabled)
        return Made(id=inputs.hostname, outputs={"state": service.state})

    def look(self, id_: str, old: Props, cloud: openstack.Cloud) -> Found | None:
        service = cloud.compute.service(id_)
        if service is None:
            return None
        return Found(inputs={"hostname": id_, "enabled": service.status == "enabled"}, outputs={"state": service.state})

    def change(self, id_: str, old: Props, inputs: ComputeHostInputs) -> Mapping[str, Any]:
        cloud = self.cloud(inputs.cloud)
        service = self._registered(cloud, inputs)
        _set_enabled(cloud, service, inputs.enabled)
        return {"state": service.state}

    def end(self, id_: str, old: Props, cloud: openstack.Cloud) -> None:
        inputs = self.parse(old)
        service = cloud.compute.service(id_)
        if service is not None:
            self._emptied(cloud, service, inputs)
            self._forgotten(cloud, service, inputs)
        for agent in cloud.networking.agents():
            if agent.host.partition(".")[0] == id_.partition(".")[0]:
                cloud.networking.delete_agent(agent.id)

    def _registered(self, cloud: openstack.Cloud, inputs: ComputeHostInputs) -> openstack.ComputeService:
        found = cloud.wait(
            f"{inputs.hostname} to register as a compute host",
            lambda: cloud.compute.service(inputs.hostname),
            lambda service: service is not None and service.state == "up",
            seconds=inputs.timeout,
        )
        if found is None:
            raise ExpectedError(f"{inputs.hostname} has not registered as a compute host")
        return found

    def _emptied(self, cloud: openstack.Cloud, service: openstack.ComputeService, inputs: ComputeHostInputs) -> None:
        """Moves all instances away; when that fails the host takes instances again, as before."""
        servers = cloud.compute.servers_on(service.host)
        if servers and inputs.removing == "refuse":
            raise ExpectedError(
                f"{inputs.hostname} runs {_listed(servers)}: move or delete them first, or let them migrate "
                "(openstack.operations.removing: migrate, then `pulumi up` once before the worker is taken out)"
            )
        was_enabled = service.status == "enabled"
        if was_enabled:
            cloud.compute.disable(service, _REASON)
        try:
            for server in cloud.compute.servers_on(service.host):
                self._moved(cloud, server, service, inputs)
        except openstack.CloudError as error:
            left = cloud.compute.servers_on(service.host)
            if was_enabled and service.state == "up":
                cloud.compute.enable(service)
            raise ExpectedError(
                f"{inputs.hostname} can't leave: {error}; it still runs {_listed(left)} and takes instances as before: make room "
                "on the other workers, or delete these, and run again"
            ) from None

    def _moved(
        self, cloud: openstack.Cloud, server: openstack.Server, service: openstack.ComputeService, inputs: ComputeHostInputs
    ) -> None:
        began = time.monotonic()
        if service.state == "up":
            moved = cloud.compute.move(server, seconds=inputs.timeout)
            say(f"{server.name}: {inputs.hostname} → {moved.host} ({time.monotonic() - began:.0f}s)")
        else:
            cloud.compute.evacuate(server, seconds=inputs.timeout)
            say(f"{server.name}: evacuated from {inputs.hostname}, which is down")

    def _forgotten(self, cloud: openstack.Cloud, service: openstack.ComputeService, inputs: ComputeHostInputs) -> None:
        """By the charm while its unit lives, so that the service doesn't register again; by the API what is left."""
        model = self._model(inputs)
        if model is not None and inputs.unit and service.state == "up" and _tasks.lives(model, inputs.unit):
            _tasks.run(model, inputs.unit, "remove-from-cloud")
        left = cloud.compute.service(inputs.hostname)
        if left is not None:
            cloud.compute.delete_service(left)

    def _model(self, inputs: ComputeHostInputs) -> juju.Model | None:
        if not inputs.cloud or _settings.section(self.setting, "openstack").get("cloud"):
            return None
        place = _login.Place.parse(inputs.cloud)
        return self.controller(place.controller or None).model(place.model)


class ComputeHost(Resource, module="openstack", name="ComputeHost"):
    """A worker that takes instances; its id is its host name."""

    provider_class = ComputeHostProvider
    state: pulumi.Output[str]
    """Nova's word: up or down."""

    def __init__(
        self,
        resource_name: str,
        *,
        hostname: pulumi.Input[str],
        cloud: pulumi.Input[str] = "",
        unit: pulumi.Input[str] | None = None,
        enabled: pulumi.Input[bool] | None = None,
        removing: pulumi.Input[str] | None = None,
        timeout: pulumi.Input[float] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {key: value for key, value in locals().items() if key in ComputeHostInputs.model_fields}
        super().__init__(resource_name, given, opts)


def _set_enabled(cloud: openstack.Cloud, service: openstack.ComputeService, wanted: bool) -> None:
    if wanted != (service.status == "enabled"):
        if wanted:
            cloud.compute.enable(service)
        else:
            cloud.compute.disable(service, "taken out of service by the site")


def _listed(servers: list[openstack.Server]) -> str:
    names = ", ".join(f"{server.name} ({server.id})" for server in servers[:_SHOWN])
    more = f" and {len(servers) - _SHOWN} more" if len(servers) > _SHOWN else ""
    return f"{len(servers)} instance{'s' if len(servers) != 1 else ''}: {names}{more}" if servers else "no instance"
