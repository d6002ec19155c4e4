"""Machines come from MAAS through its API, go back to it, and fail as they fail in life."""

import itertools

import pytest

from tests.unit.simulator_juju.juju_site import Caller, run, until


@pytest.fixture
def juju(site, model):
    return Caller(site, model)


def of_maas(site, host):
    return run(site.maas().get(f"machines/{site.ids[host]}/"))


def devices(site):
    return run(site.maas().get("devices/"))


def provisioning_error(juju, machine):
    return until(
        "a provisioning error", lambda: (m := juju.record.machines[machine]).instance.status == "provisioning error" and m
    )


def test_a_machine_is_taken_from_maas_and_followed(site, juju):
    machine = juju.machine("control-1")
    juju.until_started(machine)
    shown = juju.status()["machines"][machine]
    assert shown["instance-id"] == site.ids["control-1"]
    assert shown["hostname"] == "control-1"
    assert (shown["agent-status"]["status"], shown["instance-status"]["status"]) == ("started", "running")
    assert shown["base"] == {"name": "ubuntu", "channel": "24.04/stable"}
    assert shown["dns-name"].startswith("10.20.0.")
    assert shown["hardware"].startswith("arch=amd64 cores=8 mem=32768M")
    assert shown["network-interfaces"]["eno1"]["space"] == "management"
    there = of_maas(site, "control-1")
    assert (there["status_name"], there["distro_series"]) == ("Deployed", "noble")


def test_constraints_choose_the_machine(site, juju):
    params = {"constraints": {"tags": ["openstack-worker"], "cores": 4, "mem": 1024, "arch": "amd64"}, "jobs": ["JobHostUnits"]}
    machine = juju("MachineManager.AddMachines", {"params": [params]})["machines"][0]["machine"]
    juju.until_started(machine)
    assert juju.record.machines[machine].hostname.startswith("worker-")
    assert juju.status()["machines"][machine]["constraints"] == "arch=amd64 cores=4 mem=1024M tags=openstack-worker"


def test_constraints_that_nothing_meets_end_in_maas_words_after_ten_tries(site, juju):
    params = {"constraints": {"tags": ["openstack-worker"], "cores": 64}, "jobs": ["JobHostUnits"]}
    machine = juju("MachineManager.AddMachines", {"params": [params]})["machines"][0]["machine"]
    record = provisioning_error(juju, machine)
    assert "No available machine matches constraints" in record.instance.info
    assert record.attempts == 11
    shown = juju.status()["machines"][machine]
    assert (shown["instance-status"]["status"], shown["instance-id"]) == ("provisioning error", "pending")


def test_retry_provisioning_starts_over(site, juju):
    site.rack.fault("provisioning-error", "0", times=1)
    machine = juju.machine("control-1")
    provisioning_error(juju, machine)
    assert juju("MachineManager.RetryProvisioning", {"machines": ["machine-0"], "all": False}) == {"results": [{}]}
    juju.until_started(machine)
    text, _ = juju.refusal("MachineManager.RetryProvisioning", {"machines": ["machine-0"], "all": False})
    assert text == "machine 0 is not in an error state (running)"


def test_a_deployment_that_fails_in_maas_shows_its_words(site, juju):
    site.rack.fault("deploy-fails", "control-2", times=1)
    machine = juju.machine("control-2")
    record = provisioning_error(juju, machine)
    assert record.instance_id == site.ids["control-2"]
    juju("MachineManager.RetryProvisioning", {"machines": [f"machine-{machine}"], "all": False})
    juju.until_started(machine)


def test_a_host_can_be_struck_by_its_name(site, juju):
    site.rack.fault("provisioning-error", "control-2", times=1)
    machine = juju.machine("control-2")
    assert provisioning_error(juju, machine).instance_id == ""
    juju("MachineManager.RetryProvisioning", {"machines": [], "all": True})
    juju.until_started(machine)


def test_containers_are_made_one_after_another_with_addresses_of_maas(site, juju):
    host = juju.machine("control-1")
    containers = [juju.container(host) for _ in range(3)]
    assert containers == ["0/lxd/0", "0/lxd/1", "0/lxd/2"]
    for container in containers:
        juju.until_started(container)
    records = [juju.record.machines[container] for container in containers]
    began = [record.instance.since for record in records]
    assert began == sorted(began)
    assert all(later - before >= 60 for before, later in itertools.pairwise(began))
    shown = juju.status()["machines"][host]["containers"]
    assert {c["dns-name"] for c in shown.values()} == {ip for d in devices(site) for ip in d["ip_addresses"]}
    assert {d["hostname"] for d in devices(site)} == {record.instance_id for record in records}
    assert "0/lxd/0" not in juju.status()["machines"]


