"""The guide's cloud on one rack: up, looked at from outside, up again, changed, drifted, mended, taken down.

The tests of this module run in this order on one world; each leaves the cloud as the program wants it.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml
from looking import JujuLook, MaasLook, instances_of, lxd_look, vault_secrets
from rehearsal import ROOT, Rehearsal, Step, telling

import bundle

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("guide"), pytest.mark.timeout(1800)]

VMS = {"juju-1", "control-1", "control-2", "control-3"}
WORKERS = {"worker-1", "worker-2"}
TAGS = {"juju-1": "juju-controller"} | dict.fromkeys(WORKERS, "openstack-worker")


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    rehearsal = Rehearsal(tmp_path_factory.mktemp("guide") / "checkout")
    rehearsal.start()
    yield rehearsal
    rehearsal.stop()


@pytest.fixture(scope="module")
def cloud(rehearsal: Rehearsal) -> Rehearsal:
    """The rehearsal with the guide's cloud up."""
    rehearsal.up()
    return rehearsal


@pytest.fixture
def maas(cloud: Rehearsal) -> MaasLook:
    return MaasLook(cloud.endpoints["maas"])


@pytest.fixture
def model(cloud: Rehearsal) -> JujuLook:
    return JujuLook(cloud.endpoints["juju"])


def the_plan() -> bundle.Plan:
    read = bundle.for_site(
        ROOT / "bundles/openstack-base.yaml",
        bundle.Site(
            workers=["worker-1", "worker-2"],
            control=["control-1", "control-2", "control-3"],
            osd_devices=["/dev/sdb", "/dev/sdc"],
            external_ports=["eno2"],
            expected_osd_count=4,
        ),
    )
    return bundle.expand(read, bundle.Catalogue.builtin())


# before anything is there


def test_the_first_preview_shows_all_of_it(rehearsal: Rehearsal) -> None:
    planned = rehearsal.plan()
    assert {step.op for step in planned} == {"create"}
    assert {"lxd:Instance juju-1", "juju:Settled openstack", "openstack:SmokeTest smoke-test"} <= {s.resource for s in planned}
    assert rehearsal.mutations() == []


# what is there after the first up


def test_the_three_networks_are_as_configured(maas: MaasLook) -> None:
    subnets = maas.subnets()
    management, external = subnets["10.20.0.0/24"], subnets["203.0.113.0/24"]
    assert management["gateway_ip"] == "10.20.0.1"
    assert management["dns_servers"] == ["10.20.0.2"]
    assert (management["space"], external["space"]) == ("management", "external")
    assert external["gateway_ip"] == "203.0.113.1"
    assert subnets["10.10.0.0/24"]["gateway_ip"] is None
    assert maas.vlan(management)["dhcp_on"] is True
    assert maas.vlan(subnets["10.10.0.0/24"])["dhcp_on"] is False
    found = {(r["type"], r["start_ip"], r["end_ip"]) for r in maas.ranges()}
    assert ("dynamic", "10.20.0.200", "10.20.0.249") in found
    assert ("reserved", "203.0.113.100", "203.0.113.199") in found


def test_workers_and_vms_are_deployed_with_their_tags(maas: MaasLook) -> None:
    machines = maas.machines()
    assert set(machines) == VMS | WORKERS
    for name, machine in machines.items():
        assert machine["status_name"] == "Deployed", name
        assert TAGS.get(name, "openstack-control") in machine["tag_names"], name
        assert machine["power_type"] == ("lxd" if name in VMS else "ipmi")


def test_the_vms_are_lxds(cloud: Rehearsal) -> None:
    found = instances_of(cloud.endpoints["lxd"], "openstack")
    assert set(found) == VMS
    assert all(instance.type == "virtual-machine" and instance.status == "Running" for instance in found.values())
    assert found["control-1"].config["limits.memory"] == "20480MiB"


def test_the_model_is_what_the_bundle_says(model: JujuLook) -> None:
    status, plan = model.status(), the_plan()
    assert len(status.applications) == 26
    between_two = [relation for relation in status.relations if len(relation.endpoints) == 2]
    assert len(between_two) == len(plan.integrations) == 58  # beside these stand the charms' peer relations
    units = Counter({name: len(app.units or {}) for name, app in status.applications.items()})
    wanted = plan.unit_counts()
    for name, app in status.applications.items():
        if not app.subordinate_to:
            assert units[name] == wanted[name], name


def test_every_unit_is_where_the_bundle_puts_it(model: JujuLook, maas: MaasLook) -> None:
    status, plan = model.status(), the_plan()
    hosts = {number: machine.hostname for number, machine in status.machines.items()}
    placed = Counter()
    for name, app in status.applications.items():
        for unit in (app.units or {}).values():
            host, _, rest = unit.machine.partition("/")
            placed[name, hosts[host], bool(rest)] += 1
    wanted = Counter((u.application, plan.host(u.machine), plan.host(u.machine) != u.machine) for u in plan.units)
    assert placed == wanted


