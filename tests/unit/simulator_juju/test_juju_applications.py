"""Applications: deployed, changed and removed, and what is refused in the controller's words."""

import pytest

from tests.unit.simulator_juju.juju_site import Caller, until


@pytest.fixture
def juju(site, model):
    return Caller(site, model)


def option(juju, application, name):
    return juju("Application.Get", {"application": application})["config"][name]


def change(juju, application, **config):
    return juju("Application.SetConfigs", {"Args": [{"application": application, "config": config}]})


def test_an_application_of_the_store_is_deployed_as_asked(juju):
    info = juju.deploy(
        "keystone",
        channel="2024.1/stable",
        base={"name": "ubuntu", "channel": "22.04/stable"},
        ConfigYAML="keystone:\n  debug: true\n  openstack-origin: caracal\n",
        **{"endpoint-bindings": {"": "management"}, "Trust": True},
    )["Info"]
    assert (info["name"], info["channel"], info["base"]["channel"]) == ("keystone", "2024.1/stable", "22.04/stable")
    got = juju("Application.Get", {"application": "keystone"})
    assert got["config"]["debug"] == {"value": True, "default": False, "source": "user", "type": "boolean", "description": ""}
    assert got["config"]["openstack-origin"]["value"] == "caracal"
    assert got["application-config"]["trust"]["value"] is True
    assert got["endpoint-bindings"]["shared-db"] == "management"
    shown = juju.status()["applications"]["keystone"]
    assert shown["charm"] == f"ch:amd64/keystone-{info['revision']}"
    assert (shown["charm-channel"], shown["units"], shown["status"]["status"]) == ("2024.1/stable", {}, "unknown")


def test_without_a_base_the_models_default_counts(juju):
    assert juju.deploy("vault")["Info"]["base"] == {"name": "ubuntu", "channel": "24.04/stable"}


@pytest.mark.parametrize(
    ("asked", "text", "code"),
    [
        ({"CharmName": "nope"}, 'No charm or bundle with name "nope"', "not found"),
        (
            {"CharmName": "keystone", "channel": "1999.1/stable"},
            'charm or bundle not found for channel "1999.1/stable"',
            "not found",
        ),
        (
            {"CharmName": "keystone", "channel": "2023.1/stable", "base": {"name": "ubuntu", "channel": "24.04"}},
            'for channel "2023.1/stable", base "amd64/ubuntu/24.04"',
            "not found",
        ),
        ({"CharmName": "keystone", "ConfigYAML": "keystone: {bogus: 1}"}, 'unknown option "bogus"', "not found"),
        ({"CharmName": "keystone", "ConfigYAML": "keystone: {debug: maybe}"}, 'option "debug" expected boolean', "bad request"),
        ({"CharmName": "keystone", "endpoint-bindings": {"": "nowhere"}}, 'space "nowhere" not found', "not found"),
        ({"CharmName": "keystone", "endpoint-bindings": {"nothing": "management"}}, 'unknown endpoint "nothing"', "not valid"),
        ({"CharmName": "keystone", "resources": {"nothing": "1"}}, 'unrecognized resource "nothing"', "not valid"),
        ({"CharmName": "keystone", "Storage": {"nothing": {"Count": 1}}}, 'has no store called "nothing"', "not valid"),
        ({"CharmName": "keystone", "ApplicationName": "Key_Stone"}, 'invalid application name "Key_Stone"', "not valid"),
        ({"CharmName": "keystone", "revision": 3}, "requires a channel", "bad request"),
        (
            {"CharmName": "mysql-router", "num-units": 1},
            "subordinate application must be deployed without units",
            "application should not have units",
        ),
    ],
)
def test_what_cannot_be_deployed(juju, asked, text, code):
    found = juju.refusal("Application.DeployFromRepository", {"Args": [{"num-units": 0} | asked]})
    assert text in found[0]
    assert found[1] == code
    assert juju.record.applications == {}


def test_a_name_is_taken_once(juju):
    juju.deploy("vault")
    text, code = juju.refusal("Application.DeployFromRepository", {"Args": [{"CharmName": "vault", "num-units": 0}]})
    assert (text, code) == ('deploy: application "vault": application already exists', "already exists")


