"""A whole cloud on the simulated controller: 26 applications on five machines settle, Vault is opened, all goes again."""

import json
import os
import pathlib
import subprocess
import sys

import pytest
import yaml

from simulator.testing import running_rack

from tests.unit.simulator_juju import juju_site  # isort: skip

SHARED = pathlib.Path(os.environ.get("SHARED_DIR") or pathlib.Path(__file__).parents[4] / "shared")
BUNDLE = SHARED / "truth" / "bundle" / "bundle-3node-2024.1-draft.yaml"
HOSTS = ["control-1", "control-2", "control-3", "worker-1", "worker-2"]
CERTIFICATES = "'certificates' awaiting server certificate data"


@pytest.fixture(scope="module")
def bundle():
    if not BUNDLE.exists():
        pytest.skip(f"the bundle is not at {BUNDLE}")
    return yaml.safe_load(BUNDLE.read_text())


@pytest.fixture(scope="module")
def juju(bundle, tmp_path_factory):
    directory = tmp_path_factory.mktemp("rack")
    with running_rack(juju_site.rack_data(), factor=3600.0, directory=directory, services=("maas", "juju", "openstack")) as rack:
        site = juju_site.make(rack)
        config = {"default-base": "ubuntu@24.04", "default-space": "management"}
        params = {"name": "openstack", "owner-tag": "user-admin", "config": config}
        caller = juju_site.Caller(site, juju_site.Caller(site)("ModelManager.CreateModel", params)["uuid"])
        deploy(caller, bundle)
        yield caller


def deploy(juju, bundle):
    for host in HOSTS:
        juju.machine(host)
    for name, app in bundle["applications"].items():
        options = {key: value for key, value in (app.get("options") or {}).items() if value != "None"}
        if "osd-devices" in options:
            options["osd-devices"] = "/dev/sdb /dev/sdc"
        bound = {"endpoint-bindings": {"": "management"}}
        juju.deploy(app["charm"], name, channel=app["channel"], ConfigYAML=yaml.safe_dump({name: options}), **bound)
    for name, app in bundle["applications"].items():
        for place in app.get("to", []):
            scope, _, machine = place.rpartition(":")
            juju.unit(name, machine, scope or "#")
    for first, second in bundle["relations"]:
        juju.relate(first, second)


def units(juju):
    """Workload status and message of every unit, subordinates too."""
    found = {}

    def walk(shown):
        for name, unit in (shown or {}).items():
            found[name] = (unit["workload-status"]["status"], unit["workload-status"]["info"], unit["agent-status"]["status"])
            walk(unit["subordinates"])

    for app in juju.status()["applications"].values():
        walk(app["units"])
    return found


def idle(juju):
    return all(not u.queue and not u.running and u.started for u in juju.record.units.values()) and len(juju.record.units) == 35


def test_everything_settles_but_vault_and_who_waits_for_it(juju, bundle):
    juju_site.until("all units to be idle", lambda: idle(juju))
    found = units(juju)
    assert found["vault/0"][:2] == ("blocked", "Vault needs to be initialized")
    waiting = {name: text for name, (status, text, _) in found.items() if status == "waiting"}
    assert {name.rpartition("/")[0] for name in waiting} == {"ovn-central", "ovn-chassis", "neutron-api-plugin-ovn"}
    assert all(text.endswith(CERTIFICATES) for text in waiting.values())
    others = {name: state for name, state in found.items() if name not in waiting and name != "vault/0"}
    assert {state[0] for state in others.values()} == {"active"}
    assert {state[2] for state in found.values()} == {"idle"}
    relations = [r for r in juju.status()["relations"] if len(r["endpoints"]) == 2]
    assert len(relations) == len(bundle["relations"])
    assert {relation["status"]["status"] for relation in relations} == {"joined"}


def asked(juju, unit, name):
    """What an action that asks for something is told."""
    wanted = {"actions": [{"receiver": unit, "name": name, "parameters": {}}]}
    action = juju("Action.EnqueueOperation", wanted)["actions"][0]["action"]["tag"].removeprefix("action-")
    juju_site.until("the action", lambda: juju.record.actions[action].status == "completed")
    return juju.record.actions[action].output


def check_cloud(juju, ca):
    """The `openstack` command works at the units' addresses, with the password of keystone's action and Vault's authority."""
    password = asked(juju, "keystone/leader", "get-admin-password")["admin-password"]
    ca.write_text(asked(juju, "vault/leader", "get-root-ca")["output"])
    gateway = juju.site.rack.endpoints["openstack"]["secure_gateway"]
    keystone = juju.record.machines[juju.record.units["keystone/0"].machine].address
    domain = {"OS_USER_DOMAIN_NAME": "admin_domain", "OS_PROJECT_DOMAIN_NAME": "admin_domain", "OS_REGION_NAME": "RegionOne"}
    who = {"OS_USERNAME": "admin", "OS_PROJECT_NAME": "admin", "OS_PASSWORD": password, "OS_IDENTITY_API_VERSION": "3"}
    where = {"OS_CACERT": str(ca), "OS_AUTH_URL": gateway.format(host=keystone, port=5000) + "/v3"}
    named = {name: value for name, value in os.environ.items() if not name.startswith("OS_")} | domain | who | where

    def openstack(*words):
        command = [str(pathlib.Path(sys.executable).with_name("openstack")), *words, "-f", "json"]
        found = subprocess.run(command, env=named, capture_output=True, text=True, timeout=120, check=False)
        assert found.returncode == 0, found.stderr
        return json.loads(found.stdout)

    catalog = {service["Type"] for service in openstack("catalog", "list")}
    assert catalog == {"identity", "image", "compute", "placement", "network", "volumev3", "object-store"}
    assert {each["Hypervisor Hostname"] for each in openstack("hypervisor", "list")} == {"worker-1", "worker-2"}
    assert {each["Host"] for each in openstack("network", "agent", "list")} == {"worker-1", "worker-2"}
    assert openstack("image", "list") == []
    assert {each["Name"] for each in openstack("project", "list")} == {"admin", "services"}


def test_with_vault_open_everything_is_active_and_the_cloud_answers(juju, tmp_path):
    juju_site.open_vault(juju.site, juju.model)
    juju_site.until("everything to be active", lambda: {state[0] for state in units(juju).values()} == {"active"})
    check_cloud(juju, tmp_path / "ca.pem")


def test_the_model_goes_and_maas_has_everything_back(juju):
    model = {"model-tag": f"model-{juju.model}", "destroy-storage": True}
    juju_site.Caller(juju.site)("ModelManager.DestroyModels", {"models": [model]})
    juju_site.until("the model to go", lambda: juju.record is None)
    juju_site.until("MAAS to have its machines", lambda: juju_site.run(juju_site.others_ready(juju.site)))
    assert juju_site.run(juju.site.maas().get("devices/")) == []
