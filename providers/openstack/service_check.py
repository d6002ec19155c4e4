"""That clients find a service: its type is in the catalogue, and somebody answers at the address that is told there."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

import pulumi

from clients import openstack

from .._base import ExpectedError, Found, Made, Props, Resource
from ..juju._common import say
from ._cloud import CloudProvider, OnCloud
from ._vocabulary import Name

_VERSION = re.compile(r"(/v\d[^/]*(/.*)?)?/?$")
"""What an address has behind the place where a service tells its versions to everybody."""


_SHOWN = 5


@dataclasses.dataclass(frozen=True, kw_only=True)
class Held:
    """How a service is asked for what its clients have in it, in all projects.

    A path with a version is below the service's root, another below its address in the catalogue.
    """

    noun: str
    path: str
    key: str
    name: str = "name"
    params: Mapping[str, str] = dataclasses.field(default_factory=dict)
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def names(self, cloud: openstack.Cloud, url: str) -> list[str]:
        """What they have, by name; `url` is where the catalogue has the service."""
        base = _root(url) if self.path.startswith("/v") else url
        asked = {"params": dict(self.params), "headers": dict(self.headers)}
        found = cloud.raw("identity", "get", base.rstrip("/") + self.path, f"list the {self.noun}", **asked)
        return [str(each[self.name]) for each in found[self.key]]


_HELD: Mapping[str, Held] = {
    "orchestration": Held(noun="stacks", path="/stacks", key="stacks", name="stack_name", params={"global_tenant": "1"}),
    "load-balancer": Held(noun="load balancers", path="/v2.0/lbaas/loadbalancers", key="loadbalancers"),
    "sharev2": Held(noun="shares", path="/shares", key="shares", params={"all_tenants": "1"}),
    "container-infra": Held(noun="clusters", path="/clusters", key="clusters"),
    "dns": Held(noun="zones", path="/v2/zones", key="zones", headers={"X-Auth-All-Projects": "true"}),
}


class ServiceCheckInputs(OnCloud):
    """A service by its type, such as orchestration; `timeout` is the seconds that it may take to be registered and to answer."""

    type: Name
    timeout: float = 900


class ServiceCheckProvider(CloudProvider[ServiceCheckInputs]):
    """Nothing is made; a service that nobody finds any more shows as gone, and one that clients still use doesn't go."""

    inputs = ServiceCheckInputs
    computed = ("url",)
    replace_on = frozenset({"cloud", "type"})

    def make(self, inputs: ServiceCheckInputs) -> Made:
        cloud = self.cloud(inputs.cloud)
        what = f"the service {inputs.type} to be in the catalogue and to answer"
        url = cloud.wait(what, lambda: _serving(cloud, inputs.type), bool, seconds=inputs.timeout)
        return Made(id=inputs.type, outputs={"url": url})

    def look(self, id_: str, old: Props, cloud: openstack.Cloud) -> Found | None:
        url = _serving(cloud, id_)
        return None if url is None else Found(inputs={"type": id_}, outputs={"url": url})

    def change(self, id_: str, old: Props, inputs: ServiceCheckInputs) -> Mapping[str, Any]:
        return {}

    def end(self, id_: str, old: Props, cloud: openstack.Cloud) -> None:
        """Lets a service go that holds nothing of its clients' any more; one that can't be asked is let go too."""
        url, held = address(cloud, id_), _HELD.get(id_)
        if url is None or held is None:
            return
        try:
            names = held.names(cloud, url)
        except (openstack.UnreachableError, openstack.FaultError, openstack.NotFoundError, openstack.ForbiddenError) as error:
            say(f"what clients have in {id_} can't be told: {error}")
            return
        if names:
            raise ExpectedError(
                f"{id_} still has {len(names)} {held.noun}: {', '.join(names[:_SHOWN])}; they would run on with nobody to manage "
                "them: delete them first, or leave the service on"
            )


def _serving(cloud: openstack.Cloud, kind: str) -> str | None:
    """Where a service is, None when nobody there tells its versions."""
    url = address(cloud, kind)
    return url if url and cloud.answers(_root(url)) else None


def _root(url: str) -> str:
    """Where a service tells its versions."""
    return _VERSION.sub("/", url, count=1)


def address(cloud: openstack.Cloud, kind: str) -> str | None:
    """Where a service is by the catalogue as it is now; the one that came with the token knows nothing of what came later."""
    found = cloud.raw("identity", "get", "/auth/catalog", "read the catalogue")
    services = (service for service in found["catalog"] if service["type"] == kind)
    ends = (end for service in services for end in service["endpoints"] if end["interface"] == cloud.access.interface)
    return next((str(end["url"]) for end in ends), None)


class ServiceCheck(Resource, module="openstack", name="ServiceCheck"):
    """A service that clients find."""

    provider_class = ServiceCheckProvider
    type: pulumi.Output[str]
    url: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        type: pulumi.Input[str],  # noqa: A002 - Keystone's word
        cloud: pulumi.Input[str] = "",
        timeout: pulumi.Input[float] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {key: value for key, value in locals().items() if key in ServiceCheckInputs.model_fields}
        super().__init__(resource_name, given, opts)