def test_options_are_set_and_put_back(juju):
    juju.deploy("keystone")
    change(juju, "keystone", debug="true", **{"worker-multiplier": "0.5"})
    assert option(juju, "keystone", "debug")["value"] is True
    assert option(juju, "keystone", "worker-multiplier")["value"] == 0.5
    juju("Application.UnsetApplicationsConfig", {"Args": [{"application": "keystone", "options": ["debug"]}]})
    assert option(juju, "keystone", "debug")["source"] == "default"
    text, _ = juju.refusal("Application.SetConfigs", {"Args": [{"application": "keystone", "config": {"bogus": "1"}}]})
    assert text == 'unknown option "bogus"'


def test_constraints_expose_and_bindings_change_in_place(juju):
    juju.deploy("keystone")
    juju("Application.SetConstraints", {"application": "keystone", "constraints": {"mem": 4096, "tags": ["a"], "arch": None}})
    assert juju("Application.Get", {"application": "keystone"})["constraints"] == {"mem": 4096, "tags": ["a"]}
    juju("Application.Expose", {"application": "keystone", "exposed-endpoints": {"": {"expose-to-cidrs": ["10.0.0.0/8"]}}})
    shown = juju.status()["applications"]["keystone"]
    assert (shown["exposed"], shown["exposed-endpoints"]) == (True, {"": {"expose-to-cidrs": ["10.0.0.0/8"]}})
    juju("Application.Unexpose", {"application": "keystone"})
    assert juju.status()["applications"]["keystone"]["exposed"] is False
    merge = {"application-tag": "application-keystone", "bindings": {"public": "outside"}, "force": False}
    juju("Application.MergeBindings", {"args": [merge]})
    assert juju("Application.Get", {"application": "keystone"})["endpoint-bindings"]["public"] == "outside"


def test_a_binding_to_a_space_that_the_machine_lacks_is_refused(juju):
    juju.deploy("rabbitmq-server")
    juju.unit("rabbitmq-server", juju.machine("control-1"))
    juju.until_unit("rabbitmq-server/0", "active")
    merge = {"application-tag": "application-rabbitmq-server", "bindings": {"": "outside"}, "force": False}
    text, _ = juju.refusal("Application.MergeBindings", {"args": [merge]})
    assert text == 'validating endpoint bindings: machine "0" is missing addresses in space(s): "outside"'


def test_another_channel_is_another_revision_and_units_upgrade(juju):
    before = juju.deploy("rabbitmq-server", channel="3.12/stable")["Info"]["revision"]
    juju.unit("rabbitmq-server", juju.machine("control-1"))
    juju.until_unit("rabbitmq-server/0", "active")
    origin = {"source": "charm-hub", "track": "latest", "risk": "edge", "architecture": "amd64"}
    base = {"base": {"name": "ubuntu", "channel": "24.04/stable"}}
    asked = {"resolve": [{"reference": "ch:rabbitmq-server", "charm-origin": origin | base}]}
    found = juju("Charms.ResolveCharms", asked)["Results"][0]
    assert found["supported-series"] == ["focal", "jammy", "noble"]
    juju("Charms.AddCharm", {"url": found["url"], "charm-origin": found["charm-origin"], "force": False})
    params = {"application": "rabbitmq-server", "charm-url": found["url"], "charm-origin": found["charm-origin"]}
    juju("Application.SetCharm", params)
    assert juju.record.units["rabbitmq-server/0"].queue[:1] == ["upgrade-charm"]
    got = juju("Application.GetCharmURLOrigin", {"application": "rabbitmq-server"})
    assert got["charm-origin"]["revision"] == found["charm-origin"]["revision"] > before
    assert juju.status()["applications"]["rabbitmq-server"]["charm-channel"] == "latest/edge"
    juju.until_unit("rabbitmq-server/0", "active")


