"""What the first day's things call one another by, and whether they fit the site."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

from ..day_one import ADMIN_PROJECT, DayOneSpec, ImageSpec, ProjectNetworkSpec
from ..errors import Problem, near
from ..network import NetworksSpec
from ..openstack import OpenStackSpec

ROLES = ("admin", "manager", "member", "reader", "service")
"""The roles that Keystone has from the start."""
BASE = "openstack.day_one"


def names_apart(openstack: OpenStackSpec) -> Iterator[Problem]:
    """OpenStack lets most names repeat; nobody could then say which is meant."""
    day = openstack.day_one or DayOneSpec()
    lists: dict[str, Iterable[str]] = {
        "routers": [router.name for router in day.routers],
        "networks": [day.external.name, *(network.name for network in day.networks)],
        "flavors": [flavor.name for flavor in day.flavors],
        "images": [image.name for image in day.images],
        "key_pairs": [pair.name for pair in day.key_pairs],
        "security_groups": [f"{group.project}/{group.name}" for group in day.security_groups],
        "projects": [ADMIN_PROJECT, *(project.name for project in day.projects)],
        "users": ["admin", *(user.name for user in day.users)],
        "roles": [*ROLES, *(role.name for role in day.roles)],
    }
    for key, names in lists.items():
        seen: set[str] = set()
        for name in names:
            if name in seen:
                yield Problem(f"{BASE}.{key}", name, "this name is taken, or is the cloud's own; choose another")
            seen.add(name)


def references_meet(openstack: OpenStackSpec) -> Iterator[Problem]:
    """Who is named must be there."""
    day = openstack.day_one or DayOneSpec()
    projects = [ADMIN_PROJECT, *(project.name for project in day.projects)]
    routers = [router.name for router in day.routers]
    roles = [*ROLES, *(role.name for role in day.roles)]
    owners = {
        "networks": [network.project for network in day.networks],
        "routers": [router.project for router in day.routers],
        "security_groups": [group.project for group in day.security_groups],
    }
    for key, named in owners.items():
        for index, project in enumerate(named):
            yield from _known(f"{BASE}.{key}[{index}].project", project, projects, f"{BASE}.projects")
    for index, network in enumerate(day.networks):
        if network.router is not None:
            yield from _known(f"{BASE}.networks[{index}].router", network.router, routers, f"{BASE}.routers")
    for index, user in enumerate(day.users):
        yield from _known(f"{BASE}.users[{index}].project", user.project, projects[1:], f"{BASE}.projects")
        for position, role in enumerate(user.roles):
            yield from _known(f"{BASE}.users[{index}].roles[{position}]", role, roles, f"{BASE}.roles")


def smoke_test_can_run(openstack: OpenStackSpec) -> Iterator[Problem]:
    """The smoke test boots from what the site makes, and needs a way to the outside for its floating address."""
    smoke, day = openstack.smoke_test, openstack.day_one
    if smoke is None:
        return
    if day is None:
        yield Problem("openstack.smoke_test", "", f"has nothing to boot: {BASE} is missing; add it, or remove the test")
        return
    yield from _known("openstack.smoke_test.image", smoke.image, [i.name for i in day.images], f"{BASE}.images")
    yield from _known("openstack.smoke_test.flavor", smoke.flavor, [f.name for f in day.flavors], f"{BASE}.flavors")
    networks = {network.name: network for network in day.networks}
    yield from _known("openstack.smoke_test.network", smoke.network, list(networks), f"{BASE}.networks")
    network = networks.get(smoke.network)
    if network is not None and network.router is None:
        mend = "has no router, so the instance could get no floating address; give the network a router"
        yield Problem("openstack.smoke_test.network", smoke.network, mend)
    if network is not None and network.project != ADMIN_PROJECT and not network.shared:
        mend = f"belongs to the project {network.project}, and the test runs in {ADMIN_PROJECT}; name a network of that one"
        yield Problem("openstack.smoke_test.network", smoke.network, mend)
    yield from _fits(smoke.image, smoke.flavor, day)


def subnets_apart(networks: NetworksSpec, openstack: OpenStackSpec) -> Iterator[Problem]:
    """A router can't tell two overlapping subnets apart, nor a project's from the site's own."""
    day = openstack.day_one or DayOneSpec()
    for index, network in enumerate(day.networks):
        for name, own in networks.items():
            if network.cidr.overlaps(own.cidr):
                mend = f"overlaps networks.{name}.cidr {own.cidr}: instances could not reach one of the two; choose another block"
                yield Problem(f"{BASE}.networks[{index}].cidr", str(network.cidr), mend)
    for (index, one), (other, two) in itertools.combinations(enumerate(day.networks), 2):
        if one.router is not None and one.router == two.router and one.cidr.overlaps(two.cidr):
            mend = f"overlaps {BASE}.networks[{index}].cidr {one.cidr} on the same router {one.router}; choose another block"
            yield Problem(f"{BASE}.networks[{other}].cidr", str(two.cidr), mend)


