"""Units settle in the order of what they need from each other, and say meanwhile what they wait for."""

import pytest

from simulator.juju import vault

from tests.unit.simulator_juju.juju_site import Caller, admin, until  # isort: skip


@pytest.fixture
def juju(site, model):
    return Caller(site, model)


def database(juju, units=3):
    """The database cluster, each unit on a container of its own."""
    juju.deploy("mysql-innodb-cluster")
    for host in ("control-1", "control-2", "control-3")[:units]:
        juju.unit("mysql-innodb-cluster", juju.container(juju.machine(host)))


def router(juju, name):
    juju.deploy("mysql-router", f"{name}-mysql-router")
    juju.relate(f"{name}:shared-db", f"{name}-mysql-router:shared-db")
    juju.relate(f"{name}-mysql-router:db-router", "mysql-innodb-cluster:db-router")


def act(juju, unit, action, **parameters):
    """Runs an action and gives the whole result."""
    params = {"actions": [{"receiver": f"unit-{unit.replace('/', '-')}", "name": action, "parameters": parameters}]}
    queued = juju("Action.EnqueueOperation", params)["actions"][0]
    tag = queued["action"]["tag"]

    def ended():
        found = juju("Action.Actions", {"entities": [{"tag": tag}]})["results"][0]
        return found if found["status"] in ("completed", "failed") else None

    return until(f"action {action}", ended)


def test_two_database_units_are_not_a_cluster(juju):
    database(juju, units=2)
    for name in ("mysql-innodb-cluster/0", "mysql-innodb-cluster/1"):
        juju.until_unit(name, "waiting", "Not all instances configured for clustering")
    juju.unit("mysql-innodb-cluster", juju.machine("control-3"))
    juju.until_unit("mysql-innodb-cluster/2", "active", "Cluster is ONLINE and can tolerate up to ONE failure")
    texts = [unit.workload.info for unit in juju.record.units.values()]
    assert sum("Mode: R/W" in text for text in texts) == 1


def test_services_come_up_after_what_they_need(juju):
    database(juju)
    for charm, host in (("keystone", "0"), ("glance", "1"), ("rabbitmq-server", "2")):
        juju.deploy(charm)
        juju.unit(charm, juju.container(host))
    for name in ("keystone", "glance"):
        router(juju, name)
    juju.relate("glance:identity-service", "keystone:identity-service")
    juju.relate("glance:amqp", "rabbitmq-server:amqp")
    juju.until_unit("glance/0", "active", "Unit is ready")
    since = {name: unit.workload.since for name, unit in juju.record.units.items()}
    assert since["mysql-innodb-cluster/0"] <= since["keystone-mysql-router/0"] <= since["keystone/0"] <= since["glance/0"]
    password = act(juju, "keystone/0", "get-admin-password")
    assert password["output"]["admin-password"] == act(juju, "keystone/0", "get-admin-password")["output"]["admin-password"]
    assert password["status"] == "completed"


def test_ceph_waits_for_its_osds(juju):
    juju.deploy("ceph-mon", ConfigYAML="ceph-mon: {expected-osd-count: 4, monitor-count: 3}")
    juju.deploy("ceph-osd", ConfigYAML="ceph-osd: {osd-devices: /dev/sdb}")
    hosts = [juju.machine(host) for host in ("worker-1", "worker-2", "control-1")]
    for host in hosts:
        juju.unit("ceph-mon", juju.container(host))
    for host in hosts[:2]:
        juju.unit("ceph-osd", host)
    juju.until_unit("ceph-osd/0", "blocked", "Missing relation: monitor")
    juju.relate("ceph-osd:mon", "ceph-mon:osd")
    juju.until_unit("ceph-osd/0", "active", "Unit is ready (1 OSD)")
    waiting = "Monitor bootstrapped but waiting for number of OSDs to reach expected-osd-count (4)"
    juju.until_unit("ceph-mon/0", "waiting", waiting)
    change = {"application": "ceph-osd", "config": {"osd-devices": "/dev/sdb /dev/sdc /dev/sdz"}}
    juju("Application.SetConfigs", {"Args": [change]})
    juju.until_unit("ceph-mon/0", "active", "Unit is ready and clustered")
    juju.until_unit("ceph-osd/1", "active", "Unit is ready (2 OSD)")


def test_a_machine_without_the_devices_blocks_its_osd(juju):
    juju.deploy("ceph-mon", ConfigYAML="ceph-mon: {monitor-count: 1}")
    juju.deploy("ceph-osd", ConfigYAML="ceph-osd: {osd-devices: /dev/nvme0n1}")
    host = juju.machine("worker-1")
    juju.unit("ceph-mon", juju.container(host))
    juju.unit("ceph-osd", host)
    juju.relate("ceph-osd:mon", "ceph-mon:osd")
    juju.until_unit("ceph-osd/0", "blocked", "No block devices detected using current configuration")


def test_what_older_charms_are_content_with(juju):
    bionic = {"base": {"name": "ubuntu", "channel": "18.04/stable"}}
    juju.deploy("nova-cloud-controller", channel="rocky/stable", **bionic)
    juju.deploy("ceph-osd", channel="mimic/stable", ConfigYAML="ceph-osd: {osd-devices: /srv/osd}", **bionic)
    juju.deploy("ceph-mon", channel="mimic/stable", ConfigYAML="ceph-mon: {monitor-count: 1}", **bionic)
    juju.relate("ceph-osd:mon", "ceph-mon:osd")
    host = juju.machine("control-1", "18.04")
    for name in ("nova-cloud-controller", "ceph-osd", "ceph-mon"):
        juju.unit(name, host)
    juju.until_unit("ceph-osd/0", "active", "Unit is ready (1 OSD)")  # a folder; later charms want a device
    said = juju.until_unit("nova-cloud-controller/0", "blocked", "compute").workload.info
    assert "placement" not in said  # which was a part of Nova until Train