def test_units_are_numbered_placed_and_led(juju):
    machines = [juju.machine(host) for host in ("control-1", "control-2")]
    juju.deploy("rabbitmq-server")
    assert [juju.unit("rabbitmq-server", machine) for machine in machines] == ["rabbitmq-server/0", "rabbitmq-server/1"]
    for name in ("rabbitmq-server/0", "rabbitmq-server/1"):
        juju.until_unit(name, "active")
    units = juju.status()["applications"]["rabbitmq-server"]["units"]
    leader = juju("Application.Leader", {"tag": "application-rabbitmq-server"})["result"]
    assert [name for name, unit in units.items() if unit.get("leader")] == [leader]
    juju("Application.DestroyUnit", {"units": [{"unit-tag": f"unit-{leader.replace('/', '-')}"}]})
    until("the unit to go", lambda: leader not in juju.record.units)
    assert juju("Application.Leader", {"tag": "application-rabbitmq-server"})["result"] != leader
    info = juju("Application.UnitsInfo", {"entities": [{"tag": "application-rabbitmq-server"}]})["results"]
    assert len(info) == 1
    until("its machine to follow", lambda: len(juju.record.machines) == 1)
    assert juju.unit("rabbitmq-server", juju.machine(_free(juju))) == "rabbitmq-server/2"


def _free(juju):
    taken = {machine.hostname for machine in juju.record.machines.values()}
    return next(host for host in ("control-3", "control-2") if host not in taken)


def test_units_on_impossible_machines(juju):
    machine = juju.machine("control-1", base="22.04")
    juju.deploy("rabbitmq-server", base={"name": "ubuntu", "channel": "24.04/stable"})
    params = {"application": "rabbitmq-server", "num-units": 1, "placement": [{"scope": "#", "directive": machine}]}
    text, code = juju.refusal("Application.AddUnits", params)
    assert text.startswith(
        'cannot add unit 1/1 to application "rabbitmq-server": cannot assign unit to machine 0: base does not match'
    )
    assert code == "incompatible base"
    params["placement"] = [{"scope": "#", "directive": "42"}]
    assert juju.refusal("Application.AddUnits", params)[1] == "not found"
    params = {"application": "nothing", "num-units": 1}
    assert juju.refusal("Application.AddUnits", params) == ('application "nothing" not found', "not found")


def test_a_failed_hook_is_retried_and_can_be_resolved(site, juju):
    site.rack.fault("hook-error", "rabbitmq-server/0", hook="config-changed")
    juju.deploy("rabbitmq-server")
    juju.unit("rabbitmq-server", juju.machine("control-1"))
    until("the error", lambda: (u := juju.record.units["rabbitmq-server/0"]).failed == "config-changed" and u.attempts > 1)
    until("an attempt to end", lambda: juju.record.units["rabbitmq-server/0"].failed)
    shown = juju.status()["applications"]["rabbitmq-server"]
    unit = shown["units"]["rabbitmq-server/0"]["workload-status"]
    assert (unit["status"], unit["info"]) in (("error", 'hook failed: "config-changed"'), ("waiting", "agent initialising"))
    site.rack.clear_faults()
    params = {"tags": {"entities": [{"tag": "unit-rabbitmq-server-0"}]}, "retry": True, "all": False}
    juju.answer("Application.ResolveUnitErrors", params)
    juju.until_unit("rabbitmq-server/0", "active")
    assert juju.refusal("Application.ResolveUnitErrors", params)[0] == 'unit "rabbitmq-server/0" is not in an error state'


def test_a_unit_in_error_does_not_leave_until_it_is_forced(site, juju):
    juju.deploy("rabbitmq-server")
    juju.unit("rabbitmq-server", juju.machine("control-1"))
    juju.until_unit("rabbitmq-server/0", "active")
    site.rack.fault("hook-error", "rabbitmq-server", hook="stop")
    params = {"application-tag": "application-rabbitmq-server", "destroy-storage": True, "force": False}
    done = juju("Application.DestroyApplication", {"applications": [params]})
    assert done["results"][0]["info"]["destroyed-units"] == [{"tag": "unit-rabbitmq-server-0"}]
    until("the error", lambda: juju.record.units["rabbitmq-server/0"].failed == "stop")
    assert juju.status()["applications"]["rabbitmq-server"]["life"] == "dying"
    juju("Application.DestroyApplication", {"applications": [params | {"force": True, "max-wait": 0}]})
    until("the application to go", lambda: "rabbitmq-server" not in juju.record.applications)


