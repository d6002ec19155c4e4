"""All optional services switched on in one edit, looked at with clients of their own, and switched off again in another.

The tests of this module run in this order on one world.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any

import clouds
import pytest
from looking import JujuLook
from rehearsal import Rehearsal, Step

pytestmark = [pytest.mark.slow, pytest.mark.long, pytest.mark.xdist_group("services"), pytest.mark.timeout(1200)]

SWITCHES = ("image_sync", "heat", "barbican", "octavia", "designate", "telemetry", "manila", "magnum", "ceph_dashboard")
VALUES = {
    "octavia-issuing-cacert": "Y2E=",
    "octavia-issuing-ca-private-key": "a2V5",
    "octavia-issuing-ca-key-passphrase": "zq8-passphrase",
    "octavia-controller-cacert": "Y2E=",
    "octavia-controller-cert": "Y2VydA==",
    "dns-nameservers": "ns1.example.com.",
    "dns-forwarders": "9.9.9.9",
    "dns-domain": "cloud.example.com.",
}
TYPES = {
    "orchestration",
    "key-manager",
    "load-balancer",
    "dns",
    "metric",
    "alarming",
    "sharev2",
    "container-infra",
}
AFTERWARDS = {
    "juju:Action heat-domain-setup",
    "juju:Action octavia-configure-resources",
    "juju:Action telemetry-ceilometer-upgrade",
    "juju:Action magnum-domain-setup",
    "juju:Settled octavia",
    "juju:Settled ceilometer",
    "openstack:CharmImage synced-image",
    "openstack:CharmImage amphora-image",
    "openstack:ShareType cephfsnfstype",
    "openstack:CephDashboardUser ceph-dashboard-admin",
    *(f"openstack:ServiceCheck {kind}" for kind in TYPES),
}


def on(site: dict[str, Any]) -> None:
    site["openstack"] |= {"services": dict.fromkeys(SWITCHES, True), "values": VALUES}


def off(site: dict[str, Any]) -> None:
    del site["openstack"]["services"]


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    rehearsal = Rehearsal(tmp_path_factory.mktemp("services") / "checkout")
    rehearsal.start()
    yield rehearsal
    rehearsal.stop()


@pytest.fixture(scope="module")
def cloud(rehearsal: Rehearsal) -> Rehearsal:
    rehearsal.edit(lambda site: site["openstack"].update(smoke_test=None))
    rehearsal.up()
    return rehearsal


@pytest.fixture(scope="module")
def before(cloud: Rehearsal) -> set[str]:
    """The applications of the cloud without any of them."""
    return set(JujuLook(cloud.endpoints["juju"]).status().applications)


def act(cloud: Rehearsal, unit: str, name: str, **parameters: Any) -> dict[str, Any]:
    """The output of an action, run behind the program's back."""

    async def run(connection: Any) -> dict[str, Any]:
        from juju.client import client

        facade = client.ActionFacade.from_connection(connection)
        asked = client.Action(receiver=unit, name=name, parameters=parameters)
        queued = await facade.EnqueueOperation(actions=[asked])
        entity = client.Entity(queued.actions[0].action.tag)
        end = time.monotonic() + 60
        while (found := (await facade.Actions(entities=[entity])).results[0]).status in ("pending", "running"):
            assert time.monotonic() < end, f"{name} on {unit} is still {found.status}"
            await asyncio.sleep(0.1)
        assert found.status == "completed", found.message
        return dict(found.output)

    output: dict[str, Any] = JujuLook(cloud.endpoints["juju"]).call(run)
    return output


def users(cloud: Rehearsal) -> list[str]:
    """The dashboard's users, as Ceph tells them."""
    found = act(cloud, "ceph-mon/0", "juju-exec", command="ceph dashboard ac-user-show --format json", timeout=60 * 10**9)
    return list(json.loads(found["stdout"]))