def test_every_application_is_active_and_vault_is_open(cloud: Rehearsal, model: JujuLook) -> None:
    status = model.status()
    assert {name: app.status.status for name, app in status.applications.items() if app.status.status != "active"} == {}
    assert status.applications["vault"].status.info == "Unit is ready (active: true, mlock: disabled)"
    shown = cloud.outputs()["vault"]
    assert shown["units"] == ["vault/0"]
    assert shown["ca"].startswith("-----BEGIN CERTIFICATE-----")
    assert shown["expires"] > shown["certificates_expire"]


def test_vault_was_opened_before_the_rest_had_settled(cloud: Rehearsal) -> None:
    order = [entry["path"].rpartition("/v1/")[2] for entry in cloud.mutations() if "/8200/" in entry["path"]]
    assert order[:2] == ["sys/init", "sys/unseal"]
    assert "auth/token/revoke-self" in order


def test_no_key_of_vault_s_is_readable_anywhere(cloud: Rehearsal) -> None:
    secrets = vault_secrets(cloud.folder)
    assert len(secrets) >= 6
    shown = json.dumps(cloud.outputs()) + (cloud.folder / ".simulator/requests.jsonl").read_text()
    assert [s[:4] for s in secrets if s in shown] == []
    for path in [*(cloud.folder / ".pulumi-state").rglob("*"), *(cloud.folder / ".cache").rglob("*")]:
        if path.is_file():
            assert [s[:4] for s in secrets if s.encode() in path.read_bytes()] == [], path
    assert list((cloud.folder / ".cache/vault").glob("*")) == []


def test_the_outputs_name_networks_machines_and_units(cloud: Rehearsal) -> None:
    outputs = cloud.outputs()
    assert outputs["networks"]["management"] == "10.20.0.0/24"
    assert set(outputs["machines"]) == VMS | WORKERS
    assert len(outputs["units"]["mysql-innodb-cluster"]) == 3
    assert outputs["juju"]["controller"] == "site"


def test_no_secret_is_readable_in_the_state(cloud: Rehearsal) -> None:
    api_key = cloud.endpoints["maas"]["api_key"]
    for path in (cloud.folder / ".pulumi-state").rglob("*"):
        if path.is_file():
            text = path.read_text()
            for secret in ("bmc-secret-1", api_key, api_key.rpartition(":")[2], "PRIVATE KEY"):
                assert secret not in text, f"{secret[:4]}… is readable in {path.name}"


# the second run


def test_a_second_up_changes_nothing(cloud: Rehearsal) -> None:
    before = len(cloud.mutations())
    cloud.up("--expect-no-changes")
    assert cloud.mutations()[before:] == []


def test_a_preview_changes_nothing(cloud: Rehearsal) -> None:
    before = len(cloud.mutations())
    said = cloud.pulumi("preview", "--stack", "dev").stdout
    assert " unchanged" in said
    assert "Outputs:" not in said, said  # none of them would change either
    assert cloud.plan() == set()
    assert cloud.mutations()[before:] == []


# one change each: the preview names exactly it

SETTLES = Step("update", "juju:Settled openstack")


def overlay(cloud: Rehearsal, site: dict[str, Any], applications: dict[str, Any]) -> None:
    (cloud.folder / "overlay.yaml").write_text(yaml.safe_dump({"applications": applications}))
    site["openstack"]["overlays"] = ["overlay.yaml"]


def change_option(cloud: Rehearsal, site: dict[str, Any]) -> None:
    site["openstack"]["options"] = {"keystone": {"debug": True}}


def change_channel(cloud: Rehearsal, site: dict[str, Any]) -> None:
    overlay(cloud, site, {"keystone": {"channel": "2024.1/candidate"}})


def add_worker(cloud: Rehearsal, site: dict[str, Any]) -> None:
    bmc = {"address": "10.10.0.13", "user": "maas", "password": "bmc-secret-3"}
    new = {"hostname": "worker-3", "mac": "52:54:00:01:03:01", "bmc": bmc, "external_nic": "eno2"}
    site["workers"].append(new | {"osd_disks": ["/dev/sdb", "/dev/sdc"]})


def add_unit(cloud: Rehearsal, site: dict[str, Any]) -> None:
    overlay(cloud, site, {"glance": {"num_units": 2, "to": ["lxd:2", "lxd:0"]}})


def remove_relation(cloud: Rehearsal, site: dict[str, Any]) -> None:
    text = (ROOT / "bundles/openstack-base.yaml").read_text()
    changed = re.sub(r"\n *- \[[^\n]*cinder:image-service[^\n]*\]", "", text, count=1)
    assert changed != text
    (cloud.folder / "bundle-without.yaml").write_text(changed)
    site["openstack"]["bundle"] = "bundle-without.yaml"


