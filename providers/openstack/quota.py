"""What a project may use of Nova, Neutron and Cinder. Every project has quotas; those that the program names are its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pulumi

from clients import openstack

from .. import _base
from ._cloud import CloudProvider, OnCloud
from ._vocabulary import Id, Limit

_COMPUTE: Final = {
    "instances": "instances",
    "cores": "cores",
    "ram": "ram",
    "key_pairs": "key_pairs",
    "server_groups": "server_groups",
    "server_group_members": "server_group_members",
}
_NETWORK: Final = {
    "networks": "network",
    "subnets": "subnet",
    "ports": "port",
    "routers": "router",
    "floating_ips": "floatingip",
    "security_groups": "security_group",
    "security_group_rules": "security_group_rule",
}
_VOLUME: Final = {
    "volumes": "volumes",
    "gigabytes": "gigabytes",
    "snapshots": "snapshots",
    "backups": "backups",
    "backup_gigabytes": "backup_gigabytes",
}
_SERVICES: Final[Mapping[Any, Mapping[str, str]]] = {"compute": _COMPUTE, "network": _NETWORK, "block_storage": _VOLUME}
"""By service, the inputs and the service's own names."""


class QuotaInputs(OnCloud):
    """The quotas of a project, given by its id; -1 is without bound, `ram` in MiB. What isn't given is left alone."""

    project: Id
    instances: Limit | None = None
    cores: Limit | None = None
    ram: Limit | None = None
    key_pairs: Limit | None = None
    server_groups: Limit | None = None
    server_group_members: Limit | None = None
    networks: Limit | None = None
    subnets: Limit | None = None
    ports: Limit | None = None
    routers: Limit | None = None
    floating_ips: Limit | None = None
    security_groups: Limit | None = None
    security_group_rules: Limit | None = None
    volumes: Limit | None = None
    gigabytes: Limit | None = None
    snapshots: Limit | None = None
    backups: Limit | None = None
    backup_gigabytes: Limit | None = None


class QuotaProvider(CloudProvider[QuotaInputs]):
    """One for each project; what a quota was before us comes back at the end."""

    inputs = QuotaInputs
    computed = ("before",)
    replace_on = frozenset({"cloud", "project"})

    def make(self, inputs: QuotaInputs) -> _base.Made:
        cloud = self.cloud(inputs.cloud)
        intent = self.intent_in(cloud, "quota", inputs.project)
        noted = (intent.recall() or {}).get("before") or {}
        before = {**_read(cloud, inputs.project, _wanted(inputs)), **noted}
        intent.note(before=before)
        _set(cloud, inputs.project, _wanted(inputs))
        return _base.Made(id=inputs.project, outputs={"before": before})

    def look(self, id_: str, old: _base.Props, cloud: openstack.Cloud) -> _base.Found | None:
        if cloud.projects.read(id_) is None:
            self.intent_in(cloud, "quota", id_).forget()
            return None
        return _base.Found(inputs={"project": id_, **_read(cloud, id_, _wanted(self.parse(old)))})

    def change(self, id_: str, old: _base.Props, inputs: QuotaInputs) -> Mapping[str, Any]:
        """What is no longer given goes back to what it was before us."""
        cloud = self.cloud(inputs.cloud)
        before, wanted = {k: int(v) for k, v in (old.get("before") or {}).items()}, _wanted(inputs)
        back = {name: before.pop(name) for name in before.keys() - wanted.keys()}
        before = {**_read(cloud, id_, {k: v for k, v in wanted.items() if k not in before}), **before}
        self.intent_in(cloud, "quota", id_).note(before=before)
        _set(cloud, id_, {**back, **wanted})
        return {"before": before}

    def end(self, id_: str, old: _base.Props, cloud: openstack.Cloud) -> None:
        if cloud.projects.read(id_) is not None:
            back = {k: int(v) for k, v in (old.get("before") or {}).items()}
            _set(cloud, id_, back)
            _let_go(cloud, id_, back)
        self.intent_in(cloud, "quota", id_).forget()


class Quota(_base.Resource, module="openstack", name="Quota"):
    """The quotas of a project."""

    provider_class = QuotaProvider
    project: pulumi.Output[str]
    before: pulumi.Output[dict[str, int]]
    """What the quotas were before this program."""

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        cloud: pulumi.Input[str] = "",
        instances: pulumi.Input[int] | None = None,
        cores: pulumi.Input[int] | None = None,
        ram: pulumi.Input[int] | None = None,
        key_pairs: pulumi.Input[int] | None = None,
        server_groups: pulumi.Input[int] | None = None,
        server_group_members: pulumi.Input[int] | None = None,
        networks: pulumi.Input[int] | None = None,
        subnets: pulumi.Input[int] | None = None,
        ports: pulumi.Input[int] | None = None,
        routers: pulumi.Input[int] | None = None,
        floating_ips: pulumi.Input[int] | None = None,
        security_groups: pulumi.Input[int] | None = None,
        security_group_rules: pulumi.Input[int] | None = None,
        volumes: pulumi.Input[int] | None = None,
        gigabytes: pulumi.Input[int] | None = None,
        snapshots: pulumi.Input[int] | None = None,
        backups: pulumi.Input[int] | None = None,
        backup_gigabytes: pulumi.Input[int] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {key: value for key, value in locals().items() if key in QuotaInputs.model_fields}
        super().__init__(resource_name, given, opts)


def _wanted(inputs: QuotaInputs) -> dict[str, int]:
    return inputs.model_dump(exclude_none=True, exclude={"cloud", "project"})


def _read(cloud: openstack.Cloud, project: str, asked: Mapping[str, int]) -> dict[str, int]:
    """The quotas of the asked names as they are; a service is only asked when one of its own is among them."""
    found: dict[str, int] = {}
    for service, names in _SERVICES.items():
        mine = {name: wire for name, wire in names.items() if name in asked}
        if mine:
            there = cloud.quotas.read(service, project)
            found |= {name: there[wire] for name, wire in mine.items() if wire in there}
    return found


def _set(cloud: openstack.Cloud, project: str, values: Mapping[str, int]) -> None:
    """Sends each service what differs there."""
    there = _read(cloud, project, values)
    for service, names in _SERVICES.items():
        news = {wire: values[name] for name, wire in names.items() if name in values and there.get(name) != values[name]}
        if news:
            cloud.quotas.change(service, project, news)


def _let_go(cloud: openstack.Cloud, project: str, names: Mapping[str, int]) -> None:
    """Where all is again as for a project whose quotas nobody set, the services keep nothing of it."""
    for service, words in _SERVICES.items():
        if words.keys() & names.keys() and cloud.quotas.read(service, project) == cloud.quotas.defaults(service, project):
            cloud.quotas.reset(service, project)
