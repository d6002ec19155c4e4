"""What a run of tests left behind in a real cloud, because a test failed midway or was ended: found by its names, and deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from clients import openstack

from .openstack_offer import Offer


def swept(cloud: openstack.Cloud, offer: Offer, beginning: str) -> list[str]:
    """Deletes what has a name that begins so, what hangs on it first; returns what that was, e.g. "network pulumi-test-1"."""
    found: list[str] = []

    def sweep(noun: str, things: list[Any], delete: Callable[[Any], None]) -> None:
        for thing in things:
            found.append(f"{noun} {getattr(thing, 'name', '') or thing.id}")
            delete(thing)

    def ours(things: list[Any]) -> list[Any]:
        return [thing for thing in things if thing.name.startswith(beginning)]

    domains, projects = ours(cloud.domains.list()), ours(cloud.projects.list())
    if not offer.lack("image"):
        sweep("image", ours([*cloud.images.list(), *cloud.images.list(os_hidden="true")]), lambda one: _drop_image(cloud, one.id))
    if not offer.lack("compute"):
        sweep("flavor", ours(cloud.flavors.list(is_public=None)), lambda one: cloud.flavors.delete(one.id))
        sweep("key pair", ours(cloud.key_pairs.list()), lambda one: cloud.key_pairs.delete(one.name))
        sweep("server group", ours(cloud.server_groups.list()), lambda one: cloud.server_groups.delete(one.id))
        sweep("host aggregate", ours(cloud.aggregates.list()), lambda one: _drop_aggregate(cloud, one))
    if not offer.lack("volume"):
        sweep("volume type", ours(cloud.volume_types.list()), lambda one: cloud.volume_types.delete(one.id))
    if not offer.lack("network"):
        _sweep_network(cloud, offer, sweep, ours, {project.id for project in projects})
    sweep("user", ours(cloud.users.list()), lambda one: cloud.users.delete(one.id))
    sweep("group", ours(cloud.groups.list()), lambda one: cloud.groups.delete(one.id))
    sweep("role", ours(cloud.roles.list()), lambda one: cloud.roles.delete(one.id))
    sweep("project", projects, lambda one: cloud.projects.delete(one.id))
    sweep("domain", domains, lambda one: _drop_domain(cloud, one.id))
    return found


def forget_projects(cloud: openstack.Cloud, offer: Offer, projects: list[str]) -> None:
    """Deletes the default security groups of projects: Neutron makes one when it first hears of a project, and keeps it."""
    if offer.lack("network:security-group"):
        return
    for group in cloud.security_groups.list():
        if group.name == "default" and group.project_id in projects:
            cloud.security_groups.delete(group.id)


def _sweep_network(cloud: openstack.Cloud, offer: Offer, sweep: Any, ours: Any, projects: set[str]) -> None:
    networks = ours(cloud.networks.list())
    ids = {network.id for network in networks}
    if not offer.lack("network:router"):
        floating = [one for one in cloud.floating_ips.list() if one.floating_network_id in ids]
        sweep("floating IP", floating, lambda one: cloud.floating_ips.delete(one.id))
        sweep("router", ours(cloud.routers.list()), lambda one: _drop_router(cloud, one.id))
    ports = [port for port in cloud.ports.list() if port.network_id in ids and not port.device_owner.startswith("network:")]
    sweep("port", ports, lambda one: cloud.ports.delete(one.id))
    sweep("network", networks, lambda one: cloud.networks.delete(one.id))
    if not offer.lack("network:security-group"):
        groups = cloud.security_groups.list()
        mine = [*ours(groups), *(group for group in groups if group.project_id in projects)]
        sweep("security group", mine, lambda one: cloud.security_groups.delete(one.id))
    if not offer.lack("network:quotas"):
        kept = cloud.raw("network", "get", "/quotas", "list the quotas")["quotas"]
        for project in {quota["project_id"] for quota in kept} & projects:
            cloud.quotas.reset("network", project)


def _drop_router(cloud: openstack.Cloud, id_: str) -> None:
    cloud.routers.update(id_, routes=[])
    for port in cloud.networking.interfaces(id_):
        for address in port.fixed_ips:
            cloud.networking.remove_interface(id_, address["subnet_id"])
    cloud.routers.delete(id_)


def _drop_image(cloud: openstack.Cloud, id_: str) -> None:
    found = cloud.images.read(id_)
    if found is not None and found.protected:
        cloud.images.change(id_, {"protected": True}, {"protected": False})
    cloud.images.delete(id_)


def _drop_aggregate(cloud: openstack.Cloud, aggregate: openstack.HostAggregate) -> None:
    for host in aggregate.hosts:
        cloud.compute.remove_host(aggregate.id, host)
    cloud.aggregates.delete(aggregate.id)


def _drop_domain(cloud: openstack.Cloud, id_: str) -> None:
    cloud.domains.update(id_, is_enabled=False)
    cloud.domains.delete(id_)
