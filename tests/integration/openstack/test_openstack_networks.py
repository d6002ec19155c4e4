"""Networks, subnets, routers and floating addresses through their lives."""

from __future__ import annotations

from typing import Any

import pytest

from clients import openstack
from clients.openstack._transport import ATTEMPTS
from providers import _base
from providers.openstack import FloatingIp, Network, Project, Router, RouterInterface, Subnet, _login, _outage

from .openstack_offer import Segment


@pytest.fixture(autouse=True)
def with_network(needs: Any) -> None:
    needs("network")


def test_a_network_through_its_life(life: Any, cloud: openstack.Cloud, name: str, needs: Any) -> None:
    needs("network:net-mtu-writable")
    network = life(Network, name=name, description="ours")
    assert (network.up(), network.preview(), network.refresh()) == ("create", "same", {})
    assert cloud.networks.read(network.id).description == "ours"
    cloud.networks.update(network.id, description="theirs", name=f"{name}-x", is_admin_state_up=False)
    assert network.refresh() == {"description": "theirs", "name": f"{name}-x"}  # nobody said anything of the rest
    assert network.up() == "update"
    assert network.up(description=None, mtu=1300) == "update"
    found = cloud.networks.read(network.id)
    assert (found.name, found.description, found.mtu) == (name, "", 1300)
    id_ = network.id
    network.destroy()
    assert cloud.networks.read(id_) is None


def test_a_network_that_somebody_deleted_is_made_anew(life: Any, cloud: openstack.Cloud, name: str) -> None:
    network = life.made(Network, name=name)
    cloud.networks.delete(network.id)
    with pytest.raises(_base.ExpectedError, match=f"the network {name} is gone from OpenStack: run `pulumi refresh`"):
        network.up(description="x")
    network.refresh()
    assert (network.id, network.up()) == (None, "create")


