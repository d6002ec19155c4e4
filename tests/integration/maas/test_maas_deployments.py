"""Machines deployed without Juju."""

from __future__ import annotations

from typing import Any

import pytest

from clients import maas
from clients.maas import errors
from providers import _base
from providers.maas import Deployment, Machine

pytestmark = pytest.mark.usefixtures("rack")


@pytest.fixture
def machine(ready: Any) -> str:
    return str(ready("worker-1").id)


def test_Instance_basic(life: Any, region: maas.Maas, machine: str) -> None:
    deployment = life(Deployment, machine=machine, distro_series="ubuntu/jammy", user_data="#cloud-config\n{}")
    deployment.up()
    assert (deployment["status"], deployment["adopted"], deployment["hostname"]) == ("Deployed", False, "worker-1")
    assert deployment["addresses"]
    assert (deployment.preview(), deployment.refresh()) == ("same", {})
    assert deployment.preview(user_data="#cloud-config\n{runcmd: []}") == "replace"
    assert deployment.preview(distro_series="jammy") == "same"
    assert deployment.up(erase=True, quick_erase=True) == "update"
    deployment.destroy()
    assert region.machines.read(machine).status == maas.Status.READY


def test_Instance_releaseScripts(life: Any, region: maas.Maas, machine: str) -> None:
    # an older MAAS would ignore the option without a word
    deployment = life(Deployment, machine=machine, release_scripts=["wipe"])
    if region.version >= (3, 5):
        deployment.up()
    else:
        with pytest.raises(errors.Unsupported, match=r"has no release_scripts of a deployment: that needs 3\.5 or later"):
            deployment.up()
        assert region.machines.read(machine).status == maas.Status.READY


def test_erase_options_need_erase(life: Any) -> None:
    assert life(Deployment, machine="abc", quick_erase=True).check() == [("quick_erase", "needs erase")]


def test_a_machine_released_elsewhere_is_deployed_again(life: Any, region: maas.Maas, machine: str) -> None:
    # the peers keep it as deployed
    deployment = life(Deployment, machine=machine, distro_series="jammy")
    deployment.up()
    region.machines.act(machine, "release")
    region.machines.wait(machine, lambda m: m.status == maas.Status.READY, deadline=60, describe=str)
    deployment.refresh()
    assert deployment.id is None
    assert deployment.up() == "create"
    assert region.machines.read(machine).status == maas.Status.DEPLOYED


def test_a_failed_deployment_tells_what_maas_knows_and_the_next_up_mends_it(
    life: Any, region: maas.Maas, rack: Any, machine: str
) -> None:
    rack.fault("deploy-fails", target="worker-1", times=1)
    deployment = life(Deployment, machine=machine)
    with pytest.raises(_base.ExpectedError, match="worker-1: Failed deployment") as caught:
        deployment.up()
    assert len(str(caught.value).splitlines()) > 1
    deployment.up()
    assert (deployment["status"], deployment["adopted"]) == ("Deployed", False)


def test_a_failed_deployment_is_released_and_tried_again_as_configured(
    life: Any, rack: Any, machine: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rack.fault("deploy-fails", target="worker-1", times=1)
    deployment = life(Deployment, machine=machine, retries=1)
    deployment.up()
    assert deployment["status"] == "Deployed"
    assert "worker-1: Failed deployment, trying again (1 of 1)" in capsys.readouterr().out


def test_a_deployment_that_hangs_ends_at_its_deadline(life: Any, rack: Any, machine: str) -> None:
    rack.fault("deploy-hangs", target="worker-1", times=1)
    with pytest.raises(_base.ExpectedError, match=r"worker-1(:| to be Deployed)"):
        life(Deployment, machine=machine, timeout_seconds=1.0).up()


def test_an_interrupted_deployment_is_ours_again(life: Any, region: maas.Maas, machine: str) -> None:
    first = life(Deployment, machine=machine)
    first.up()
    life.things.remove(first)
    second = life(Deployment, machine=machine)
    second.up()
    assert second["adopted"] is False
    second.destroy()
    assert region.machines.read(machine).status == maas.Status.READY


def test_somebody_elses_deployment_is_adopted_and_left(life: Any, region: maas.Maas, machine: str) -> None:
    region.machines.act(machine, "deploy", distro_series="jammy")
    deployment = life(Deployment, machine=machine, distro_series="jammy")
    deployment.up()
    assert (deployment["status"], deployment["adopted"]) == ("Deployed", True)
    deployment.destroy()
    assert region.machines.read(machine).status == maas.Status.DEPLOYED


def test_another_release_of_the_system_is_an_error_that_names_both(life: Any, region: maas.Maas, machine: str) -> None:
    region.machines.act(machine, "deploy", distro_series="jammy")
    with pytest.raises(_base.ExpectedError, match="with ubuntu/jammy already, where noble is asked for: release it first"):
        life(Deployment, machine=machine, distro_series="noble").up()


def test_a_machine_in_use_keeps_its_name(life: Any, machine: str, region: maas.Maas) -> None:
    """A worker under another name would be renamed under Juju's feet, and then can't be deployed again."""
    deployed = life(Deployment, machine=machine)
    deployed.up()
    found = region.machines.read(machine)
    entry = {"mac_address": found.boot_mac, "power_type": "manual"}
    reason = life(Machine, **entry, hostname="node-9").refusals()["hostname"]
    assert reason.startswith(f"node-9 is to be the machine with {found.boot_mac}, which MAAS has as {found.hostname}, Deployed:")
    assert f"Take {found.hostname} out first" in reason
    assert life(Machine, **entry, hostname=found.hostname).refusals() == {}