def test_with_its_last_unit_a_machine_goes_too(juju):
    machine = juju.machine("control-1")
    juju.deploy("rabbitmq-server")
    juju.unit("rabbitmq-server", machine)
    juju.until_unit("rabbitmq-server/0", "active")
    juju("Application.DestroyApplication", {"applications": [{"application-tag": "application-rabbitmq-server"}]})
    until("everything to go", lambda: not (juju.record.applications or juju.record.machines))


def test_a_lost_agent_shows_while_the_fault_is_there(site, juju):
    juju.deploy("rabbitmq-server")
    juju.unit("rabbitmq-server", juju.machine("control-1"))
    juju.until_unit("rabbitmq-server/0", "active")
    site.rack.fault("agent-lost", "rabbitmq-server/0")
    unit = juju.status()["applications"]["rabbitmq-server"]["units"]["rabbitmq-server/0"]
    assert unit["agent-status"]["status"] == "lost"
    site.rack.clear_faults()
    unit = juju.status()["applications"]["rabbitmq-server"]["units"]["rabbitmq-server/0"]
    assert unit["agent-status"]["status"] == "idle"


def test_patterns_leave_what_they_match(juju):
    juju.deploy("keystone")
    juju.deploy("vault")
    assert list(juju("Client.FullStatus", {"patterns": ["key*"]})["applications"]) == ["keystone"]


def test_every_charm_of_the_store_can_be_deployed_with_its_defaults(juju):
    from simulator.juju.charms import catalogue

    for name, charm in catalogue().items():
        juju.deploy(name)
        got = juju("Application.Get", {"application": name})
        assert set(got["config"]) == set(charm.options)
    assert set(juju.status()["applications"]) == set(catalogue())
    info = juju("Application.ApplicationsInfo", {"entities": [{"tag": f"application-{name}"} for name in catalogue()]})
    assert all("error" not in result for result in info["results"])


def test_older_channels_and_charms_little_is_known_of_are_taken_as_they_come(juju):
    focal = {"name": "ubuntu", "channel": "20.04/stable"}
    juju.deploy("keystone", channel="ussuri/stable", base=focal, ConfigYAML="keystone: {long-forgotten: 3}")
    juju.deploy("percona-cluster", channel="latest/stable", base=focal, ConfigYAML="percona-cluster: {max-connections: 500}")
    juju.deploy("ubuntu", base=focal, ConfigYAML="ubuntu: {hostname: box}")
    juju.relate("keystone:shared-db", "percona-cluster:shared-db")
    juju.relate("keystone:identity-service", "ubuntu:what-is-this")
    assert option(juju, "keystone", "long-forgotten")["value"] == 3
    endpoints = {end["name"]: end for r in juju.status()["relations"] for end in r["endpoints"] if end["application"] == "ubuntu"}
    assert endpoints["what-is-this"]["role"] == "requirer"


def test_a_units_past_can_be_asked_for(site, juju):
    juju.deploy("rabbitmq-server")
    juju.unit("rabbitmq-server", juju.machine("control-1"))
    juju.until_unit("rabbitmq-server/0", "active")
    request = {"historyKind": "unit", "size": 30, "filter": {"size": 30}, "tag": "unit-rabbitmq-server-0"}
    (result,) = juju("Client.StatusHistory", {"requests": [request]})["results"]
    past = [(status["kind"], status["status"], status["info"]) for status in result["history"]["statuses"]]
    assert ("juju-unit", "executing", "running install hook") in past
    assert past.index(("workload", "maintenance", "installing charm software")) < past.index(
        ("workload", "active", "Unit is ready")
    )
    (short,) = juju("Client.StatusHistory", {"requests": [request | {"filter": {"size": 2}}]})["results"]
    assert short["history"]["statuses"] == result["history"]["statuses"][-2:]