def test_vault_is_opened_step_by_step_and_then_issues_certificates(site, juju):
    database(juju)
    juju.deploy("vault")
    juju.unit("vault", juju.container("0"))
    router(juju, "vault")
    juju.deploy("ovn-central", channel="24.03/stable")
    for host in ("0", "1", "2"):
        juju.unit("ovn-central", juju.container(host))
    juju.until_unit("ovn-central/0", "blocked", "'certificates' missing")
    juju.relate("ovn-central:certificates", "vault:certificates")
    juju.until_unit("ovn-central/0", "waiting", "'ovsdb-peer' incomplete, 'certificates' awaiting server certificate data")
    juju.until_unit("vault/0", "blocked", "Vault needs to be initialized")
    assert act(juju, "vault/0", "authorize-charm", token="s.wrong")["message"].startswith("Vault is sealed")

    place = f"juju/vault/{juju.model}/vault"
    keys = admin(site.rack, "POST", f"{place}/init", {"shares": 5, "threshold": 3})["keys"]
    juju.until_unit("vault/0", "blocked", "Unit is sealed")
    states = [admin(site.rack, "POST", f"{place}/unseal", {"unit": "vault/0", "key": key})["sealed"] for key in keys[:3]]
    assert states == [True, True, False]
    juju.until_unit("vault/0", "blocked", "Vault charm not yet authorized: run authorize-charm action.")
    token = admin(site.rack, "POST", f"{place}/token", {})["token"]
    assert act(juju, "vault/0", "authorize-charm", token="s.wrong")["status"] == "failed"
    assert act(juju, "vault/0", "authorize-charm", token=token)["status"] == "completed"
    juju.until_unit("vault/0", "blocked", "Missing CA cert")
    assert "BEGIN CERTIFICATE" in act(juju, "vault/0", "generate-root-ca")["output"]["output"]
    juju.until_unit("vault/0", "active", "Unit is ready (active: true, mlock: disabled)")
    for number in range(3):
        juju.until_unit(f"ovn-central/{number}", "active")

    site.rack.call(site.rack.world.power_cycle, "control-1")
    juju.until_unit("vault/0", "blocked", "Unit is sealed")


def test_vault_can_open_itself_in_a_test_cloud(juju):
    database(juju)
    juju.deploy("vault", ConfigYAML="vault: {totally-unsecure-auto-unlock: true, auto-generate-root-ca-cert: true}")
    juju.unit("vault", juju.container("0"))
    router(juju, "vault")
    juju.until_unit("vault/0", "active")
    state = vault.describe(juju.record, juju.record.applications["vault"])
    assert (state["initialised"], state["authorised"]) == (True, True)


def test_a_paused_unit_says_so(juju):
    juju.deploy("rabbitmq-server")
    juju.unit("rabbitmq-server", juju.machine("control-1"))
    juju.until_unit("rabbitmq-server/0", "active")
    act(juju, "rabbitmq-server/0", "pause")
    juju.until_unit("rabbitmq-server/0", "maintenance", "Paused. Use 'resume' action to resume normal service.")
    act(juju, "rabbitmq-server/0", "resume")
    juju.until_unit("rabbitmq-server/0", "active")


def test_hooks_on_one_machine_run_one_at_a_time(site, juju):
    host = juju.machine("control-1")
    for charm in ("rabbitmq-server", "keystone", "glance"):
        juju.deploy(charm)
        juju.unit(charm, host)
    ran = []
    until("two installs", lambda: ran.append([u.name for u in juju.record.units.values() if u.running]) or len(ran) > 200)
    assert all(len(running) <= 1 for running in ran)
    began = site.rack.clock.now()
    for name in ("rabbitmq-server/0", "keystone/0", "glance/0"):
        until(f"{name} to start", lambda name=name: juju.record.units[name].started)
    assert site.rack.clock.now() - began > 0


def test_actions_are_checked_before_they_are_queued(juju):
    juju.deploy("vault")
    juju.unit("vault", juju.machine("control-1"))
    actions = [{"receiver": "unit-vault-0", "name": "fly", "parameters": {}}]
    assert juju.refusal("Action.EnqueueOperation", {"actions": actions})[0] == 'action "fly" not defined on unit "vault/0"'
    actions = [{"receiver": "unit-vault-0", "name": "authorize-charm", "parameters": {}}]
    assert '"token" property is missing and required' in juju.refusal("Action.EnqueueOperation", {"actions": actions})[0]
    actions = [{"receiver": "unit-vault-9", "name": "reload", "parameters": {}}]
    assert juju.refusal("Action.EnqueueOperation", {"actions": actions}) == ('unit "vault/9" not found', "not found")
    known = juju("Action.ApplicationsCharmsActions", {"entities": [{"tag": "application-vault"}]})["results"][0]["actions"]
    assert known["authorize-charm"]["params"]["required"] == ["token"]


def test_an_action_that_waits_can_be_cancelled(juju):
    juju.deploy("vault")
    juju.unit("vault", juju.machine("control-1"))
    actions = [{"receiver": "unit-vault-0", "name": "reload", "parameters": {}}]
    queued = juju("Action.EnqueueOperation", {"actions": actions})
    tag = queued["actions"][0]["action"]["tag"]
    assert juju("Action.Cancel", {"entities": [{"tag": tag}]})["results"][0]["status"] == "cancelled"
    operation = juju("Action.Operations", {"entities": [{"tag": queued["operation"]}]})["results"][0]
    assert operation["status"] == "cancelled"
