"""What real services do beyond the plain case: other scripts, IPv6, sharing, flat networks, properties that they check."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest

from clients import openstack
from providers.openstack import (
    FloatingIp,
    Group,
    Image,
    Network,
    Project,
    Quota,
    Role,
    Router,
    RouterInterface,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    User,
)

from .openstack_offer import Segment

WORDS = "Größe 网络 ñ · 'x' & <y>"


def test_names_in_any_script_in_keystone(life: Any, cloud: openstack.Cloud, name: str) -> None:
    for kind in (Project, User, Group, Role):
        thing = life(kind, name=f"{name} größe 网", description=WORDS)
        assert (thing.up(), thing.preview(), thing.refresh()) == ("create", "same", {})
        id_ = thing.id
        thing.forget()
        assert (thing.up(), thing.id, thing["adopted"]) == ("create", id_, False)
        assert thing.up(name=f"{name} ñ &?=/", description=f"{WORDS}!") == "update"
        assert (thing.preview(), thing.refresh()) == ("same", {})
        thing.destroy()


def test_names_in_any_script_in_neutron(life: Any, cloud: openstack.Cloud, name: str, needs: Any) -> None:
    needs("network:router", "network:security-group")
    for kind in (Network, Router, SecurityGroup):
        thing = life(kind, name=f"{name} größe 网", description=WORDS)
        assert (thing.up(), thing.preview(), thing.refresh()) == ("create", "same", {})
        id_ = thing.id
        thing.forget()
        assert (thing.up(), thing.id, thing["adopted"]) == ("create", id_, False)
        assert thing.up(name=f"{name} ñ &?=/") == "update"
        assert (thing.preview(), thing.refresh()) == ("same", {})
        thing.destroy()


def test_an_image_with_words_and_properties(
    life: Any, cloud: openstack.Cloud, name: str, needs: Any, tmp_path: pathlib.Path
) -> None:
    needs("image")
    path = tmp_path / "größe 网.img"
    path.write_bytes(b"x" * 4096)
    properties = {
        "os_distro": "ubuntu",
        "os_version": 24.04,
        "hw_disk_bus": "scsi",
        "hw_scsi_model": "virtio-scsi",
        "hw_qemu_guest_agent": True,
        "hw_video_ram": 16,
        "os_secure_boot": "optional",
        "beschreibung": WORDS,
        "a/b~c": "d",
    }
    image = life(Image, name=f"{name} größe 网", file=str(path), disk_format="raw", tags=["ñ", "b c"], properties=properties)
    assert (image.up(), image.preview(), image.refresh()) == ("create", "same", {})
    id_ = image.id
    image.forget()
    assert (image.up(), image.id, image["adopted"]) == ("create", id_, False)
    assert (image.preview(), image.refresh()) == ("same", {})
    for change in ({"visibility": "public"}, {"visibility": "community"}, {"hidden": True, "tags": None}, {"min_disk": 2}):
        assert (image.up(**change), image.preview(), image.refresh()) == ("update", "same", {})
    assert image.up(properties={"a/b~c": "e"}, visibility=None, hidden=None, min_disk=None) == "update"
    found = cloud.images.read(id_)
    assert found.properties["a/b~c"] == "e"
    assert not {"os_distro", "beschreibung"} & found.properties.keys()
    assert (found.visibility, found.os_hidden, found.min_disk) == ("shared", False, 0)
    assert (image.preview(), image.refresh()) == ("same", {})


@pytest.mark.parametrize("mode", ["slaac", "dhcpv6-stateless", "dhcpv6-stateful"])
def test_a_subnet_of_ipv6(life: Any, cloud: openstack.Cloud, name: str, mode: str, needs: Any) -> None:
    needs("network")
    network = life.made(Network, name=name)
    pools = [{"start": "2001:DB8:0:1::100", "end": "2001:db8:0:1:0::1ff"}]
    props = {"ipv6_address_mode": mode, "ipv6_ra_mode": mode, "dns_nameservers": ["2001:DB8::53"]}
    subnet = life(Subnet, network=network.id, cidr="2001:db8:0:1::/64", name=WORDS, allocation_pools=pools, **props)
    assert (subnet.up(), subnet.preview(), subnet.refresh()) == ("create", "same", {})
    assert subnet["gateway"].startswith("2001:db8:0:1::")
    id_ = subnet.id
    subnet.forget()
    assert (subnet.up(), subnet.id, subnet["adopted"]) == ("create", id_, False)
    routes = [{"destination": "2001:db8:ff::/64", "nexthop": "2001:db8:0:1::9"}]
    assert subnet.up(host_routes=routes, gateway_ip="2001:db8:0:1::2") == "update"
    assert (subnet.preview(), subnet.refresh()) == ("same", {})
    assert subnet.up(host_routes=None, dns_nameservers=None, gateway_ip="none") == "update"
    assert (subnet.preview(), subnet.refresh(), cloud.subnets.read(subnet.id).host_routes) == ("same", {}, ())


def test_a_router_between_both_families(life: Any, cloud: openstack.Cloud, name: str, needs: Any) -> None:
    needs("network:router")
    network = life.made(Network, name=name)
    four = life.made(Subnet, network=network.id, cidr="192.0.2.0/24")
    six = life.made(
        Subnet,
        network=network.id,
        cidr="2001:db8::/64",
        gateway_ip="2001:db8::1",
        ipv6_ra_mode="slaac",
        ipv6_address_mode="slaac",
    )
    router = life.made(Router, name=name)
    for subnet in (four, six):
        interface = life(RouterInterface, router=router.id, subnet=subnet.id)
        assert (interface.up(), interface.preview(), interface.refresh()) == ("create", "same", {})
    assert len(cloud.networking.interfaces(router.id)) == 2


def test_a_network_for_all_projects(life: Any, cloud: openstack.Cloud, name: str, needs: Any) -> None:
    needs("network:rbac-policies", "network:external-net")
    network = life(Network, name=name, shared=True)
    assert (network.up(), network.preview(), network.refresh()) == ("create", "same", {})
    assert network.up(shared=None, external=True) == "update"
    found = cloud.networks.read(network.id)
    assert (found.is_shared, found.is_router_external, network.refresh()) == (False, True, {})
    assert network.up(external=None) == "update"
    assert (cloud.networks.read(network.id).is_router_external, network.refresh()) == (False, {})


def test_a_network_without_port_security(life: Any, cloud: openstack.Cloud, name: str, needs: Any) -> None:
    needs("network:port-security")
    network = life(Network, name=name, port_security=False)
    assert (network.up(), network.preview(), network.refresh()) == ("create", "same", {})
    assert network.up(port_security=True) == "update"
    assert (cloud.networks.read(network.id).is_port_security_enabled, network.refresh()) == (True, {})


def test_things_of_another_project(life: Any, cloud: openstack.Cloud, name: str, needs: Any) -> None:
    needs("network:router", "network:security-group")
    project = life.made(Project, name=name)
    network = life.made(Network, name=name, project=project.id)
    things = [
        life(Subnet, network=network.id, project=project.id, cidr="192.0.2.0/24"),
        life(Router, name=name, project=project.id),
        life(SecurityGroup, name=name, project=project.id),
    ]
    for thing in things:
        assert (thing.up(), thing.preview(), thing.refresh()) == ("create", "same", {})
        id_ = thing.id
        thing.forget()
        assert (thing.up(), thing.id) == ("create", id_)
    assert cloud.networks.read(network.id).project_id == project.id


def test_a_flat_network_is_one_of_its_physical_network(
    life: Any, cloud: openstack.Cloud, name: str, needs: Any, segment: Segment | str
) -> None:
    needs("network:provider")
    if isinstance(segment, str):
        pytest.skip(segment)
    if any(
        n.provider_physical_network == segment.physical_network and n.provider_network_type == "flat"
        for n in cloud.networks.list()
    ):
        pytest.skip(f"this cloud has a flat network on {segment.physical_network}")
    network = life(Network, name=name, network_type="flat", physical_network=segment.physical_network)
    assert (network.up(), network.preview(), network.refresh()) == ("create", "same", {})
    second = life(Network, name=f"{name}-b", network_type="flat", physical_network=segment.physical_network)
    with pytest.raises(openstack.ConflictError, match=segment.physical_network):
        second.up()


def test_an_unknown_physical_network_is_named(life: Any, name: str, needs: Any, segment: Segment | str) -> None:
    needs("network:provider")
    if isinstance(segment, str):
        pytest.skip(segment)
    network = life(Network, name=name, network_type="vlan", physical_network="nowhere", segmentation_id=7)
    with pytest.raises(openstack.RefusedError, match="nowhere"):
        network.up()


@pytest.mark.parametrize(
    "props", [{"protocol": "sctp", "port_min": 9}, {"protocol": 112}, {"protocol": "icmp", "port_min": 3, "port_max": 4}]
)
def test_rules_that_are_rare(life: Any, cloud: openstack.Cloud, name: str, needs: Any, props: dict[str, Any]) -> None:
    needs("network:security-group")
    group = life.made(SecurityGroup, name=name)
    rule = life(SecurityGroupRule, group=group.id, description=WORDS, **props)
    assert (rule.up(), rule.preview(), rule.refresh()) == ("create", "same", {})
    id_ = rule.id
    rule.forget()
    assert (rule.up(), rule.id, rule.preview()) == ("create", id_, "same")
    six = life(SecurityGroupRule, group=group.id, ethertype="IPv6", protocol="tcp", port_min=22, remote_cidr="2001:DB8:0::/32")
    assert (six.up(), six.preview(), six.refresh()) == ("create", "same", {})


def test_a_quota_without_bound(life: Any, cloud: openstack.Cloud, name: str, needs: Any) -> None:
    needs("network:quotas")
    project = life.made(Project, name=name)
    quota = life(Quota, project=project.id, networks=-1, ports=0, security_group_rules=500)
    assert (quota.up(), quota.preview(), quota.refresh()) == ("create", "same", {})
    network = life.made(Network, name=name, project=project.id)
    with pytest.raises(openstack.CloudError, match=r"[Qq]uota"):
        cloud.ports.create(name, lambda: None, name=name, project_id=project.id, network_id=network.id)


def test_a_floating_address_of_nowhere(life: Any, name: str, needs: Any) -> None:
    needs("network:router")
    inside = life.made(Network, name=name)
    life.made(Subnet, network=inside.id, cidr="192.0.2.0/24")
    with pytest.raises(openstack.CloudError, match=r"not.*external|external.*not|not valid external"):
        life(FloatingIp, network=inside.id, description=name).up()