def test_a_refresh_goes_on_while_a_service_is_down(
    life: Any, site: Any, cloud: openstack.Cloud, name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clients.openstack._transport.PAUSE", 0.001)
    network, project = life.made(Network, name=name), life.made(Project, name=name)
    cloud.projects.update(project.id, description="theirs")
    site.down.add(9696)
    try:
        assert (network.refresh(), project.refresh()) == ({}, {})  # nobody said anything of a description
        with pytest.raises(openstack.FaultError, match=r"read the network .*nothing listens at 10\.20\.0\.33:9696"):
            network.up(description="x")
        cloud.projects.delete(project.id)
        project.refresh()
        assert project.id is None
    finally:
        site.down.clear()
    assert capsys.readouterr().out.count("can't be read at the moment and is taken to be as it was") == 1
    assert network.up() == "update"


def test_a_refresh_goes_on_while_a_service_is_not_in_the_catalogue(
    life: Any, cloud: openstack.Cloud, name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when its last unit was removed behind our back: `up` brings it again, and all that was in it."""
    network, project = life.made(Network, name=name), life.made(Project, name=name)

    def absent(*_: Any) -> None:
        raise openstack.AbsentServiceError("its catalogue has no such service")

    with monkeypatch.context() as patched:
        patched.setattr(type(network.provider), "read_one", absent)
        assert network.refresh() == {}
    assert project.refresh() == {}
    assert "taken to be as it was: its catalogue has no such service" in capsys.readouterr().out
    assert (network.preview(), network.refresh()) == ("same", {})


def test_a_refresh_asks_a_keystone_that_is_down_once(
    life: Any, site: Any, cloud: openstack.Cloud, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    networks = [life.made(Network, name=f"{name}-{number}") for number in range(3)]
    openstack.connect(next(iter(_login._found.values())), 0.05).close()  # as in a new process
    site.down.add(5000)
    before = len(site.requests)
    try:
        assert [network.refresh() for network in networks] == [{}, {}, {}]
    finally:
        site.down.clear()
        _outage._silent.clear()
    assert len(site.requests) - before <= ATTEMPTS
    assert [network.refresh() for network in networks] == [{}, {}, {}]


def test_a_service_that_fails_once_is_asked_again(life: Any, site: Any, cloud: openstack.Cloud, name: str) -> None:
    network = life.made(Network, name=name)
    id_ = network.id
    site.broken["PUT /v2.0/networks"] = 500
    assert (network.up(description="x"), cloud.networks.read(id_).description) == ("update", "x")
    site.broken["DELETE /v2.0/networks"] = 500
    network.destroy()
    assert (cloud.networks.read(id_), site.broken) == (None, {})


def test_what_was_there_is_adopted_and_put_back(life: Any, cloud: openstack.Cloud, name: str, needs: Any) -> None:
    needs("network:net-mtu-writable")
    theirs = cloud.networks.create(name, lambda: None, name=name, description="theirs", is_shared=False)
    try:
        network = life(Network, name=name, description="ours", mtu=1400)
        assert (network.up(), network.id, network["adopted"]) == ("create", theirs.id, True)
        network.up(admin_state_up=False)
        assert cloud.networks.read(theirs.id).is_admin_state_up is False
        network.up(admin_state_up=None)
        assert cloud.networks.read(theirs.id).is_admin_state_up is True
        network.destroy()
        found = cloud.networks.read(theirs.id)
        assert (found.description, found.mtu) == ("theirs", theirs.mtu)
    finally:
        cloud.networks.delete(theirs.id)


def test_what_a_killed_run_made_is_ours(life: Any, cloud: openstack.Cloud, name: str) -> None:
    network = life.made(Network, name=name)
    id_ = network.id
    network.forget()
    assert (network.up(), network.id, network["adopted"]) == ("create", id_, False)
    network.destroy()
    assert cloud.networks.read(id_) is None


def test_two_by_one_name_are_told_apart_by_nobody(life: Any, cloud: openstack.Cloud, name: str) -> None:
    made = [cloud.networks.create(name, lambda: None, name=name) for _ in range(2)]
    try:
        with pytest.raises(openstack.AmbiguousError, match=f"there are 2 networks '{name}' in one project") as caught:
            life(Network, name=name).up()
        assert all(network.id in str(caught.value) for network in made)
    finally:
        for network in made:
            cloud.networks.delete(network.id)


def test_a_provider_network(life: Any, cloud: openstack.Cloud, name: str, needs: Any, segment: Segment | str) -> None:
    needs("network:external-net")
    if isinstance(segment, str):
        pytest.skip(segment)
    vlan, where = segment.segmentation_id, segment.inputs
    network = life.made(Network, name=name, external=True, **where)
    assert (network.preview(), network.refresh()) == ("same", {})
    found = cloud.networks.read(network.id)
    assert (found.is_router_external, found.provider_segmentation_id) == (True, vlan)
    assert network.preview(segmentation_id=vlan - 1) == "replace"
    network.forget()
    other = life(Network, name=name, **{**where, "segmentation_id": vlan - 1})
    with pytest.raises(
        _base.ExpectedError, match=rf"segmentation_id is {vlan} there and {vlan - 1} here, which can't be changed"
    ):
        other.up()
    life.things.remove(other)
    network.up()


def test_impossible_networks_are_refused_at_preview(life: Any) -> None:
    network = life(Network, name="n", network_type="flat")
    life.things.remove(network)
    assert network.refusals() == {"physical_network": "a flat network needs the physical network that it is on"}
    assert set(network.refusals(physical_network="p", segmentation_id=1)) == {"segmentation_id"}


def test_a_subnet_through_its_life(life: Any, cloud: openstack.Cloud, name: str) -> None:
    network = life.made(Network, name=name)
    pools = [{"start": "192.0.2.100", "end": "192.0.2.149"}, {"start": "192.0.2.10", "end": "192.0.2.20"}]
    subnet = life(
        Subnet,
        network=network.id,
        cidr="192.0.2.7/24",
        name=name,
        gateway_ip="192.0.2.1",
        allocation_pools=pools,
        dns_nameservers=["192.0.2.2", "192.0.2.3"],
    )
    assert (subnet.up(), subnet.preview(), subnet.refresh()) == ("create", "same", {})
    assert (subnet["cidr"], subnet["gateway"]) == ("192.0.2.0/24", "192.0.2.1")
    cloud.subnets.update(subnet.id, dns_nameservers=["192.0.2.9"], allocation_pools=pools[:1])
    assert subnet.refresh() == {"dns_nameservers": ["192.0.2.9"], "allocation_pools": pools[:1]}
    assert subnet.up() == "update"
    assert (subnet.refresh(), subnet.preview()) == ({}, "same")
    assert subnet.up(gateway_ip="none", enable_dhcp=False, dns_nameservers=None) == "update"
    found = cloud.subnets.read(subnet.id)
    assert (found.gateway_ip, found.is_dhcp_enabled, found.dns_nameservers) == (None, False, ())
    assert (subnet.refresh(), subnet["gateway"]) == ({}, "")
    assert subnet.preview(cidr="198.51.100.0/24", allocation_pools=None) == "replace"


def test_a_subnet_without_words_takes_what_neutron_gives(life: Any, name: str) -> None:
    network = life.made(Network, name=name)
    subnet = life.made(Subnet, network=network.id, cidr="192.0.2.0/24")
    assert (subnet["gateway"], subnet.preview(), subnet.refresh()) == ("192.0.2.1", "same", {})
    six = life.made(Subnet, network=network.id, cidr="2001:db8::/64", ipv6_address_mode="slaac", ipv6_ra_mode="slaac")
    assert (six.preview(), six.refresh(), six["gateway"][:10]) == ("same", {}, "2001:db8::")


@pytest.mark.parametrize(
    ("props", "said"),
    [
        ({"gateway_ip": "198.51.100.1"}, "198.51.100.1 is not an address of 192.0.2.0/24"),
        ({"allocation_pools": [{"start": "192.0.2.9", "end": "192.0.2.3"}]}, "the pool ends at 192.0.2.3, before it starts"),
        ({"allocation_pools": [{"start": "192.0.3.9", "end": "192.0.3.10"}]}, "192.0.3.9-192.0.3.10 is not within 192.0.2.0/24"),
        (
            {"gateway_ip": "192.0.2.5", "allocation_pools": [{"start": "192.0.2.1", "end": "192.0.2.9"}]},
            "the gateway 192.0.2.5 is in the pool 192.0.2.1-192.0.2.9: leave it out",
        ),
    ],
)
def test_impossible_subnets_are_refused_at_preview(life: Any, props: dict[str, Any], said: str) -> None:
    subnet = life(Subnet, network="n", cidr="192.0.2.0/24", **props)
    life.things.remove(subnet)
    assert said in " ".join(subnet.refusals().values())


@pytest.fixture
def outside(life: Any, name: str, needs: Any, segment: Segment | str) -> Any:
    """An external network with addresses to float, on a VLAN where one is to be had."""
    needs("network:external-net", "network:router", "network:ext-gw-mode")
    where = {} if isinstance(segment, str) else segment.inputs
    network = life.made(Network, name=f"{name}-outside", external=True, **where)
    pool = [{"start": "203.0.113.100", "end": "203.0.113.120"}]
    life.made(Subnet, network=network.id, cidr="203.0.113.0/24", enable_dhcp=False, allocation_pools=pool)
    return network


@pytest.fixture
def inside(life: Any, name: str, needs: Any) -> Any:
    """A subnet behind a router, perhaps."""
    needs("network:router")
    network = life.made(Network, name=f"{name}-inside")
    return life.made(Subnet, network=network.id, cidr="192.0.2.0/24")


def test_a_router_through_its_life(life: Any, cloud: openstack.Cloud, name: str, outside: Any) -> None:
    router = life(Router, name=name, external_network=outside.id)
    assert (router.up(), router.preview(), router.refresh()) == ("create", "same", {})
    assert router["gateway_addresses"][0].startswith("203.0.113.1")
    cloud.routers.update(router.id, external_gateway_info={})
    drift = router.refresh()
    assert (drift["external_network"], drift["gateway_addresses"]) == (None, [])
    assert (router.up(), router.refresh()) == ("update", {})
    assert cloud.routers.read(router.id).external_gateway_info["network_id"] == outside.id
    addresses = router["gateway_addresses"]
    assert router.up(enable_snat=False, description="x") == "update"
    assert (router["gateway_addresses"], router.refresh()) == (addresses, {})
    assert router.up(external_addresses=["203.0.113.50"]) == "update"
    assert (router["gateway_addresses"], router.preview(), router.refresh()) == (["203.0.113.50"], "same", {})
    assert router.up(external_network=None, enable_snat=None, external_addresses=None) == "update"
    assert not cloud.routers.read(router.id).external_gateway_info
    assert set(router.refusals(enable_snat=True)) == {"enable_snat"}


def test_a_router_with_routes(life: Any, name: str, inside: Any, needs: Any) -> None:
    needs("network:extraroute")
    router = life.made(Router, name=name)
    life.made(RouterInterface, router=router.id, subnet=inside.id)
    assert router.up(routes=[{"destination": "198.51.100.0/24", "nexthop": "192.0.2.9"}]) == "update"
    assert (router.preview(), router.refresh()) == ("same", {})
    assert router.up(routes=None) == "update"
    assert router.refresh() == {}


def test_an_interface_through_its_life(life: Any, cloud: openstack.Cloud, name: str, inside: Any) -> None:
    router = life.made(Router, name=name)
    interface = life(RouterInterface, router=router.id, subnet=inside.id)
    assert (interface.up(), interface.preview(), interface.refresh()) == ("create", "same", {})
    assert cloud.ports.read(interface["port"]).fixed_ips[0]["ip_address"] == "192.0.2.1"
    with pytest.raises(openstack.ConflictError, match="delete the router"):
        cloud.routers.delete(router.id)
    port = interface["port"]
    interface.forget()
    assert (interface.up(), interface["port"], interface["adopted"]) == ("create", port, False)
    cloud.networking.remove_interface(router.id, inside.id)
    interface.refresh()
    assert interface.id is None
    cloud.networking.add_interface(router.id, subnet_id=inside.id)
    interface.up()
    assert interface["adopted"] is True
    interface.destroy()
    assert cloud.networking.interface(router.id, inside.id) is not None
    cloud.networking.remove_interface(router.id, inside.id)


def test_an_interface_at_an_address_of_its_own(life: Any, cloud: openstack.Cloud, name: str, inside: Any) -> None:
    router = life.made(Router, name=name)
    interface = life.made(RouterInterface, router=router.id, subnet=inside.id, address="192.0.2.200")
    assert (interface.preview(), interface.refresh()) == ("same", {})
    assert interface.preview(address="192.0.2.201") == "replace"
    interface.destroy()
    assert cloud.networking.interface(router.id, inside.id) is None


def test_a_floating_address_through_its_life(life: Any, cloud: openstack.Cloud, name: str, outside: Any, inside: Any) -> None:
    floating = life(FloatingIp, network=outside.id, description=name)
    assert (floating.up(), floating.preview(), floating.refresh()) == ("create", "same", {})
    id_, address = floating.id, floating["floating_address"]
    floating.forget()
    assert (floating.up(), floating.id, floating["adopted"]) == ("create", id_, False)
    router = life.made(Router, name=name, external_network=outside.id)
    life.made(RouterInterface, router=router.id, subnet=inside.id)
    port = cloud.ports.create(name, lambda: None, network_id=cloud.subnets.read(inside.id).network_id, name=name)
    try:
        assert floating.up(port=port.id) == "update"
        assert (cloud.floating_ips.read(id_).port_id, floating.preview()) == (port.id, "same")
        cloud.floating_ips.update(id_, port_id=None)
        assert floating.refresh()["port"] is None
        assert (floating.up(), floating["floating_address"]) == ("update", address)
        assert floating.up(port=None) == "update"
        assert cloud.floating_ips.read(id_).port_id is None
    finally:
        floating.destroy()
        cloud.ports.delete(port.id)
    assert cloud.floating_ips.read(id_) is None


def test_a_floating_address_that_is_asked_for(life: Any, outside: Any) -> None:
    floating = life.made(FloatingIp, network=outside.id, address="203.0.113.60")
    assert (floating["floating_address"], floating.preview(), floating.refresh()) == ("203.0.113.60", "same", {})
    assert set(floating.refusals(address=None)) == {"description"}
    assert floating.preview(address="203.0.113.61") == "replace"


def test_a_second_subnet_of_the_same_addresses_on_a_router_is_refused_with_the_mend(life: Any, name: str, needs: Any) -> None:
    """What a network under another name in the site is."""
    needs("network:router")
    router = life.made(Router, name=name)
    subnets = []
    for each in ("a", "b"):
        network = life.made(Network, name=f"{name}-{each}")
        subnets.append(life.made(Subnet, name=f"{name}-{each}", network=network.id, cidr="192.0.2.0/24"))
    life.made(RouterInterface, router=router.id, subnet=subnets[0].id)
    with pytest.raises(_base.ExpectedError, match=r"(?s)overlaps with .*take the old one off the router"):
        life(RouterInterface, router=router.id, subnet=subnets[1].id).up()
