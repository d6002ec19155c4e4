"""Instances: VMs that somebody else powers, containers that are started for real, and what is inside them."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Iterator
from typing import Any

import pytest
from pulumi.dynamic import Config, ConfigureRequest

from clients import lxd as client
from providers.lxd.client_certificate import ClientCertificateProvider
from providers.lxd.image import ImageProvider
from providers.lxd.instance import InstanceProvider
from providers.lxd.instance_device import InstanceDeviceProvider
from providers.lxd.instance_file import InstanceFileProvider
from providers.lxd.instance_power import InstancePowerProvider
from providers.lxd.instance_snapshot import InstanceSnapshotProvider
from providers.lxd.network import NetworkProvider
from providers.lxd.project import ProjectProvider
from providers.lxd.trust_certificate import TrustCertificateProvider

VM = "virtual-machine"


@pytest.fixture(scope="module")
def project(server: Any) -> Iterator[str]:
    """A project that shares its images with the default one."""
    life = server.life(ProjectProvider, name=server.name("project"), config={"features.images": False}).create()
    yield life.outs["name"]
    life.destroy()


def root(pool: str, **more: str) -> dict[str, Any]:
    return {"name": "root", "type": "disk", "properties": {"path": "/", "pool": pool, **more}}


def nic(**properties: str) -> dict[str, Any]:
    return {"name": "eth0", "type": "nic", "properties": properties}


@pytest.fixture
def vm(server: Any, project: str, pool: str) -> dict[str, Any]:
    """A VM as MAAS wants it: no image, an own MAC, network boot, powered by MAAS."""
    if VM not in server.lxd.server().instance_types:
        pytest.skip("this LXD can't run virtual machines")
    return {
        "name": server.name("vm"),
        "type": VM,
        "project": project,
        "profiles": [],
        "running": False,
        "config": {"limits.cpu": 2, "limits.memory": "1GiB", "security.secureboot": False, "user.power": "external"},
        "devices": [root(pool, size="4GiB"), nic(nictype="p2p", hwaddr="52:54:00:0a:0b:0c", **{"boot.priority": "10"})],
    }


@pytest.fixture
def container(server: Any, project: str, pool: str, image: str) -> dict[str, Any]:
    return {"name": server.name("c"), "project": project, "profiles": [], "image": image, "devices": [root(pool)]}


def state(server: Any, life: Any) -> str:
    return str(server.lxd.state(life.props["name"], life.props["project"]).status)


# Virtual machines


def test_a_vm_for_maas_is_made_stopped_and_resized_in_place(server: Any, vm: dict[str, Any]) -> None:
    life = server.life(InstanceProvider, **vm).create()
    assert life.id == f"{vm['project']}/{vm['name']}"
    assert (life.outs["status"], life.outs["mac_address"]) == ("Stopped", "52:54:00:0a:0b:0c")
    before = server.lxd.get("instances", vm["name"], project=vm["project"]).config["volatile.uuid"]
    life.up(config={**vm["config"], "limits.memory": "2GiB"})
    after = server.lxd.get("instances", vm["name"], project=vm["project"])
    assert (after.config["limits.memory"], after.config["volatile.uuid"]) == ("2GiB", before)
    life.destroy()
    assert not life.refresh()


def test_the_power_of_a_vm_that_maas_powers_is_nobody_elses_business(server: Any, vm: dict[str, Any]) -> None:
    if not server.can_run_vms:
        pytest.skip("virtual machines don't start on this machine")
    life = server.life(InstanceProvider, **vm).create()
    server.lxd.power(vm["name"], "start", project=vm["project"])
    life.settled()
    assert life.outs["status"] == "Stopped", "as it was when the program made it"
    life.up(description="changed while it runs")
    assert state(server, life) == "Running"
    life.destroy()


def test_a_vm_that_is_meant_to_be_on_and_is_stopped_shows_and_is_started(server: Any, vm: dict[str, Any]) -> None:
    if not server.can_run_vms:
        pytest.skip("virtual machines don't start on this machine")
    life = server.life(InstanceProvider, **vm).create()
    power = server.life(InstancePowerProvider, instance=vm["name"], project=vm["project"])
    power.provider.create(power.news())
    assert state(server, life) == "Stopped", "whoever is at work has the switch"
    server.lxd.power(vm["name"], "start", project=vm["project"])
    power.create()
    server.lxd.power(vm["name"], "stop", project=vm["project"], force=True)
    assert power.refresh()
    assert power.pending() == ({"running"}, [])
    power.up()
    assert state(server, life) == "Running"
    power.destroy()
    assert state(server, life) == "Running"
    life.destroy()
    assert not power.refresh()


def test_a_running_vm_is_only_resized_with_leave_to_restart(server: Any, vm: dict[str, Any]) -> None:
    if not server.can_run_vms:
        pytest.skip("virtual machines don't start on this machine")
    life = server.life(InstanceProvider, **vm).create()
    server.lxd.power(vm["name"], "start", project=vm["project"])
    bigger = {**vm["config"], "limits.memory": "3GiB", "limits.cpu": 1}
    assert life.check(config=bigger) == [
        f"config: {vm['name']} is running, and limits.cpu of a running VM can't go from 2 to 1: stop it first,"
        " or set allow_restart=True",
        f"config: {vm['name']} is running, and limits.memory of a running VM can't go from 1GiB to 3GiB: stop it first,"
        " or set allow_restart=True",
    ]
    life.up(config=bigger, allow_restart=True)
    assert state(server, life) == "Running"
    server.lxd.modify(
        "instances",
        vm["name"],
        project=vm["project"],
        change=lambda now: {
            **{k: now.body[k] for k in client.INSTANCE_FIELDS},
            "config": {**now.config, "limits.memory": "1GiB"},
        },
    )
    assert life.refresh()
    assert life.pending() == ({"config"}, []), "a VM resized by somebody shows"
    life.up()
    assert server.lxd.get("instances", vm["name"], project=vm["project"]).config["limits.memory"] == "3GiB"
    life.destroy()


def test_what_does_not_fit_on_the_host_is_refused_at_preview(server: Any, vm: dict[str, Any], pool: str) -> None:
    host = server.lxd.host()
    too_much = {**vm["config"], "limits.memory": str(host.memory + 1)}
    assert "doesn't fit: LXD's host at" in server.life(InstanceProvider, **{**vm, "config": too_much}).check()[0]
    too_wide = {**vm["config"], "limits.cpu": str(host.cpus + 1)}
    assert f"which is {host.cpus}; lower limits.cpu" in server.life(InstanceProvider, **{**vm, "config": too_wide}).check()[0]
    too_big = [root(pool, size=f"{server.lxd.space(pool).total + 2**30}")]
    assert "root disk of" in server.life(InstanceProvider, **{**vm, "devices": too_big}).check()[0]


def test_an_instance_in_a_pool_that_is_yet_to_be_made_passes_the_preview(server: Any, vm: dict[str, Any]) -> None:
    """The first preview of all: LXD has neither the pool nor a clear word for that."""
    later = [root("yet-to-be-made", size="40GiB")]
    assert server.life(InstanceProvider, **{**vm, "devices": later}).check() == []


def test_instances_that_only_fit_one_by_one_are_refused_together(server: Any, vm: dict[str, Any]) -> None:
    half = {**vm["config"], "limits.memory": f"{server.lxd.host().memory // 2 // 2**20 - 512}MiB"}
    failures = [server.life(InstanceProvider, **{**vm, "name": f"plan-{n}", "config": half}).check() for n in range(3)]
    assert [len(found) for found in failures] == [0, 0, 1]
    assert "would be promised; make instances smaller or fewer" in failures[2][0]


# Containers


def test_a_container_is_started_filled_and_used(server: Any, container: dict[str, Any]) -> None:
    files = [{"target_path": "/etc/site/motd", "content": "hello\n", "mode": "0644", "create_directories": True}]
    execs = {
        "greet": {"commands": ["/bin/sh", "-c", "echo hi there"], "record_output": True},
        "fails": {"commands": ["/bin/sh", "-c", "exit 3"], "trigger": "once"},
        "off": {"commands": ["/bin/false"], "enabled": False},
    }
    life = server.life(InstanceProvider, **container, files=files, execs=execs, config={"limits.memory": "128MiB"}).create()
    assert life.outs["status"] == "Running"
    assert (life.outs["execs"]["greet"]["exit_code"], life.outs["execs"]["greet"]["stdout"]) == (0, "hi there\n")
    assert (life.outs["execs"]["fails"]["exit_code"], life.outs["execs"]["off"]["run_count"]) == (3, 0)
    assert inside(server, container, "/etc/site/motd") == b"hello\n"

    greet = {**execs["greet"], "commands": ["/bin/sh", "-c", "echo again"]}
    life.up(execs={**execs, "greet": greet}, files=[{**files[0], "content": "changed\n"}])
    assert (life.outs["execs"]["greet"]["run_count"], life.outs["execs"]["greet"]["stdout"]) == (2, "again\n")
    assert life.outs["execs"]["fails"]["run_count"] == 1
    assert inside(server, container, "/etc/site/motd") == b"changed\n"
    life.up(files=[])
    assert inside(server, container, "/etc/site/motd") is None
    life.destroy()


def inside(server: Any, container: dict[str, Any], path: str) -> bytes | None:
    try:
        response = server.lxd.raw(
            "get", "instances", container["name"], "files", project=container["project"], params={"path": path}, is_api=False
        )
    except client.NotFoundError:
        return None
    return bytes(response.content)


def test_a_command_that_must_not_fail(server: Any, container: dict[str, Any]) -> None:
    execs = {"fails": {"commands": ["/bin/sh", "-c", "exit 7"], "fail_on_error": True}}
    life = server.life(InstanceProvider, **container, execs=execs)
    with pytest.raises(Exception, match=r"/bin/sh in instance .* ended with status 7"):
        life.create()
    again = server.life(InstanceProvider, **container).create()
    assert "adopted" not in again.outs, "what the failed create left is ours"
    again.destroy()


def test_the_power_of_a_container_is_compared_and_set(server: Any, container: dict[str, Any]) -> None:
    life = server.life(
        InstanceProvider, **container, execs={"up": {"commands": ["/bin/sh", "-c", "true"], "trigger": "on_start"}}
    )
    life.create()
    server.lxd.power(container["name"], "stop", project=container["project"], force=True)
    assert life.refresh()
    assert (life.outs["running"], life.pending()) == (False, ({"running"}, []))
    life.up()
    assert (state(server, life), life.outs["execs"]["up"]["run_count"]) == ("Running", 2)
    life.up(running=False)
    assert state(server, life) == "Stopped"
    life.destroy()


def test_a_rename_needs_leave_to_stop(server: Any, container: dict[str, Any]) -> None:
    life = server.life(InstanceProvider, **container).create()
    life.props = {**life.props, "name": server.name("renamed")}
    with pytest.raises(Exception, match=r"must be stopped to be renamed .* or set allow_restart=True"):
        life.provider.update(life.id, life.outs, life.news())
    life.up(allow_restart=True)
    assert state(server, life) == "Running"
    assert server.lxd.find("instances", container["name"], project=container["project"]) is None
    assert life.id == f"{container['project']}/{life.props['name']}"
    life.destroy()


def test_other_images_and_types_are_other_instances(server: Any, container: dict[str, Any]) -> None:
    life = server.life(InstanceProvider, **container, running=False).create()
    for change in ({"image": "another"}, {"ephemeral": True}, {"project": "default"}, {"type": VM}):
        life.props = {**container, "running": False, **change}
        assert life.provider.diff(
            life.id, life.outs, life.news() if "type" not in change else {**life.outs, **change}
        ).replaces == [*change]
    life.destroy()


def test_an_image_that_is_not_there_is_named(server: Any, container: dict[str, Any]) -> None:
    with pytest.raises(Exception, match="has no image 'nosuch' in project"):
        server.life(InstanceProvider, **{**container, "image": "nosuch"}).create()
    with pytest.raises(Exception, match="there is no remote 'nowhere'; add it to lxd:remotes"):
        server.life(InstanceProvider, **{**container, "image": "nowhere:alpine"}).create()


def test_an_instance_that_was_there_is_adopted_and_given_back(server: Any, container: dict[str, Any], image: str) -> None:
    made = {"name": container["name"], "source": {"type": "image", "alias": image}, "profiles": [], "config": {"user.a": "1"}}
    server.lxd.create(
        "instances",
        body={**made, "devices": {"root": {"type": "disk", "path": "/", "pool": "default"}}} | disk(container),
        project=container["project"],
    )
    life = server.life(InstanceProvider, **container, running=False, config={"user.b": "2"}).create()
    assert life.outs["adopted"] is True
    life.destroy()
    assert server.lxd.get("instances", container["name"], project=container["project"]).config["user.a"] == "1"
    server.lxd.remove("instances", container["name"], project=container["project"])


def disk(container: dict[str, Any]) -> dict[str, Any]:
    (device,) = container["devices"]
    return {"devices": {"root": {"type": "disk", **device["properties"]}}}


def test_devices_files_and_snapshots_of_their_own(server: Any, container: dict[str, Any], tmp_path: pathlib.Path) -> None:
    life = server.life(InstanceProvider, **container, running=False).create()
    of = {"project": container["project"], "remote": None}
    device = server.life(
        InstanceDeviceProvider, **of, instance_name=container["name"], name="null", type="none", properties={}
    ).create()
    life.settled()
    life.up(description="its devices stay")
    device.settled()

    source = tmp_path / "source"
    source.write_text("from a file")
    file = server.life(InstanceFileProvider, **of, instance=container["name"], target_path="/root/note", source_path=str(source))
    file.create()
    assert inside(server, container, "/root/note") == b"from a file"
    text = server.life(
        InstanceFileProvider, **of, instance=container["name"], target_path="/root/text", content="one", mode="0600"
    )
    text.create()
    server.life(
        InstanceFileProvider, **of, instance=container["name"], target_path="/root/text", content="two", mode="0600"
    ).create()
    assert text.refresh()
    assert text.pending() == ({"content"}, ["content"])

    snapshot = server.life(InstanceSnapshotProvider, **of, instance=container["name"], name="first").create()
    assert snapshot.outs["created_at"] > 1_600_000_000
    for one in (snapshot, text, file, device):
        one.destroy()
        assert not one.refresh()
    life.settled()
    life.destroy()


def test_a_client_of_one_project_is_not_refused_for_what_it_may_not_see(server: Any, container: dict[str, Any]) -> None:
    if server.lxd.remote.socket is not None:
        pytest.skip("whoever reaches the socket may do everything")
    pair = server.life(ClientCertificateProvider, common_name="tenant").create().outs
    trusted = {"name": "tenant", "content": pair["certificate"], "projects": [container["project"]]}
    trust = server.life(TrustCertificateProvider, **trusted).create()
    remote = {"name": "r", "address": server.lxd.remote.url, "server_certificate_file": server.lxd.remote.server_certificate_file}
    remote |= {"client_certificate": pair["certificate"], "client_key": pair["private_key"]}
    life = server.life(InstanceProvider, **container, running=False, config={"limits.memory": "64MiB"})
    life.provider.configure(ConfigureRequest(Config({"lxd:remotes": json.dumps([remote])}, "test")))
    life.create()
    assert life.outs["status"] == "Stopped"
    life.destroy()
    assert not life.refresh()
    trust.destroy()


def test_a_start_waits_for_an_address(server: Any, container: dict[str, Any]) -> None:
    if server.rack is None:
        pytest.skip("the test image has no DHCP client")
    config = {"ipv4.address": "10.143.1.1/24", "ipv6.address": "none"}
    network = server.life(NetworkProvider, name=server.name("br"), config=config).create()
    devices = [*container["devices"], nic(network=network.props["name"])]
    waits = [{"type": "ipv4", "nic": "eth0"}, {"type": "delay", "delay": "10ms"}]
    life = server.life(InstanceProvider, **{**container, "devices": devices}, wait_fors=waits, timeouts={"create": "1m"}).create()
    assert life.outs["ipv4_address"].startswith("10.143.1.")
    assert life.outs["interfaces"]["eth0"]["ips"][0]["address"] == life.outs["ipv4_address"]
    assert life.check(wait_fors=[{"type": "delay", "delay": "soon"}])[0].startswith("wait_fors.0.delay: 'soon' is no duration")
    life.destroy()
    network.destroy()


def test_images_of_other_servers(server: Any, container: dict[str, Any]) -> None:
    if server.rack is None:
        pytest.skip("test machines don't reach servers of images")
    pulled = server.life(InstanceProvider, **{**container, "image": "ubuntu:24.04"}, running=False).create()
    pulled.destroy()
    source = {"image": "images:alpine/3.20", "type": "container"}
    image = server.life(ImageProvider, source_image=source, aliases=[server.name("alpine")]).create()
    again = server.life(ImageProvider, **image.props).create()
    assert again.outs["fingerprint"] == image.outs["fingerprint"]
    assert "list those that the image is to have" in again.check(source_image={**source, "copy_aliases": True})[0]
    image.destroy()


def test_an_image_of_an_instance(server: Any, container: dict[str, Any]) -> None:
    life = server.life(InstanceProvider, **container, running=False).create()
    made = {"source_instance": {"name": container["name"]}, "project": container["project"]}
    image = server.life(ImageProvider, **made, aliases=[server.name("alias")]).create()
    assert image.id == f"{container['project']}/{image.outs['fingerprint']}"
    image.up(aliases=[server.name("alias"), server.name("alias")])
    assert server.life(ImageProvider).check() == ["source_image: give exactly one of source_image and source_instance"]
    image.destroy()
    assert not image.refresh()
    life.destroy()