def change_dns(cloud: Rehearsal, site: dict[str, Any]) -> None:
    site["networks"]["management"]["dns"] = ["10.20.0.2", "9.9.9.9"]


def change_dhcp(cloud: Rehearsal, site: dict[str, Any]) -> None:
    site["networks"]["management"]["dhcp"]["end"] = "10.20.0.239"


def change_memory(cloud: Rehearsal, site: dict[str, Any]) -> None:
    site["controller"]["juju_vm"] = {"memory": "6G"}


def add_tag(cloud: Rehearsal, site: dict[str, Any]) -> None:
    site["workers"][0]["tags"] = ["openstack-worker", "ssd"]


CHANGES: dict[str, tuple[Callable[[Rehearsal, dict[str, Any]], None], set[Step]]] = {
    "an application's option": (change_option, {Step("update", "juju:Application keystone"), SETTLES}),
    "a channel": (change_channel, {Step("update", "juju:Application keystone"), SETTLES}),
    "one more worker": (
        add_worker,
        {
            Step("create", "maas:Machine worker-3"),
            Step("create", "juju:Machine worker-3"),
            Step("create", "juju:Unit nova-compute/worker-3"),
            Step("create", "juju:Unit ceph-osd/worker-3"),
            Step("create", "openstack:OsdHost worker-3"),
            Step("create", "openstack:ComputeHost worker-3"),
            SETTLES,
        },
    ),
    "one more unit": (
        add_unit,
        {Step("create", "juju:Machine control-1/lxd/glance-1"), Step("create", "juju:Unit glance/1"), SETTLES},
    ),
    "a relation removed": (
        remove_relation,
        {Step("delete", "juju:Integration cinder:image-service glance:image-service")},
    ),
    "a subnet's DNS": (change_dns, {Step("update", "maas:Subnet management")}),
    "a DHCP range": (change_dhcp, {Step("update", "maas:IpRange management-dhcp")}),
    "a VM's memory": (change_memory, {Step("update", "lxd:Instance juju-1")}),
    "a tag": (add_tag, {Step("create", "maas:Tag ssd"), Step("update", "maas:Machine worker-1")}),
}


@pytest.mark.parametrize("what", CHANGES)
def test_the_preview_names_exactly_the_change(cloud: Rehearsal, what: str) -> None:
    edit, expected = CHANGES[what]
    with cloud.edited(lambda site: edit(cloud, site)):
        assert cloud.plan() == expected


# drift: refresh shows it, up mends it


def drift_gateway(maas: MaasLook, model: JujuLook, cloud: Rehearsal) -> None:
    subnet = maas.subnets()["10.20.0.0/24"]
    maas.call(lambda s: s.Subnet.update(id=subnet["id"], gateway_ip="10.20.0.9"))


def drift_tag(maas: MaasLook, model: JujuLook, cloud: Rehearsal) -> None:
    system_id = maas.machines()["worker-1"]["system_id"]
    maas.call(lambda s: s.Tag.update_nodes(name="openstack-worker", remove=[system_id]))


def drift_dhcp(maas: MaasLook, model: JujuLook, cloud: Rehearsal) -> None:
    vlan = maas.subnets()["10.20.0.0/24"]["vlan"]
    maas.call(lambda s: s.Vlan.update(fabric_id=vlan["fabric_id"], vid=vlan["vid"], dhcp_on="false"))


def drift_option(maas: MaasLook, model: JujuLook, cloud: Rehearsal) -> None:
    from juju.client import client

    model.call(
        lambda c: client.ApplicationFacade.from_connection(c).SetConfigs(
            args=[client.ConfigSet(application="nova-compute", config={"enable-resize": "false"}, generation="master")]
        )
    )


def drift_relation(maas: MaasLook, model: JujuLook, cloud: Rehearsal) -> None:
    from juju.client import client

    model.call(
        lambda c: client.ApplicationFacade.from_connection(c).DestroyRelation(
            endpoints=["glance:image-service", "cinder:image-service"]
        )
    )


def drift_stopped(maas: MaasLook, model: JujuLook, cloud: Rehearsal) -> None:
    client = lxd_look(cloud.endpoints["lxd"], "openstack")
    client.instances.get("control-2").stop(force=True, wait=True)


def drift_resized(maas: MaasLook, model: JujuLook, cloud: Rehearsal) -> None:
    client = lxd_look(cloud.endpoints["lxd"], "openstack")
    instance = client.instances.get("control-3")
    instance.config["limits.cpu"] = "6"
    instance.save(wait=True)