def addresses_inside(openstack: OpenStackSpec) -> Iterator[Problem]:
    """Neutron takes a gateway outside its subnet, and then nothing works."""
    day = openstack.day_one or DayOneSpec()
    for index, network in enumerate(day.networks):
        yield from _inside(f"{BASE}.networks[{index}]", network)


def floating_addresses_enough(networks: NetworksSpec, openstack: OpenStackSpec) -> Iterator[Problem]:
    """Each router's gateway takes one of the floating addresses, and quotas must not promise more than are left."""
    day, floating = openstack.day_one, networks.external.floating
    if day is None or floating is None:
        return
    left = floating.size - len(day.routers)
    for index, project in enumerate(day.projects):
        wanted = project.quota.floating_ips if project.quota else None
        if wanted is not None and wanted > left:
            mend = f"networks.external.floating has {left} addresses beside the routers' own; lower it or widen the range"
            yield Problem(f"{BASE}.projects[{index}].quota.floating_ips", str(wanted), mend)
    if networks.external.gateway is None:
        yield Problem("networks.external.gateway", "", "is missing: the cloud's routers send clients' traffic there; add it")


def external_network_carried(openstack: OpenStackSpec) -> Iterator[Problem]:
    """Neutron knows the physical networks that its charm is told of."""
    if openstack.day_one is None:
        return
    external, told = openstack.day_one.external, openstack.options.get("neutron-api", {})
    flat = told.get("flat-network-providers")
    if external.type == "flat" and isinstance(flat, str) and external.physical_network not in flat.split():
        mend = f"openstack.options.neutron-api.flat-network-providers has {flat}; name one of those, or add it there"
        yield Problem(f"{BASE}.external.physical_network", external.physical_network, mend)
    vlans = told.get("vlan-ranges")
    if external.type == "vlan" and external.physical_network not in str(vlans or "physnet1:1000:2000"):
        mend = f"openstack.options.neutron-api.vlan-ranges has {vlans}; add {external.physical_network}:FIRST:LAST there"
        yield Problem(f"{BASE}.external.physical_network", external.physical_network, mend)


def _fits(image_name: str, flavor_name: str, day: DayOneSpec) -> Iterator[Problem]:
    image = next((i for i in day.images if i.name == image_name), None)
    flavor = next((f for f in day.flavors if f.name == flavor_name), None)
    if image is None or flavor is None:
        return
    yield from _too_small("disk", flavor_name, flavor.disk, image.min_disk, image)
    yield from _too_small("memory", flavor_name, flavor.memory, image.min_memory, image)


def _too_small(what: str, flavor: str, there: int, wanted: int, image: ImageSpec) -> Iterator[Problem]:
    if there < wanted:
        mend = f"has {there / 2**30:.4g} GiB of {what}, and the image {image.name} wants {wanted / 2**30:.4g}; name a larger one"
        yield Problem("openstack.smoke_test.flavor", flavor, mend)


def _inside(path: str, network: ProjectNetworkSpec) -> Iterator[Problem]:
    gateway, pool = network.gateway or network.cidr[1], network.pool
    if gateway not in network.cidr:
        yield Problem(f"{path}.gateway", str(gateway), f"lies outside {network.cidr}; use e.g. {network.cidr[1]}")
    if pool is None:
        return
    if pool.end < pool.start:
        yield Problem(f"{path}.pool", str(pool), f"runs backwards; swap it to {pool.end}-{pool.start}")
    elif pool.start not in network.cidr or pool.end not in network.cidr:
        yield Problem(f"{path}.pool", str(pool), f"leaves {network.cidr}; keep both ends inside it")
    elif pool.start <= gateway <= pool.end:
        yield Problem(f"{path}.pool", str(pool), f"holds the gateway {gateway}; start after it or move the gateway")


def _known(path: str, name: str, there: list[str], where: str) -> Iterator[Problem]:
    if name not in there:
        yield Problem(path, name, f"is not under {where}{near(name, there)}; add it there or name another")
