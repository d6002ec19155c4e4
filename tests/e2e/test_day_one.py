"""From a settled model to a cloud that somebody can use, looked at from outside; its drift shown and mended.

The tests of this module run in this order on one world; each leaves the cloud as the program wants it.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from typing import Any

import clouds
import pytest
from looking import JujuLook
from rehearsal import Rehearsal, telling

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("day-one"), pytest.mark.timeout(1200)]


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    rehearsal = Rehearsal(tmp_path_factory.mktemp("day-one") / "checkout")
    rehearsal.start()
    yield rehearsal
    rehearsal.stop()


@pytest.fixture(scope="module")
def cloud(rehearsal: Rehearsal) -> Rehearsal:
    rehearsal.up()
    return rehearsal


@pytest.fixture(scope="module")
def look(cloud: Rehearsal) -> Any:
    return clouds.look(cloud)


def test_every_unit_is_active_and_vault_is_open(cloud: Rehearsal) -> None:
    status = JujuLook(cloud.endpoints["juju"]).status()
    principals = [unit for app in status.applications.values() for unit in (app.units or {}).values()]
    units = principals + [unit for principal in principals for unit in (principal.subordinates or {}).values()]
    assert len(units) == 35
    assert {(unit.workload_status.status, unit.agent_status.status) for unit in units} == {("active", "idle")}
    assert cloud.outputs()["vault"]["units"] == ["vault/0"]


def test_the_command_works_by_the_files_that_were_written(cloud: Rehearsal) -> None:
    for name in ("clouds.yaml", "openrc"):
        path = clouds.files(cloud) / name
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert clouds.command(cloud, "server", "list") == []
    assert {network["Name"] for network in clouds.command(cloud, "network", "list")} == {"ext_net", "int_net"}
    assert [(image["Name"], image["Status"]) for image in clouds.command(cloud, "image", "list")] == [("noble-amd64", "active")]


def test_the_networks_lead_outside(look: Any) -> None:
    external = look.network.find_network("ext_net")
    assert external.is_router_external
    (subnet,) = look.network.subnets(network_id=external.id)
    assert (subnet.cidr, subnet.gateway_ip, subnet.is_dhcp_enabled) == ("203.0.113.0/24", "203.0.113.1", False)
    assert subnet.allocation_pools == [{"start": "203.0.113.100", "end": "203.0.113.199"}]
    router = look.network.find_router("router1")
    assert router.external_gateway_info["network_id"] == external.id
    (inside,) = look.network.subnets(name="int_net-subnet")
    ports = list(look.network.ports(device_id=router.id, network_id=inside.network_id))
    assert [port.fixed_ips[0]["subnet_id"] for port in ports] == [inside.id]


def test_people_have_what_the_site_gives_them(look: Any) -> None:
    project = look.identity.find_project("clients", domain_id="default")
    user = look.identity.find_user("client", domain_id="default")
    roles = {role.name for role in look.identity.roles()} >= {"member"}
    held = list(look.identity.role_assignments(user_id=user.id, scope_project_id=project.id))
    assert roles
    assert len(held) == 1
    assert look.compute.get_quota_set(project.id).cores == 40
    assert look.network.get_quota(project.id).floating_ips == 20
    assert {flavor.name: (flavor.vcpus, flavor.ram, flavor.disk) for flavor in look.compute.flavors()} == {
        "m1.small": (1, 2048, 20),
        "m1.medium": (2, 4096, 40),
    }


def test_the_smoke_test_ran_and_left_nothing(cloud: Rehearsal, look: Any) -> None:
    timings = cloud.outputs()["smoke_test"]
    assert timings
    assert all(float(seconds) >= 0 for seconds in timings.values())
    assert list(look.compute.servers(all_projects=True)) == []
    assert list(look.network.ips()) == []
    assert list(look.block_storage.volumes(all_projects=True)) == []


def test_a_second_up_changes_nothing(cloud: Rehearsal) -> None:
    before = len(cloud.mutations())
    cloud.up("--expect-no-changes")
    left = [entry for entry in cloud.mutations()[before:] if "auth/tokens" not in entry["path"] and entry["service"] != "juju"]
    assert left == []


def seal(cloud: Rehearsal, look: Any) -> None:
    """Vault's restart, by the charm's own action: it comes back sealed."""
    model = JujuLook(cloud.endpoints["juju"])

    async def restart(connection: Any) -> Any:
        from juju.client import client

        facade = client.ActionFacade.from_connection(connection)
        return await facade.EnqueueOperation(actions=[{"receiver": "unit-vault-0", "name": "restart", "parameters": {}}])

    model.call(restart)


def delete_flavor(cloud: Rehearsal, look: Any) -> None:
    look.compute.delete_flavor(look.compute.find_flavor("m1.medium"))


def change_quota(cloud: Rehearsal, look: Any) -> None:
    look.network.update_quota(look.identity.find_project("clients", domain_id="default").id, floating_ips=3)


def clear_gateway(cloud: Rehearsal, look: Any) -> None:
    look.network.update_router(look.network.find_router("router1"), external_gateway_info={})


DRIFTS = {
    "vault:Unsealed vault-unsealed": seal,
    "openstack:Flavor m1.medium": delete_flavor,
    "openstack:Quota clients": change_quota,
    "openstack:Router router1": clear_gateway,
}


def test_refresh_shows_drift_and_up_mends_it(cloud: Rehearsal, look: Any) -> None:
    for drift in DRIFTS.values():
        drift(cloud, look)
    shown = cloud.refresh("--diff")
    for resource in DRIFTS:
        assert any(f"{resource} {verb}" in shown for verb in ("updated", "deleted")), f"{resource}\n{telling(shown)}"
    assert DRIFTS.keys() <= {step.resource for step in cloud.plan()}
    cloud.up()
    cloud.refresh("--expect-no-changes")
    assert cloud.plan() == set()
    assert look.compute.find_flavor("m1.medium") is not None
    assert look.network.get_quota(look.identity.find_project("clients", domain_id="default").id).floating_ips == 20
    assert look.network.find_router("router1").external_gateway_info is not None


def test_destroy_takes_the_files_along(cloud: Rehearsal) -> None:
    cloud.destroy()
    assert cloud.resources() == []
    assert not (clouds.files(cloud) / "clouds.yaml").exists()
