"""The smoke test: that it passes, that it says why it doesn't, and that nothing of it stays."""

from __future__ import annotations

import os
import pathlib
from typing import Any

import pytest

from clients import openstack
from providers import _base
from providers.openstack import Flavor, Image, Network, Project, Router, RouterInterface, SmokeTest, Subnet
from providers.openstack._smoke import MARK

PHASES = ["sweep", "boot", "address", "volume", "answer", "clean-up"]


@pytest.fixture
def ground(life: Any, name: str, tmp_path: pathlib.Path, needs: Any, request: pytest.FixtureRequest) -> dict[str, Any]:
    """What a test needs: an image, a flavor and a network that leads outside."""
    needs("compute", "volume", "network:router")
    request.getfixturevalue("site")  # these images boot only there
    path = tmp_path / "small.img"
    path.write_bytes(os.urandom(1024))
    where = request.getfixturevalue("segment").inputs
    outside = life.made(Network, name=f"{name}-outside", external=True, **where)
    life.made(Subnet, network=outside.id, cidr="203.0.113.0/24", enable_dhcp=False)
    inside = life.made(Network, name=f"{name}-inside")
    subnet = life.made(Subnet, network=inside.id, cidr="192.0.2.0/24")
    router = life.made(Router, name=name, external_network=outside.id)
    life.made(RouterInterface, router=router.id, subnet=subnet.id)
    return {
        "image": life.made(Image, name=name, file=str(path), disk_format="raw").id,
        "flavor": life.made(Flavor, name=name, ram=256, vcpus=1, disk=1).id,
        "network": inside.id,
        "external_network": outside.id,
        "timeout": 60,
    }


def left(cloud: openstack.Cloud) -> list[str]:
    """What still has the mark."""
    groups = [g.name for g in cloud.security_groups.list() if g.name.startswith(MARK)]
    servers = [s.name for s in cloud.servers.list() if s.name.startswith(MARK)]
    volumes = [v.name for v in cloud.volumes.list() if v.name.startswith(MARK)]
    return groups + servers + volumes + [f.description for f in cloud.floating_ips.list() if f.description.startswith(MARK)]


def test_a_cloud_that_works(
    life: Any, cloud: openstack.Cloud, ground: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    smoke = life(SmokeTest, **ground)
    assert (smoke.up(), smoke.preview(), smoke.refresh()) == ("create", "same", {})
    assert list(smoke["timings"]) == PHASES
    assert smoke["server_address"].startswith("203.0.113.")
    assert smoke["host"] in ("worker-1", "worker-2")
    assert left(cloud) == []
    assert "smoke test smoke: boot done (" in capsys.readouterr().out
    assert smoke.preview(timeout=61) == "same"
    assert smoke.up(triggers=["again"]) == "update"
    assert left(cloud) == []


def test_only_what_is_asked_for_is_tested(life: Any, cloud: openstack.Cloud, ground: dict[str, Any]) -> None:
    smoke = life(SmokeTest, **{**ground, "external_network": None, "volume_size": 0})
    smoke.up()
    assert (list(smoke["timings"]), smoke["server_address"]) == (["sweep", "boot", "clean-up"], "")


def test_no_room_for_the_server(life: Any, cloud: openstack.Cloud, ground: dict[str, Any], name: str) -> None:
    huge = life.made(Flavor, name=f"{name}-huge", ram=256, vcpus=1, disk=100_000)
    smoke = life(SmokeTest, **{**ground, "flavor": huge.id})
    with pytest.raises(_base.ExpectedError) as caught:
        smoke.up()
    assert "the smoke test 'smoke' failed in the phase 'boot'" in str(caught.value)
    assert "No valid host was found" in str(caught.value)
    assert left(cloud) == []


def test_a_server_that_nobody_reaches(life: Any, cloud: openstack.Cloud, ground: dict[str, Any], site: Any) -> None:
    smoke = life(SmokeTest, **{**ground, "timeout": 3, "volume_size": 0})
    patched = site.cloud.network.reachable
    site.cloud.network.reachable = lambda *args, **kwargs: False
    try:
        with pytest.raises(_base.ExpectedError) as caught:
            smoke.up()
    finally:
        site.cloud.network.reachable = patched
    lines = str(caught.value).splitlines()
    assert "failed in the phase 'answer'" in lines[0]
    assert "nothing answers at 203.0.113." in lines[0]
    assert lines[1].startswith("  the server is ACTIVE on worker-")
    assert left(cloud) == []


def test_a_network_that_leads_nowhere(life: Any, cloud: openstack.Cloud, ground: dict[str, Any], name: str) -> None:
    network = life.made(Network, name=f"{name}-alone")
    life.made(Subnet, network=network.id, cidr="198.51.100.0/24")
    smoke = life(SmokeTest, **{**ground, "network": network.id})
    with pytest.raises(_base.ExpectedError, match="failed in the phase 'address'"):
        smoke.up()
    assert left(cloud) == []


def test_what_a_killed_run_left_is_swept(
    life: Any, cloud: openstack.Cloud, ground: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    smoke = life(SmokeTest, **ground)
    with monkeypatch.context() as patch:
        patch.setattr("providers.openstack._smoke.Run._await_answer", lambda self: (_ for _ in ()).throw(SystemExit))
        patch.setattr("providers.openstack._smoke.Run._sweep_after_failure", lambda self: None)
        with pytest.raises(SystemExit):
            smoke.up()
    assert len(left(cloud)) == 4
    assert smoke.up() == "create"
    assert left(cloud) == []


def test_others_things_are_left_alone(life: Any, cloud: openstack.Cloud, ground: dict[str, Any], name: str) -> None:
    theirs = cloud.servers.create(
        name,
        lambda: None,
        name=f"{MARK}-smoke-of-theirs",
        image_id=ground["image"],
        flavor_id=ground["flavor"],
        networks=[{"uuid": ground["network"]}],
    )
    try:
        life(SmokeTest, **{**ground, "volume_size": 0, "external_network": None}).up()
        assert cloud.compute.server(theirs.id) is not None
    finally:
        cloud.compute.delete_server(theirs.id)


def test_a_quota_that_is_used_up_is_named(life: Any, cloud: openstack.Cloud, ground: dict[str, Any], name: str) -> None:
    project = cloud.project_id()
    cloud.quotas.change("compute", project, {"instances": 0})
    try:
        with pytest.raises(_base.ExpectedError, match=r"failed in the phase 'boot'.*Quota exceeded.*raise the project's quota"):
            life(SmokeTest, **ground).up()
    finally:
        cloud.quotas.reset("compute", project)
    assert left(cloud) == []
    assert life.made(Project, name=name)["adopted"] is False