def drift_sealed(maas: MaasLook, model: JujuLook, cloud: Rehearsal) -> None:
    from juju.client import client

    restart = client.Action(receiver="unit-vault-0", name="restart", parameters={}, tag="")
    model.call(lambda c: client.ActionFacade.from_connection(c).EnqueueOperation(actions=[restart]))
    end = time.monotonic() + 60
    while model.status().applications["vault"].status.info != "Unit is sealed":
        assert time.monotonic() < end, "Vault isn't sealed by its restart"
        time.sleep(0.1)


DRIFTS: dict[str, tuple[Callable[[MaasLook, JujuLook, Rehearsal], None], str, str]] = {
    "a gateway changed in MAAS": (drift_gateway, "maas:Subnet management", "gateway_ip"),
    "a tag removed": (drift_tag, "maas:Machine worker-1", "tags"),
    "DHCP switched off": (drift_dhcp, "maas:VlanDhcp management", ""),
    "an option changed in Juju": (drift_option, "juju:Application nova-compute", "options"),
    "a relation removed": (drift_relation, "juju:Integration cinder:image-service glance:image-service", ""),
    "Vault restarted": (drift_sealed, "vault:Unsealed vault-unsealed", "sealed"),
    "a VM stopped": (drift_stopped, "lxd:InstancePower control-2", ""),
    "a VM resized": (drift_resized, "lxd:Instance control-3", "config"),
}


def test_refresh_shows_drift_and_up_mends_it(cloud: Rehearsal, maas: MaasLook, model: JujuLook) -> None:
    """All of it at once, which is how an operator finds it: each piece is named, and each is mended."""
    for make, _, _ in DRIFTS.values():
        make(maas, model, cloud)
    shown = cloud.refresh("--diff")
    for resource, field in ((resource, field) for _, resource, field in DRIFTS.values()):
        kind, _, name = resource.partition(" ")
        assert re.search(rf"{re.escape(kind)} {re.escape(name)} (updated|deleted)", shown), telling(shown)
        assert field in shown
    planned = {step.resource for step in cloud.plan()}
    settled = {SETTLES.resource}  # units on the stopped VM are lost meanwhile, which is drift of its own
    assert planned - settled == {resource for _, resource, _ in DRIFTS.values()}
    cloud.up()
    cloud.refresh("--expect-no-changes")
    assert cloud.plan() == set()
    assert maas.subnets()["10.20.0.0/24"]["gateway_ip"] == "10.20.0.1"
    assert "openstack-worker" in maas.machines()["worker-1"]["tag_names"]
    assert maas.vlan(maas.subnets()["10.20.0.0/24"])["dhcp_on"] is True
    instances = instances_of(cloud.endpoints["lxd"], "openstack")
    assert instances["control-2"].status == "Running"
    assert instances["control-3"].config["limits.cpu"] == "8"


def test_a_released_machine_shows_and_is_deployed_again(cloud: Rehearsal, maas: MaasLook, model: JujuLook) -> None:
    system_id = maas.machines()["worker-2"]["system_id"]
    maas.call(lambda s: s.Machine.release(system_id=system_id, comment="by mistake"))
    shown = cloud.refresh("--diff")
    assert "worker-2" in shown
    assert cloud.plan()
    cloud.up()
    assert cloud.plan() == set()
    assert maas.machines()["worker-2"]["status_name"] == "Deployed"
    assert len(model.status().applications["nova-compute"].units) == 2


# the end


def test_destroy_leaves_everything_as_it_was_found(cloud: Rehearsal) -> None:
    maas = MaasLook(cloud.endpoints["maas"])
    cloud.destroy()
    assert cloud.resources() == []
    assert maas.machines() == {}
    subnets = maas.subnets()
    assert set(subnets) == {"10.10.0.0/24", "10.20.0.0/24", "203.0.113.0/24"}
    assert subnets["10.20.0.0/24"]["gateway_ip"] is None
    assert subnets["10.20.0.0/24"]["dns_servers"] == []
    assert maas.vlan(subnets["10.20.0.0/24"])["dhcp_on"] is False
    # MAAS makes a fabric for each further port that it sees and keeps it, empty; the discovered ones have their names back
    assert {subnet["vlan"]["fabric"] for subnet in subnets.values()} == {"fabric-0", "fabric-1", "fabric-2"}
    assert all(re.fullmatch(r"fabric-\d+", name) for name in maas.fabrics())
    assert maas.ranges() == []
    assert not maas.tags() & {"openstack-control", "openstack-worker", "juju-controller"}
    assert not maas.spaces() & {"management", "external"}
    client = lxd_look(cloud.endpoints["lxd"])
    assert [project.name for project in client.projects.all()] == ["default"]
    assert [pool.name for pool in client.storage_pools.all()] == []
    assert "br-ext" not in [network.name for network in client.networks.all() if network.managed]
    controllers = yaml.safe_load((cloud.folder / ".simulator/juju/controllers.yaml").read_text()) or {}
    assert not controllers.get("controllers")
