"""What is made and looked at in optional services: types of shares, and services that answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from clients import openstack
from clients.errors import ClientError
from providers import _base
from providers.openstack import Network, ServiceCheck, ShareType, Subnet

SPECS = {"driver_handles_share_servers": "False", "snapshot_support": "False", "storage_protocol": "NFS"}
PORTS = {"sharev2": 8786, "orchestration": 8004}


@pytest.fixture(autouse=True)
def with_services(simulated: Any, cloud: openstack.Cloud) -> Iterator[None]:
    """The simulated cloud has Heat and Manila meanwhile."""
    if simulated is None:
        if "sharev2" not in cloud.endpoints():
            pytest.skip("this cloud has no Manila")
        yield
        return
    simulated.facts.types |= PORTS
    yield
    for kind in PORTS:
        simulated.facts.types.pop(kind, None)
    simulated.down.clear()


def test_a_share_type_through_its_life(life: Any, cloud: openstack.Cloud, name: str) -> None:
    kind = life(ShareType, name=name, extra_specs=SPECS)
    assert (kind.up(), kind.preview(), kind.refresh()) == ("create", "same", {})
    assert kind["adopted"] is False
    cloud.shares.set_extra_specs(kind.id, SPECS, {"driver_handles_share_servers": "False", "snapshot_support": "True"})
    drifted = {"extra_specs": {"driver_handles_share_servers": "False", "snapshot_support": "True"}}
    assert kind.refresh() == drifted
    assert (kind.up(), kind.refresh()) == ("update", {})
    assert cloud.share_types.read(kind.id).extra_specs == SPECS
    assert kind.preview(name=f"{name}-other") == "replace"
    cloud.share_types.delete(kind.id)
    kind.refresh()
    assert (kind.id, kind.up()) == (None, "create")
    kind.destroy()
    assert [found.name for found in cloud.share_types.list(is_public="all") if found.name == name] == []


def test_a_share_type_that_was_there_is_put_back(life: Any, cloud: openstack.Cloud, name: str) -> None:
    specs = {"driver_handles_share_servers": "False", "snapshot_support": "True"}
    theirs = cloud.share_types.create(name, lambda: None, name=name, extra_specs=specs)
    try:
        ours = life.made(ShareType, name=name, extra_specs=SPECS)
        assert (ours.id, ours["adopted"]) == (theirs.id, True)
        assert cloud.share_types.read(theirs.id).extra_specs == SPECS
        ours.destroy()
        assert cloud.share_types.read(theirs.id).extra_specs == specs
    finally:
        cloud.share_types.delete(theirs.id)


def test_share_types_are_gone_with_their_service(life: Any, site: Any, name: str) -> None:
    kind = life.made(ShareType, name=name, extra_specs=SPECS)
    site.facts.types.pop("sharev2")
    kind.refresh()
    assert kind.id is None


def test_what_manila_insists_on_is_told(life: Any, name: str) -> None:
    with pytest.raises(ClientError, match="driver_handles_share_servers"):
        life(ShareType, name=name, extra_specs={"storage_protocol": "NFS"}).up()


def test_a_service_is_found_when_it_answers(life: Any, site: Any) -> None:
    check = life(ServiceCheck, type="orchestration")
    assert (check.up(), check.preview(), check.refresh()) == ("create", "same", {})
    assert check["url"].startswith("http://127.0.0.1:")
    site.down.add(PORTS["orchestration"])
    check.refresh()
    assert check.id is None


def test_a_service_that_nobody_registered_is_waited_for_in_vain(life: Any, site: Any) -> None:
    with pytest.raises(ClientError, match="for the service dns to be in the catalogue and to answer"):
        life(ServiceCheck, type="dns", timeout=0.2).up()


def test_a_service_that_clients_still_use_stays(life: Any, site: Any, cloud: openstack.Cloud, name: str) -> None:
    site.facts.types["load-balancer"] = 9876
    try:
        check = life.made(ServiceCheck, type="load-balancer")
        network = life.made(Network, name=name)
        subnet = life.made(Subnet, network=network.id, cidr="192.0.2.0/24")
        asked = {"loadbalancer": {"name": "web", "vip_subnet_id": subnet.id}}
        url = f"{check['url']}/v2.0/lbaas/loadbalancers"
        made = cloud.raw("identity", "post", url, "create", json=asked)["loadbalancer"]
        with pytest.raises(_base.ExpectedError, match=r"load-balancer still has 1 load balancers: web; .* leave the service on"):
            check.destroy()
        cloud.wait("it to be there", lambda: cloud.raw("identity", "get", f"{url}/{made['id']}", "read"), _active, seconds=30)
        cloud.raw("identity", "delete", f"{url}/{made['id']}", "delete")
        cloud.wait("it to go", lambda: cloud.raw("identity", "get", url, "list"), lambda f: not f["loadbalancers"], seconds=30)
        check.destroy()
        for kind in ("orchestration", "sharev2"):
            life.made(ServiceCheck, type=kind).destroy()
    finally:
        site.facts.types.pop("load-balancer")


def _active(found: Any) -> bool:
    return found["loadbalancer"]["provisioning_status"] == "ACTIVE"