def test_a_container_without_an_address_in_its_space_cannot_be(site, juju):
    juju.machine("control-1")
    juju.deploy("keystone", **{"endpoint-bindings": {"": "outside"}})
    juju.unit("keystone", "0", "lxd")
    record = provisioning_error(juju, "0/lxd/0")
    assert record.instance.info == 'unable to find host bridge for space(s) "outside" for container "0/lxd/0"'


def test_a_container_that_fails_leaves_the_next_one_alone(site, juju):
    site.rack.fault("container-fails", "0/lxd/0")
    juju.machine("control-1")
    juju.container("0")
    juju.container("0")
    provisioning_error(juju, "0/lxd/0")
    juju.until_started("0/lxd/1")


def test_removal_releases_the_machine_and_its_containers_addresses(site, juju):
    machine = juju.machine("control-1")
    container = juju.container(machine)
    juju.until_started(container)
    text, code = juju.refusal("MachineManager.DestroyMachineWithParams", {"machine-tags": ["machine-0"]})
    assert (text, code) == ('machine 0 is hosting containers "0/lxd/0"', "machine is hosting containers")
    done = juju("MachineManager.DestroyMachineWithParams", {"machine-tags": ["machine-0-lxd-0"]})
    assert done["results"][0]["info"]["machine-id"] == "0/lxd/0"
    until("the container to go", lambda: "0/lxd/0" not in juju.record.machines)
    assert devices(site) == []
    juju("MachineManager.DestroyMachineWithParams", {"machine-tags": ["machine-0"]})
    until("the machine to go", lambda: "0" not in juju.record.machines)
    until("MAAS to have it back", lambda: of_maas(site, "control-1")["status_name"] == "Ready")


def test_a_machine_with_units_goes_only_by_force(site, juju):
    machine = juju.machine("control-1")
    juju.deploy("rabbitmq-server")
    juju.unit("rabbitmq-server", machine)
    juju.until_unit("rabbitmq-server/0", "active")
    text, code = juju.refusal("MachineManager.DestroyMachineWithParams", {"machine-tags": ["machine-0"], "force": False})
    assert (text, code) == ('machine 0 has unit(s) "rabbitmq-server/0" assigned', "machine has assigned units")
    done = juju("MachineManager.DestroyMachineWithParams", {"machine-tags": ["machine-0"], "force": True})
    assert done["results"][0]["info"]["destroyed-units"] == [{"tag": "unit-rabbitmq-server-0"}]
    until("the machine to go", lambda: "0" not in juju.record.machines)
    assert juju.record.units == {}


def test_a_machine_that_never_came_is_removed_at_once(site, juju):
    site.rack.fault("provisioning-error", "0")
    machine = juju.machine("control-1")
    provisioning_error(juju, machine)
    juju("MachineManager.DestroyMachineWithParams", {"machine-tags": ["machine-0"]})
    until("the machine to go", lambda: "0" not in juju.record.machines)


@pytest.mark.parametrize(
    ("placement", "text"),
    [
        ({"scope": "0,1", "directive": ""}, 'cannot add a new machine: invalid model id "0,1"'),
        ({"scope": "lxd", "directive": "7"}, "machine 7 not found"),
        ({"scope": "MODEL", "directive": "rack=1"}, 'cannot add a new machine: unrecognised placement directive "rack=1"'),
    ],
)
def test_placements_that_make_no_sense(juju, placement, text):
    scope = juju.model if placement["scope"] == "MODEL" else placement["scope"]
    params = {"params": [{"placement": placement | {"scope": scope}, "jobs": ["JobHostUnits"]}]}
    assert juju.refusal("MachineManager.AddMachines", params)[0] == text


def test_power_that_is_cut_shows_as_a_lost_agent_and_comes_back(site, juju):
    machine = juju.machine("control-1")
    juju.until_started(machine)
    juju.deploy("rabbitmq-server")
    juju.unit("rabbitmq-server", machine)
    juju.until_unit("rabbitmq-server/0", "active")
    site.rack.call(site.rack.world.power_off, "control-1")
    shown = juju.status()
    assert shown["machines"][machine]["agent-status"]["status"] == "down"
    unit = shown["applications"]["rabbitmq-server"]["units"]["rabbitmq-server/0"]
    assert (unit["workload-status"]["status"], unit["agent-status"]["status"]) == ("unknown", "lost")
    site.rack.call(site.rack.world.power_on, "control-1")
    until("the agent", lambda: juju.record.machines[machine].present)
    assert juju.status()["machines"][machine]["agent-status"]["status"] == "started"


