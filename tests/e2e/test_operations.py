"""What is done to a cloud that is up, each as an edit of the site and an `up`: a chain of operations, and the refusals.

The tests of this module run in this order on one world. The cloud begins two releases back, on Ubuntu 22.04.
"""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import clouds
import pytest
import yaml
from looking import JujuLook, MaasLook
from rehearsal import Rehearsal, Step

pytestmark = [pytest.mark.slow, pytest.mark.long, pytest.mark.xdist_group("operations"), pytest.mark.timeout(1200)]

SETTLES = Step("update", "juju:Settled openstack")
SPARE = {"worker-3": ("52:54:00:01:03:01", 3), "worker-4": ("52:54:00:01:04:01", 4)}


def worker(hostname: str, hardware: str) -> dict[str, Any]:
    mac, number = SPARE[hardware]
    bmc = {"address": f"10.10.0.1{number}", "user": "maas", "password": f"bmc-secret-{number}"}
    return {"hostname": hostname, "mac": mac, "bmc": bmc, "external_nic": "eno2", "osd_disks": ["/dev/sdb"]}


def begin(site: dict[str, Any]) -> None:
    """An older cloud with one OSD a worker."""
    site["openstack"] |= {"release": "antelope", "base": "ubuntu@22.04/stable", "overlays": ["bundles/bases/jammy.yaml"]}
    site["openstack"] |= {"expected_osd_count": 2, "smoke_test": None}
    for each in site["workers"]:
        each["osd_disks"] = ["/dev/sdb"]


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    rehearsal = Rehearsal(tmp_path_factory.mktemp("operations") / "checkout")
    rehearsal.start()
    yield rehearsal
    rehearsal.stop()


@pytest.fixture(scope="module")
def cloud(rehearsal: Rehearsal) -> Rehearsal:
    rehearsal.edit(begin)
    rehearsal.up()
    return rehearsal


def refused(cloud: Rehearsal, verb: str = "preview") -> str:
    """What a run says that must fail plainly."""
    words = ("--yes", "--skip-preview", "--parallel", "64") if verb == "up" else ()
    done = cloud.pulumi(verb, "--stack", "dev", *words)
    said = done.stdout + done.stderr
    assert done.returncode != 0, said
    assert "Traceback" not in said, said
    return said


def servers(cloud: Rehearsal) -> dict[str, str]:
    """Host by name of each server."""
    return {server.name: server.compute_host for server in clouds.look(cloud).compute.servers(all_projects=True)}


def osds(cloud: Rehearsal) -> dict[str, int]:
    """How many OSDs each worker has, as the program saw them last."""
    kind = "pulumi-python:dynamic/openstack:OsdHost"
    return {r["inputs"]["hostname"]: r["outputs"]["up"] for r in cloud.resources() if r["type"] == kind}


def channels(cloud: Rehearsal) -> dict[str, str]:
    return {name: app.charm_channel for name, app in JujuLook(cloud.endpoints["juju"]).status().applications.items()}


# what is refused, before anything is touched