def test_all_are_switched_on_by_one_up(cloud: Rehearsal, before: set[str]) -> None:
    cloud.edit(on)
    planned = cloud.plan()
    assert {step.resource for step in planned if step.resource.startswith(("juju:Action", "openstack:"))} == {
        name for name in AFTERWARDS if not name.startswith("juju:Settled")
    }
    assert {Step("create", name) for name in AFTERWARDS} <= planned
    assert {step.resource for step in planned if step.op == "update"} == {
        "juju:Settled openstack",
        "juju:Application neutron-api",
    }
    cloud.up()
    assert cloud.plan() == set()
    status = JujuLook(cloud.endpoints["juju"]).status()
    added = {name: app for name, app in status.applications.items() if name not in before}
    assert {name: app.status.status for name, app in added.items()} == dict.fromkeys(added, "active")


def test_clients_find_all_of_them(cloud: Rehearsal) -> None:
    session = clouds.look(cloud).session
    for kind in TYPES:
        url = session.get_endpoint(service_type=kind, interface="public")
        assert url.startswith("https://"), kind  # verified with Vault's authority, which clouds.yaml names
        root = url.partition("/v")[0]
        assert session.get(f"{root}/", authenticated=False, raise_exc=False).status_code in (200, 300), kind
    kinds = clouds.command(cloud, "share", "type", "list")
    assert [kind["Name"] for kind in kinds] == ["cephfsnfstype"]
    images = {image.name: image.tags for image in clouds.look(cloud).image.images()}
    assert any(name.startswith("auto-sync/ubuntu-noble-24.04") for name in images)
    assert [name for name, tags in images.items() if "octavia-amphora" in tags] == [
        "amphora-haproxy-x86_64-ubuntu-24.04-20261101"
    ]


def test_the_dashboard_s_password_is_a_secret(cloud: Rehearsal) -> None:
    assert users(cloud) == ["admin"]
    told = cloud.pulumi("stack", "output", "--stack", "dev", "--json", "--show-secrets").stdout
    found = json.loads(told)["ceph_dashboard"]
    assert (found["user"], found["url"].startswith("https://10.20.0.")) == ("admin", True)
    assert len(found["password"]) >= 12
    assert found["password"] not in cloud.pulumi("stack", "output", "--stack", "dev", "--json").stdout
    assert found["password"] not in cloud.pulumi("stack", "export", "--stack", "dev").stdout
    assert "zq8-passphrase" not in cloud.pulumi("stack", "export", "--stack", "dev").stdout


def test_what_somebody_undid_shows_and_is_mended(cloud: Rehearsal) -> None:
    look = clouds.look(cloud)
    kind = next(iter(look.shared_file_system.share_types()))
    look.shared_file_system.update_share_type_extra_specs(kind.id, snapshot_support="True")
    amphora = next(image for image in look.image.images() if "octavia-amphora" in image.tags)
    look.image.delete_image(amphora)
    act(cloud, "ceph-dashboard/0", "delete-user", username="admin")
    cloud.refresh()
    assert cloud.plan() == {
        Step("update", "openstack:ShareType cephfsnfstype"),
        Step("create", "openstack:CephDashboardUser ceph-dashboard-admin"),
        Step("create", "openstack:CharmImage amphora-image"),
    }
    cloud.up()
    assert cloud.plan() == set()
    assert users(cloud) == ["admin"]
    assert any("octavia-amphora" in image.tags for image in clouds.look(cloud).image.images())


def test_all_are_switched_off_by_one_up(cloud: Rehearsal, before: set[str]) -> None:
    """What was made in a service goes first, while the service can still be asked."""
    cloud.edit(off)
    planned = cloud.plan()
    deleted = {step.resource for step in planned if step.op == "delete"}
    assert deleted > AFTERWARDS
    cloud.up()
    assert cloud.plan() == set()
    assert set(JujuLook(cloud.endpoints["juju"]).status().applications) == before
    session = clouds.look(cloud).session
    catalogue = session.auth.get_access(session).service_catalog.catalog
    assert TYPES.isdisjoint({service["type"] for service in catalogue})
    assert users(cloud) == []


def test_on_again_takes_what_was_left_for_its_own(cloud: Rehearsal) -> None:
    """Images that were synced and made are still there; that is no error."""
    cloud.edit(lambda site: site["openstack"].update(services={"image_sync": True, "octavia": True, "ceph_dashboard": True}))
    cloud.up()
    assert cloud.plan() == set()
    assert users(cloud) == ["admin"]


def test_it_is_all_taken_down(cloud: Rehearsal) -> None:
    cloud.destroy()
    assert cloud.resources() == []