def test_a_credential_that_maas_refuses_is_said_in_its_words(site, juju):
    bad = {"tag": "cloudcred-maas-site_admin_bad", "credential": {"auth-type": "oauth1", "attrs": {"maas-oauth": "a:b:c"}}}
    controller = Caller(site)
    controller("Cloud.UpdateCredentialsCheckModels", {"credentials": [bad], "force": False})
    change = {"model-tag": f"model-{juju.model}", "credential-tag": bad["tag"]}
    controller("ModelManager.ChangeModelCredential", {"model-credentials": [change]})
    text, _ = juju.refusal("Spaces.ReloadSpaces")
    assert "401" in text
    machine = juju.machine("control-1")
    assert "401" in provisioning_error(juju, machine).instance.info


def test_a_machine_that_maas_takes_back_is_down(site, juju):
    machine = juju.machine("control-1")
    juju.until_started(machine)
    run(site.maas().post(f"machines/{site.ids['control-1']}/", "release"))
    until("the agent to go", lambda: juju.status()["machines"][machine]["agent-status"]["status"] == "down")
    assert juju.status()["machines"][machine]["instance-status"]["status"] == "running"
    juju("MachineManager.DestroyMachineWithParams", {"machine-tags": ["machine-0"], "force": True})
    until("the machine to go", lambda: machine not in juju.record.machines)


def test_every_step_of_a_machine_shows(site, juju):
    factor = site.rack.clock.factor
    site.rack.call(site.rack.clock.set_factor, 0.0)
    try:
        machine = juju.machine("control-1")
        juju.deploy("rabbitmq-server")
        juju.unit("rabbitmq-server", machine)
        shown = juju.status()
        unit = shown["applications"]["rabbitmq-server"]["units"]["rabbitmq-server/0"]
        assert (unit["workload-status"]["info"], unit["agent-status"]["status"]) == ("waiting for machine", "allocating")
        assert shown["machines"][machine]["agent-status"]["status"] == "pending"
        steps = []
        for _ in range(400):
            site.rack.advance(5)
            record = juju.record.machines[machine]
            step = (record.instance.status, record.agent.status, juju.record.units["rabbitmq-server/0"].workload.info)
            steps += [step] if step not in steps else []
            if step[2] == "Unit is ready":
                break
            if record.instance.status in ("pending", "allocating") or not record.started:
                site.wait("a request to MAAS to be answered", lambda: not site.parts.provisioner._tasks)
    finally:
        site.rack.call(site.rack.clock.set_factor, factor)
    assert [step[0] for step in steps if step[1] == "pending"][-1] in ("allocating", "running")
    assert ("running", "started", "installing charm software") in steps
    assert steps[-1] == ("running", "started", "Unit is ready")


def test_a_unit_without_placement_gets_a_machine_in_its_space(site, juju):
    juju.deploy("rabbitmq-server", **{"endpoint-bindings": {"": "management"}})
    juju("Application.AddUnits", {"application": "rabbitmq-server", "num-units": 1})
    juju.until_started("0")
    assert juju.status()["machines"]["0"]["constraints"] == "spaces=management"


def test_a_space_that_no_machine_has_is_said_by_maas(site, juju):
    juju.deploy("rabbitmq-server", **{"endpoint-bindings": {"": "outside"}})
    juju("Application.AddUnits", {"application": "rabbitmq-server", "num-units": 1})
    assert "No available machine matches constraints" in provisioning_error(juju, "0").instance.info


def test_a_hook_that_is_cut_off_runs_anew(site, juju):
    machine = juju.machine("control-1")
    juju.until_started(machine)
    site.rack.call(site.rack.clock.set_factor, 36.0)
    juju.deploy("rabbitmq-server")
    juju.unit("rabbitmq-server", machine)
    until("the installation", lambda: juju.record.units["rabbitmq-server/0"].running == "install")
    site.rack.call(site.rack.world.power_off, "control-1")
    site.rack.call(site.rack.clock.set_factor, 3600.0)
    until("the hook to be cut off", lambda: juju.record.units["rabbitmq-server/0"].running == "")
    assert juju.record.units["rabbitmq-server/0"].queue[0] == "install"
    site.rack.call(site.rack.world.power_on, "control-1")
    juju.until_unit("rabbitmq-server/0", "active")