REFUSED: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "the last worker but one": (
        lambda site: site["workers"].pop() and site["openstack"].update(expected_osd_count=1),
        "only worker-1 is left: its loss would take all data and all instances with it",
    ),
    "two releases at once": (
        lambda site: site["openstack"].update(release="caracal"),
        "one release at a time, antelope → bobcat → caracal; set bobcat first",
    ),
    "an older release": (
        lambda site: site["openstack"].update(release="zed"),
        "the cloud runs antelope, and OpenStack doesn't go back",
    ),
    "units on workers": (
        lambda site: site["openstack"].update(units={"nova-compute": 3}),
        "add or remove a worker instead",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_the_preview_refuses(cloud: Rehearsal, what: str) -> None:
    edit, says = REFUSED[what]
    before = len(cloud.mutations())
    with cloud.edited(edit):
        assert says in refused(cloud)
    assert cloud.mutations()[before:] == []


# one worker more, more OSDs, a service scaled, the password rotated


def test_several_edits_are_one_preview_and_one_up(cloud: Rehearsal) -> None:
    def edit(site: dict[str, Any]) -> None:
        for each in site["workers"]:
            each["osd_disks"] = ["/dev/sdb", "/dev/sdc"]
        site["workers"].append(worker("worker-3", "worker-3") | {"osd_disks": ["/dev/sdb", "/dev/sdc"]})
        site["openstack"] |= {"units": {"glance": 2}, "rotations": {"admin_password": "first"}}
        site["openstack"]["operations"] = {"removing": "refuse"}

    old = yaml.safe_load((clouds.files(cloud) / "clouds.yaml").read_text())["clouds"]["dev"]["auth"]["password"]
    cloud.edit(edit)
    assert cloud.plan() == {
        Step("create", "maas:Machine worker-3"),
        Step("create", "juju:Machine worker-3"),
        Step("create", "juju:Unit nova-compute/worker-3"),
        Step("create", "juju:Unit ceph-osd/worker-3"),
        Step("create", "openstack:OsdHost worker-3"),
        Step("create", "openstack:ComputeHost worker-3"),
        Step("update", "juju:Application ceph-osd"),
        Step("update", "openstack:OsdHost worker-1"),
        Step("update", "openstack:OsdHost worker-2"),
        Step("update", "openstack:ComputeHost worker-1"),
        Step("update", "openstack:ComputeHost worker-2"),
        Step("create", "juju:Machine control-1/lxd/glance-1"),
        Step("create", "juju:Unit glance/1"),
        Step("create", "juju:Action rotate-admin-password"),
        Step("update", "openstack:CloudAccess dev"),
        SETTLES,
    }
    cloud.up()
    assert cloud.plan() == set()
    assert osds(cloud) == {"worker-1": 2, "worker-2": 2, "worker-3": 2}
    new = yaml.safe_load((clouds.files(cloud) / "clouds.yaml").read_text())["clouds"]["dev"]["auth"]["password"]
    assert new != old
    hosts = {service.host for service in clouds.look(cloud).compute.services(binary="nova-compute")}
    assert hosts == {"worker-1", "worker-2", "worker-3"}


# a charm's channel, renewed certificates, an optional service


def test_a_channel_certificates_and_a_service_more(cloud: Rehearsal) -> None:
    def edit(site: dict[str, Any]) -> None:
        site["openstack"] |= {"channels": {"rabbitmq-server": "3.9/candidate"}, "services": {"heat": True}}
        site["openstack"]["vault"] = {**site["openstack"].get("vault", {}), "reissue": "2026-12"}

    renewed = cloud.outputs()["vault"]["certificates_expire"]
    cloud.edit(edit)
    planned = cloud.plan()
    assert {
        Step("update", "juju:Application rabbitmq-server"),
        Step("update", "vault:RootCertificate vault-ca"),
        Step("create", "juju:Application heat"),
        Step("create", "juju:Action heat-domain-setup"),
        Step("create", "openstack:ServiceCheck orchestration"),
        SETTLES,
    } <= planned
    assert {step.op for step in planned} == {"create", "update"}
    cloud.up()
    assert cloud.plan() == set()
    assert channels(cloud)["rabbitmq-server"] == "3.9/candidate"
    assert cloud.outputs()["vault"]["certificates_expire"] > renewed
    look = clouds.look(cloud)
    assert look.session.get_endpoint(service_type="orchestration", interface="public")


# a worker less


def remove_second(site: dict[str, Any]) -> None:
    site["workers"] = [each for each in site["workers"] if each["hostname"] != "worker-2"]


def boot_on(cloud: Rehearsal, host: str) -> None:
    look = clouds.look(cloud)
    image, flavor = look.image.find_image("noble-amd64"), look.compute.find_flavor("m1.small")
    network = look.network.find_network("int_net")
    made = look.compute.create_server(
        name="pet", image_id=image.id, flavor_id=flavor.id, networks=[{"uuid": network.id}], availability_zone=f"nova:{host}"
    )
    look.compute.wait_for_server(made, interval=0.2, wait=60)


def test_a_worker_with_instances_stays_when_the_site_says_so(cloud: Rehearsal) -> None:
    boot_on(cloud, "worker-2")
    with cloud.edited(remove_second):
        said = refused(cloud, "up")
    assert "worker-2 runs 1 instance: pet" in said
    assert "let them migrate" in said
    assert servers(cloud) == {"pet": "worker-2"}
    services = clouds.look(cloud).compute.services(binary="nova-compute", host="worker-2")
    assert [service.status for service in services] == ["enabled"]


def test_a_worker_leaves_with_its_instances_moved_and_its_data_whole(cloud: Rehearsal) -> None:
    cloud.edit(lambda site: site["openstack"].update(operations={"removing": "migrate"}))
    cloud.up()
    cloud.edit(remove_second)
    assert Step("delete", "openstack:ComputeHost worker-2") in cloud.plan()
    cloud.up()
    assert cloud.plan() == set()
    look = clouds.look(cloud)
    assert servers(cloud)["pet"] in {"worker-1", "worker-3"}
    assert {service.host for service in look.compute.services(binary="nova-compute")} == {"worker-1", "worker-3"}
    assert {agent.host for agent in look.network.agents()} == {"worker-1", "worker-3"}
    assert "worker-2" not in MaasLook(cloud.endpoints["maas"]).machines()
    assert osds(cloud) == {"worker-1": 2, "worker-3": 2}


# a worker that died


def test_a_dead_worker_is_replaced_by_other_hardware_of_the_same_name(cloud: Rehearsal) -> None:
    boot = servers(cloud)["pet"]
    switch_off(cloud, boot)

    def edit(site: dict[str, Any]) -> None:
        index = next(i for i, each in enumerate(site["workers"]) if each["hostname"] == boot)
        site["workers"][index] = worker(boot, "worker-4") | {"osd_disks": ["/dev/sdb", "/dev/sdc"]}

    cloud.edit(edit)
    replaced = {step.resource for step in cloud.plan() if "replace" in step.op}
    assert {f"maas:Machine {boot}", f"openstack:ComputeHost {boot}", f"openstack:OsdHost {boot}"} <= replaced
    cloud.up()
    assert cloud.plan() == set()
    assert servers(cloud)["pet"] != boot
    assert osds(cloud)[boot] == 2


def switch_off(cloud: Rehearsal, hostname: str) -> None:
    """Pulls the plug, and waits until Nova has missed the worker."""
    url = f"{cloud.endpoints['admin']['url']}world/machines/{hostname}/power"
    body = json.dumps({"action": "off"}).encode()
    urllib.request.urlopen(urllib.request.Request(url, body, {"Content-Type": "application/json"}), timeout=30).close()
    end = time.monotonic() + 60
    while any(s.state == "up" for s in clouds.look(cloud).compute.services(binary="nova-compute", host=hostname)):
        assert time.monotonic() < end
        time.sleep(0.2)


# the next release


def test_an_upgrade_goes_one_release_on_in_the_guide_s_order(cloud: Rehearsal) -> None:
    cloud.edit(lambda site: site["openstack"].update(release="bobcat"))
    planned = cloud.plan()
    assert Step("update", "openstack:Release release") in planned
    moved = {step.resource.removeprefix("juju:Application ") for step in planned if step.resource.startswith("juju:Application")}
    assert {"keystone", "nova-compute", "ceph-mon", "ovn-central", "cinder-ceph"} <= moved
    assert not moved & {"vault", "mysql-innodb-cluster", "rabbitmq-server"}
    said = cloud.up()
    order = ["ceph-mon", "keystone", "glance", "neutron-api", "ovn-central", "nova-cloud-controller", "nova-compute", "ceph-osd"]
    places = [said.index(f"juju:Application {name} updated") for name in order]
    assert places == sorted(places)
    assert said.index("openstack:Release release updated") < places[0]
    found = channels(cloud)
    assert (found["keystone"], found["ceph-mon"], found["ovn-chassis"]) == ("2023.2/stable", "reef/stable", "23.09/stable")
    assert cloud.plan() == set()


def test_the_whole_cloud_is_taken_down_without_emptying_it(cloud: Rehearsal) -> None:
    """No guard of a single operation is in the way."""
    cloud.destroy()
    assert cloud.resources() == []
