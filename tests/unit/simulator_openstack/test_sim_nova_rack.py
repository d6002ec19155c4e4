"""Nova, Cinder and Placement over a rack, as openstacksdk speaks to them."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from typing import Any

import openstack
import pytest

from tests.unit.simulator_openstack.planted import Planted, planted


@pytest.fixture
def rack(tmp_path: pathlib.Path) -> Iterator[Planted]:
    """With a clock that runs: clients wait for states."""
    with planted(tmp_path / "rack", factor=60.0) as found:
        yield found


@pytest.fixture
def cloud(rack: Planted) -> Iterator[Any]:
    connection = connect(rack)
    yield connection
    connection.close()


def connect(rack: Planted) -> Any:
    return openstack.connect(
        load_yaml_config=False,
        load_envvars=False,
        auth_url=rack.url("keystone", 5000) + "/v3",
        username="admin",
        password=rack.password,
        project_name="admin",
        user_domain_name="admin_domain",
        project_domain_name="admin_domain",
        region_name="RegionOne",
    )


def state(cloud: Any, host: str) -> str:
    [service] = cloud.compute.services(host=host, binary="nova-compute")
    return str(service.state)


def boot(cloud: Any) -> Any:
    image = cloud.image.create_image(name="i", data=b"disk", disk_format="raw", container_format="bare", md5="", sha256="")
    flavor = cloud.compute.create_flavor(name="f", ram=128, vcpus=1, disk=1)
    server = cloud.compute.create_server(name="s", image_id=image.id, flavor_id=flavor.id, networks="none")
    return cloud.compute.wait_for_server(server, interval=0.1, wait=60)


def test_a_worker_that_is_switched_off_is_down_and_keeps_its_servers(rack: Planted, cloud: Any) -> None:
    server = boot(cloud)
    host = server.compute_host
    assert state(cloud, host) == "up"
    rack.rack.call(rack.rack.world.power_off, host)
    rack.rack.advance(61)
    assert state(cloud, host) == "down"
    shown = cloud.compute.get_server(server.id)
    assert (shown.status, shown.compute_host, shown.host_status) == ("ACTIVE", host, "UNKNOWN")
    cloud.compute.evacuate_server(server)
    rack.rack.advance(30)
    moved = cloud.compute.get_server(server.id)
    assert (moved.status, moved.compute_host != host) == ("ACTIVE", True)


def test_a_volume_at_a_server(rack: Planted, cloud: Any) -> None:
    server = boot(cloud)
    volume = cloud.block_storage.create_volume(name="v", size=1)
    cloud.block_storage.wait_for_status(volume, interval=0.1, wait=60)
    cloud.compute.create_volume_attachment(server, volume_id=volume.id)
    cloud.block_storage.wait_for_status(volume, "in-use", interval=0.1, wait=60)
    cloud.compute.delete_volume_attachment(server, volume)
    cloud.block_storage.wait_for_status(volume, "available", interval=0.1, wait=60)
    cloud.compute.delete_server(server)
    cloud.compute.wait_for_delete(server, interval=0.1, wait=60)


def test_placement_knows_the_hypervisors(rack: Planted, cloud: Any) -> None:
    names = sorted(each.name for each in cloud.placement.resource_providers())
    assert names == sorted(each.name for each in cloud.compute.hypervisors()) == ["worker-1", "worker-2"]


def test_servers_and_volumes_outlive_the_simulator(rack: Planted, cloud: Any) -> None:
    server = boot(cloud)
    volume = cloud.block_storage.create_volume(name="v", size=1)
    cloud.block_storage.wait_for_status(volume, interval=0.1, wait=60)
    rack.rack.stop()
    rack.rack.start()
    again = connect(rack)
    assert again.compute.get_server(server.id).status == "ACTIVE"
    assert again.block_storage.get_volume(volume.id).status == "available"
    again.close()


@pytest.mark.parametrize(("resumes", "status"), [(False, "SHUTOFF"), (True, "ACTIVE")])
def test_servers_of_a_worker_that_was_started_anew(rack: Planted, cloud: Any, resumes: bool, status: str) -> None:
    rack.model.applications["nova-compute"].options["resume-guests-state-on-host-boot"] = resumes
    server = boot(cloud)
    host = server.compute_host
    assert state(cloud, host) == "up"
    rack.rack.call(rack.rack.world.power_off, host)
    rack.rack.advance(61)
    assert cloud.compute.get_server(server.id).status == "ACTIVE", "nobody looked after it meanwhile"
    rack.rack.world.machine(host).os = {"osystem": "ubuntu"}
    rack.rack.call(rack.rack.world.power_on, host)
    rack.rack.advance(600)
    assert (state(cloud, host), cloud.compute.get_server(server.id).status) == ("up", status)
    if not resumes:
        cloud.compute.start_server(server)
        assert cloud.compute.wait_for_server(server, interval=0.1, wait=60).status == "ACTIVE"
