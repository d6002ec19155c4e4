"""That clients find a service: its type is in the catalogue, and somebody answers at the address that is told there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pulumi

from clients import openstack

from .._base import Found, Made, Props, Resource
from ._cloud import CloudProvider, OnCloud
from ._vocabulary import Name

_VERSION = re.compile(r"(/v\d[^/]*(/.*)?)?/?$")
"""What an address has behind the place where a service tells its versions to everybody."""


class ServiceCheckInputs(OnCloud):
    """A service by its type, such as orchestration; `timeout` is the seconds that it may take to be registered and to answer."""

    type: Name
    timeout: float = 900


class ServiceCheckProvider(CloudProvider[ServiceCheckInputs]):
    """Nothing is made; a service that nobody finds any more shows as gone."""

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
        """Nothing was made."""


def _serving(cloud: openstack.Cloud, kind: str) -> str | None:
    """Where a service is, None when nobody there tells its versions."""
    url = _address(cloud, kind)
    return url if url and cloud.answers(_VERSION.sub("/", url, count=1)) else None


def _address(cloud: openstack.Cloud, kind: str) -> str | None:
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
