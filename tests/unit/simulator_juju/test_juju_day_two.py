"""What the charms of a cloud answer to the actions of day two."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.simulator_juju import juju_site


class Cloud:
    """A model in which actions are run on units that came up."""

    def __init__(self, site: Any, model: str) -> None:
        self.juju = juju_site.Caller(site, model)

    def up(self, charm: str, channel: str, *places: tuple[str, str], **options: Any) -> None:
        """Deploys a charm with a unit on each place (machine, scope) and waits until they are through."""
        settings = json.dumps({charm: options})
        self.juju.deploy(charm, channel=channel, ConfigYAML=settings, **{"endpoint-bindings": {"": "management"}})
        for machine, scope in places:
            self.juju.unit(charm, machine, scope)
        record = self.juju.record
        juju_site.until(
            f"{charm} to be through",
            lambda: all(u.started and not u.queue for u in record.units.values() if u.application == charm),
        )

    def run(self, unit: str, name: str, **parameters: Any) -> tuple[str, dict[str, Any], str]:
        """Status, output and message of an action that has run."""
        asked = {"actions": [{"receiver": unit, "name": name, "parameters": parameters}]}
        task = self.juju("Action.EnqueueOperation", asked)["actions"][0]["action"]["tag"].removeprefix("action-")
        action = self.juju.record.actions[task]
        juju_site.until(f"{name} to end", lambda: action.completed)
        return action.status, action.output, action.message

    def ok(self, unit: str, name: str, **parameters: Any) -> dict[str, Any]:
        """The output of an action that must complete."""
        status, output, message = self.run(unit, name, **parameters)
        assert status == "completed", message
        return output

    def fails(self, unit: str, name: str, **parameters: Any) -> str:
        """The message of an action that must fail."""
        status, _, message = self.run(unit, name, **parameters)
        assert status == "failed"
        return message


@pytest.fixture
def cloud(site: juju_site.Site, model: str) -> Cloud:
    return Cloud(site, model)


def test_osds_go_one_by_one_and_come_back(cloud: Cloud) -> None:
    for host in ("worker-1", "worker-2"):
        cloud.juju.machine(host)
    cloud.up("ceph-osd", "squid/stable", ("0", "#"), ("1", "#"), **{"osd-devices": "/dev/sdb"})
    cloud.up("ceph-mon", "squid/stable", ("0", "lxd"), ("1", "lxd"), ("1", "lxd"), **{"expected-osd-count": 2})
    cloud.juju.deploy("cinder-ceph", channel="2024.1/stable", ConfigYAML='{"cinder-ceph": {"ceph-osd-replication-count": 2}}')
    cloud.juju.relate("ceph-osd:mon", "ceph-mon:osd")
    cloud.juju.relate("cinder-ceph:ceph", "ceph-mon:client")
    assert cloud.ok("ceph-mon/leader", "get-health")["message"] == "HEALTH_OK\n"
    assert "/dev/sdc" in cloud.ok("ceph-osd/0", "list-disks")["disks"]
    assert "safe to destroy" in cloud.fails("ceph-osd/0", "remove-disk", **{"osd-ids": "osd.0", "purge": True})
    zapped = cloud.fails("ceph-osd/0", "zap-disk", devices="/dev/sdb", **{"i-really-mean-it": True})
    assert zapped == "1 devices are mounted: /dev/sdb"
    assert "zapped" in cloud.ok("ceph-osd/0", "zap-disk", devices="/dev/sdc", **{"i-really-mean-it": True})["message"]
    cloud.ok("ceph-osd/0", "add-disk", **{"osd-devices": "/dev/sdc"})
    told = json.loads(cloud.ok("ceph-osd/0", "remove-disk", **{"osd-devices": "/dev/sdb", "format": "json"})["message"])
    assert told == {"/dev/sdb": {"osd-ids": "osd.0"}}
    assert "not being used" in cloud.fails("ceph-osd/0", "remove-disk", **{"osd-devices": "/dev/sdb"})
    cloud.ok("ceph-mon/leader", "set-noout")
    cloud.ok("ceph-osd/1", "osd-out", osds="all")
    assert cloud.ok("ceph-mon/leader", "get-health")["message"].startswith("HEALTH_WARN noout flag(s) set; Degraded")
    cloud.ok("ceph-osd/1", "osd-in", osds="1")
    cloud.ok("ceph-mon/leader", "unset-noout")
    assert cloud.ok("ceph-mon/leader", "get-health")["message"] == "HEALTH_OK\n"
    assert "invalid ceph OSD device id: 9" in cloud.fails("ceph-osd/1", "osd-out", osds="9")


def test_a_compute_host_leaves_the_cloud_and_comes_back(cloud: Cloud) -> None:
    cloud.juju.machine("worker-1")
    cloud.up("nova-compute", "2024.1/stable", ("0", "#"))
    assert cloud.ok("nova-compute/0", "node-name")["node-name"] == "worker-1"
    assert cloud.ok("nova-compute/0", "instance-count")["instance-count"] == 0
    cloud.ok("nova-compute/0", "disable")
    cloud.ok("nova-compute/0", "remove-from-cloud")
    cloud.juju.until_unit("nova-compute/0", "blocked", "Unit was removed from the cloud")
    cloud.ok("nova-compute/0", "register-to-cloud")
    cloud.juju.until_unit("nova-compute/0", "blocked", "Missing relations")


def test_members_of_clusters_are_taken_out(cloud: Cloud) -> None:
    cloud.juju.machine("control-1")
    cloud.up("mysql-innodb-cluster", "8.0/stable", *[("0", "lxd")] * 3)
    shown = json.loads(cloud.ok("mysql-innodb-cluster/leader", "cluster-status")["cluster-status"])["defaultReplicaSet"]
    assert (shown["status"], len(shown["topology"])) == ("OK", 3)
    assert shown["statusText"] == "Cluster is ONLINE and can tolerate up to ONE failure."
    address = sorted(shown["topology"].keys() - {shown["primary"]})[0].partition(":")[0]
    assert "successfully removed" in cloud.ok("mysql-innodb-cluster/leader", "remove-instance", address=address)["output"]
    assert cloud.fails("mysql-innodb-cluster/leader", "remove-instance", address=address) == "Remove instance failed"
    cloud.ok("mysql-innodb-cluster/leader", "add-instance", address=address)
    dump = cloud.ok("mysql-innodb-cluster/leader", "mysqldump", databases="keystone")["mysqldump-file"]
    assert dump.startswith("/var/backups/mysql/mysqldump-keystone-")
    cloud.up("rabbitmq-server", "3.12/stable", ("0", "lxd"))
    nodes = json.loads(cloud.ok("rabbitmq-server/0", "cluster-status")["output"])["running_nodes"]
    assert "still running or already removed" in cloud.fails("rabbitmq-server/0", "forget-cluster-node", node=nodes[0])


def test_passwords_are_rotated_on_the_leader(cloud: Cloud) -> None:
    cloud.juju.machine("control-1")
    cloud.up("keystone", "2024.1/stable", ("0", "lxd"))
    cloud.juju.deploy("glance", channel="2024.1/stable")
    cloud.juju.relate("glance:identity-service", "keystone:identity-service")
    before = cloud.ok("keystone/leader", "get-admin-password")["admin-password"]
    cloud.ok("keystone/leader", "rotate-admin-password")
    assert cloud.ok("keystone/leader", "get-admin-password")["admin-password"] != before
    assert cloud.ok("keystone/leader", "list-service-usernames")["usernames"] == "glance"
    cloud.ok("keystone/leader", "rotate-service-user-password", **{"service-user": "glance"})
    said = cloud.fails("keystone/leader", "rotate-service-user-password", **{"service-user": "nova"})
    assert said == "Invalid service requested: 'nova' not one of glance services."


def test_an_upgrade_by_action_needs_its_option_and_a_later_release(cloud: Cloud) -> None:
    cloud.juju.machine("control-1")
    cloud.up("glance", "2024.1/stable", ("0", "lxd"), **{"openstack-origin": "caracal"})
    assert cloud.ok("glance/0", "openstack-upgrade")["outcome"] == "no upgrade available"
    assert cloud.juju.status()["applications"]["glance"]["units"]["glance/0"]["workload-version"] == "28.0.0"
    new = {"action-managed-upgrade": "true", "openstack-origin": "epoxy"}
    cloud.juju("Application.SetConfigs", {"Args": [{"application": "glance", "config": new}]})
    assert cloud.ok("glance/0", "openstack-upgrade")["outcome"] == "success, upgrade completed"
    assert cloud.juju.status()["applications"]["glance"]["workload-version"] == "30.0.0"


def test_the_dashboard_s_users_are_ceph_s(cloud: Cloud) -> None:
    cloud.juju.machine("worker-1")
    cloud.up("ceph-mon", "squid/stable", ("0", "lxd"), **{"expected-osd-count": 1})
    cloud.juju.deploy("ceph-dashboard", channel="squid/stable", **{"endpoint-bindings": {"": "management"}})
    cloud.juju.relate("ceph-dashboard:dashboard", "ceph-mon:dashboard")
    record = cloud.juju.record
    juju_site.until("the dashboard", lambda: "ceph-dashboard/0" in record.units and record.units["ceph-dashboard/0"].started)
    asked = {"command": "ceph dashboard ac-user-show --format json", "timeout": 60 * 10**9}
    assert json.loads(cloud.ok("ceph-mon/0", "juju-exec", **asked)["stdout"]) == []
    assert cloud.fails("ceph-dashboard/0", "add-user", username="admin") == "Config missing"
    first = cloud.ok("ceph-dashboard/0", "add-user", username="admin", role="administrator")["password"]
    assert cloud.fails("ceph-dashboard/0", "add-user", username="admin", role="read-only") == "User already exists"
    assert json.loads(cloud.ok("ceph-mon/0", "juju-exec", **asked)["stdout"]) == ["admin"]
    assert cloud.ok("ceph-dashboard/0", "delete-user", username="admin")["message"] == "User admin deleted"
    assert "does not exist" in cloud.fails("ceph-dashboard/0", "delete-user", username="admin")
    assert cloud.ok("ceph-dashboard/0", "add-user", username="admin", role="administrator")["password"] != first
