"""Applications through their lives; the names are those under which other tools test the same."""

from __future__ import annotations

import concurrent.futures
from typing import Any

import pytest

from clients import juju
from providers._base import ExpectedError
from providers.juju import Application, Integration, Machine, Settled, Unit

BASE = "ubuntu@24.04"
Requests = Any


@pytest.fixture
def requests(rack: Any) -> Any:
    """The changing requests since it was made."""
    before = len(rack.requests("juju"))
    return lambda: [r["path"] or r["method"] for r in rack.requests("juju")[before:] if r["mutates"]]


def keystone(life: Any, **props: Any) -> Any:
    fields = {"name": "keystone", "charm": "keystone", "channel": "2024.1/stable", "base": BASE, **props}
    return life(Application, **fields)


def unchanged(thing: Any) -> bool:
    """Neither a preview nor a refresh finds anything to do."""
    before = thing.preview()
    thing.refresh()
    return before == "same" and thing.preview() == "same"


def test_Application_Minimal(life: Any, model: juju.Model) -> None:
    app = life(Application, name="keystone", charm="keystone")
    assert app.up() == "create"
    assert app["adopted"] is False
    assert model.status().units_of("keystone") == []
    assert unchanged(app)
    app.destroy()
    assert "keystone" not in model.status().applications


def test_Application_UnsetConfig_goes_back_to_the_default(life: Any, model: juju.Model) -> None:
    app = keystone(life, options={"debug": True, "region": "R2"})
    app.up()
    assert unchanged(app)
    assert app.up(options={"region": "R2"}) == "update"
    assert model.applications.get("keystone").options["debug"].value is False
    assert model.applications.get("keystone").options["region"].value == "R2"
    assert unchanged(app)


def test_Application_UpdateEmptyConfig(life: Any, model: juju.Model) -> None:
    app = keystone(life)
    app.up()
    assert app.up(options={"debug": True}) == "update"
    assert app.up(options={}) == "update"
    assert not any(o.set_by_user for o in model.applications.get("keystone").options.values())


def test_Application_options_of_every_type_arrive_as_they_are(life: Any, model: juju.Model) -> None:
    options = {"debug": True, "token-expiration": 7200, "region": "None", "haproxy-client-timeout": 9}
    app = keystone(life, options=options)
    app.up()
    there = model.applications.get("keystone").options
    assert {k: there[k].value for k in options} == options
    assert unchanged(app)
    assert app.up(options={**options, "token-expiration": 3600}) == "update"
    assert model.applications.get("keystone").options["token-expiration"].value == 3600


def test_Application_an_unknown_option_is_refused_by_name(life: Any) -> None:
    with pytest.raises(juju.JujuError, match="bogus"):
        keystone(life, options={"bogus": 1}).up()


def test_Application_ConfigChangeKeepsCharm(life: Any, model: juju.Model, requests: Requests) -> None:
    app = keystone(life, channel="2023.1/stable", base="ubuntu@22.04")
    app.up()
    revision = app["charm_revision"]
    app.up(options={"debug": True})
    assert model.status().applications["keystone"].revision == revision
    assert not [r for r in requests() if "SetCharm" in r]


def test_Application_ChangingChannel(life: Any, model: juju.Model) -> None:
    app = keystone(life, channel="2023.1/stable", base="ubuntu@22.04")
    app.up()
    before = app["charm_revision"]
    assert app.preview(channel="2024.1/stable") == "update"
    app.up(channel="2024.1/stable")
    there = model.status().applications["keystone"]
    assert there.channel == "2024.1/stable"
    assert there.revision == app["charm_revision"] != before
    assert unchanged(app)


def test_Application_CharmUpdateBase(life: Any) -> None:
    app = keystone(life, base="ubuntu@22.04")
    app.up()
    assert app.preview(base="ubuntu@24.04") == "replace"


def test_Application_CharmNameRequiresReplace(life: Any, model: juju.Model) -> None:
    app = keystone(life)
    app.up()
    assert app.preview(charm="placement") == "replace"
    app.up(charm="placement")
    assert model.status().applications["keystone"].charm == "placement"


def test_Application_WithConstraints(life: Any, model: juju.Model) -> None:
    app = keystone(life, constraints={"mem": "4G", "cores": 2})
    app.up()
    there = model.applications.get("keystone").constraints
    assert (there["mem"], there["cores"]) == (4096, 2)
    assert unchanged(app)
    assert app.up(constraints={"mem": "8G"}) == "update"
    there = model.applications.get("keystone").constraints
    assert there["mem"] == 8192
    assert "cores" not in there
    assert unchanged(app)


def test_Application_ConstraintsNormalization(life: Any) -> None:
    app = keystone(life, constraints={"mem": "4G", "tags": ["b", "a"]})
    app.up()
    assert app.preview(constraints={"mem": 4096, "tags": "a,b"}) == "same"


def spaces_of(model: juju.Model) -> tuple[str, str, set[str]]:
    """To which spaces keystone is bound: by default, its endpoint public, and the other endpoints."""
    there = dict(model.applications.get("keystone").bindings)
    return there.pop(""), there.pop("public"), set(there.values())


def test_Application_EndpointBindings(life: Any, model: juju.Model) -> None:
    app = keystone(life, bindings={"": "management", "public": "alpha"})
    app.up()
    assert spaces_of(model) == ("management", "alpha", {"management"})
    assert unchanged(app)


def test_Application_UpdateEndpointBindings(life: Any, model: juju.Model) -> None:
    app = keystone(life, bindings={"": "alpha"})
    app.up()
    assert spaces_of(model) == ("alpha", "alpha", {"alpha"})
    steps: dict[str, tuple[dict[str, str], tuple[str, str, set[str]]]] = {
        "all move with the default": ({"": "management"}, ("management", "management", {"management"})),
        "but for one that is named": ({"": "management", "public": "alpha"}, ("management", "alpha", {"management"})),
        "which goes back to the default": ({"": "management"}, ("management", "management", {"management"})),
        "and all to the model's, once nothing is said": ({}, ("alpha", "alpha", {"alpha"})),
    }
    for what, (asked, there) in steps.items():
        assert app.up(bindings=asked) == "update", what
        assert spaces_of(model) == there, what
        assert unchanged(app), what


def test_Application_a_space_that_is_not_there_is_named(life: Any) -> None:
    with pytest.raises(juju.JujuError, match="nowhere"):
        keystone(life, bindings={"": "nowhere"}).up()


def test_Application_Expose(life: Any, model: juju.Model) -> None:
    app = keystone(life, expose={"": {}})
    app.up()
    assert model.status().applications["keystone"].exposed
    assert unchanged(app)
    assert app.up(expose={"public": {"cidrs": ["10.0.0.0/8"], "spaces": ["management"]}}) == "update"
    assert list(model.status().applications["keystone"].exposed_endpoints) == ["public"]
    assert unchanged(app)
    assert app.up(expose={}) == "update"
    assert not model.status().applications["keystone"].exposed
    assert unchanged(app)


def test_Application_Trust(life: Any, model: juju.Model) -> None:
    app = keystone(life, trust=True)
    app.up()
    assert model.applications.get("keystone").trust
    assert unchanged(app)
    assert app.up(trust=False) == "update"
    assert not model.applications.get("keystone").trust


def test_Application_Annotations(life: Any, model: juju.Model) -> None:
    app = keystone(life, annotations={"owner": "ops", "gui-x": "790"})
    app.up()
    assert model.annotations("application-keystone")["application-keystone"]["owner"] == "ops"
    assert unchanged(app)
    assert app.up(annotations={"owner": "ops"}) == "update"
    assert "gui-x" not in model.annotations("application-keystone")["application-keystone"]
    assert unchanged(app)


def test_Application_ParallelDeploy(life: Any, model: juju.Model) -> None:
    names = ["keystone", "glance", "placement", "cinder", "heat", "neutron-api", "nova-cloud-controller", "barbican"]
    things = [life(Application, name=n, charm=n, channel="2024.1/stable", base=BASE) for n in names]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda t: t.up(), things))
    assert sorted(model.status().applications) == sorted(names)
    assert all(unchanged(t) for t in things)


def test_Application_an_interrupted_create_is_taken_up(life: Any, model: juju.Model) -> None:
    app = keystone(life, options={"debug": True})
    app.up()
    app.forget()
    assert app.up() == "create"
    assert app["adopted"] is False
    assert list(model.status().applications) == ["keystone"]


def test_Application_somebody_elses_is_adopted_and_left(life: Any, model: juju.Model) -> None:
    model.applications.deploy(juju.Deployment(name="keystone", charm="keystone", channel="2024.1/stable", base=BASE))
    app = keystone(life, options={"debug": True})
    app.up()
    assert app["adopted"] is True
    assert model.applications.get("keystone").options["debug"].value is True
    assert unchanged(app)
    app.destroy()
    assert "keystone" in model.status().applications


def test_Application_somebody_elses_is_put_back_as_it_was_found(life: Any, model: juju.Model) -> None:
    theirs = {"debug": True, "region": "RegionTwo"}
    model.applications.deploy(juju.Deployment(name="keystone", charm="keystone", channel="2023.2/stable", options=theirs))
    model.applications.expose("keystone", {"": {}})
    model.annotate("application-keystone", {"owner": "them"})
    before = model.applications.get("keystone"), model.status().applications["keystone"]
    ours = {"options": {"region": "RegionThree", "verbose": True}, "constraints": {"mem": 4096}, "annotations": {"owner": "us"}}
    app = life(Application, name="keystone", charm="keystone", trust=True, **ours)
    app.up()
    app.up(options={"region": "RegionFour"}, channel="2023.2/candidate")
    app.destroy()
    assert model.applications.get("keystone") == before[0]
    assert model.status().applications["keystone"].channel == before[1].channel
    assert model.annotations("application-keystone")["application-keystone"] == {"owner": "them"}


def test_Application_one_of_the_same_name_but_another_charm_is_refused(life: Any, model: juju.Model) -> None:
    model.applications.deploy(juju.Deployment(name="keystone", charm="placement", channel="2024.1/stable", base=BASE))
    with pytest.raises(ExpectedError, match="its charm is 'placement', not 'keystone'"):
        keystone(life).up()


def test_Application_drift_shows_field_by_field_and_is_mended(life: Any, model: juju.Model) -> None:
    app = keystone(life, options={"debug": True}, bindings={"": "management"})
    app.up()
    model.applications.set_options("keystone", {"debug": False, "region": "Elsewhere"})
    model.applications.set_trust("keystone", True)
    model.applications.expose("keystone", {})
    model.applications.set_constraints("keystone", {"mem": 1024})
    model.applications.refresh("keystone", channel="latest/stable", revision=None, resources={})
    drift = app.refresh()
    assert drift["options"] == {"debug": False, "region": "Elsewhere"}
    assert drift["trust"] is True
    assert drift["expose"] == {"": {"cidrs": [], "spaces": []}}
    assert drift["constraints"] == {"mem": 1024}
    assert drift["channel"] == "latest/stable"
    assert app.up() == "update"
    assert unchanged(app)
    settings = model.applications.get("keystone")
    assert (settings.trust, settings.channel) == (False, "2024.1/stable")
    assert not settings.options["region"].set_by_user


def test_Application_gone_is_gone(life: Any, model: juju.Model, until: Any) -> None:
    app = keystone(life)
    app.up()
    model.applications.destroy("keystone")
    until(lambda: "keystone" not in model.status().applications)
    app.refresh()
    assert app.id is None
    assert app.up() == "create"


def test_Application_an_unchanged_one_sends_nothing_that_changes(life: Any, requests: Requests) -> None:
    app = keystone(life, options={"debug": True}, bindings={"": "management"}, expose={"": {}})
    app.up()
    already = len(requests())
    assert app.preview() == "same"
    app.refresh()
    assert app.up() == "same"
    assert len(requests()) == already


def test_Application_MachinesWithSubordinates(life: Any, model: juju.Model) -> None:
    machines = [life(Machine, name=f"w{n}", base=BASE) for n in range(2)]
    for machine in machines:
        machine.up()
    nova = life(Application, name="nova-compute", charm="nova-compute", channel="2024.1/stable", base=BASE)
    ovn = life(Application, name="ovn-chassis", charm="ovn-chassis", channel="24.03/stable", base=BASE, subordinate=True)
    nova.up()
    ovn.up()
    first = life(Unit, application="nova-compute", machine=machines[0].id)
    first.up()
    joined = life(Integration, endpoints=["nova-compute:neutron-plugin", "ovn-chassis:nova-compute"])
    joined.up()
    second = life(Unit, application="nova-compute", machine=machines[1].id)
    second.up()
    model.wait(
        lambda s: len(s.units_of("ovn-chassis")) == 2, seconds=60, describe=lambda s: f"two subordinates: {s and list(s.units)}"
    )
    status = model.status()
    assert {u.principal for u in status.units_of("ovn-chassis")} == {"nova-compute/0", "nova-compute/1"}
    second.destroy()
    assert [u.name for u in model.status().units_of("nova-compute")] == ["nova-compute/0"]
    assert len(model.status().units_of("ovn-chassis")) == 1


def test_Application_ScaleUp(life: Any, model: juju.Model) -> None:
    """To two units, to one and to two again: the unit that is taken out goes and no other, and numbers aren't used twice."""

    def there() -> dict[str, str]:
        return {u.name: u.machine for u in model.status().units_of("keystone")}

    machine = life.made(Machine, name="w0", base=BASE)
    app = keystone(life, trust=True)
    app.up()
    containers = [life.made(Machine, name=f"c{n}", base=BASE, parent=machine.id, container_type="lxd") for n in range(2)]
    first, second = (life.made(Unit, application="keystone", machine=container.id) for container in containers)
    assert there() == {"keystone/0": "0/lxd/0", "keystone/1": "0/lxd/1"}
    second.destroy()
    assert there() == {"keystone/0": "0/lxd/0"}
    containers[1].refresh()  # Juju takes an empty container away with its last unit
    containers[1].up()
    assert second.up(machine=containers[1].id) == "create"
    assert there() == {"keystone/0": "0/lxd/0", "keystone/2": containers[1].id}
    assert all(unchanged(thing) for thing in (app, first, second))
    assert model.applications.get("keystone").trust


def test_Unit_moving_one_touches_no_other(life: Any, model: juju.Model) -> None:
    machines = [life(Machine, name=f"w{n}", base=BASE) for n in range(3)]
    for machine in machines:
        machine.up()
    app = keystone(life)
    app.up()
    units = [life(Unit, application="keystone", machine=m.id) for m in machines[:2]]
    for unit in units:
        unit.up()
    assert units[0].preview(machine=machines[2].id) == "replace"
    units[0].up(machine=machines[2].id)
    there = {u.name: u.machine for u in model.status().units_of("keystone")}
    assert there == {"keystone/1": machines[1].id, "keystone/2": machines[2].id}
    assert unchanged(units[1])


def test_Unit_gone_is_gone_and_comes_again(life: Any, model: juju.Model, until: Any) -> None:
    machine, app = life(Machine, name="w0", base=BASE), keystone(life)
    machine.up()
    app.up()
    container = life(Machine, name="c0", base=BASE, parent=machine.id, container_type="lxd")
    container.up()
    unit = life(Unit, application="keystone", machine=container.id)
    unit.up()
    settled = life(Settled, applications={"keystone": 1}, machines=2, timeout=0.2)
    model.units.destroy("keystone/0")
    until(lambda: "keystone/0" not in model.status().units)
    unit.refresh()
    assert unit.id is None
    container.refresh()
    if container.id is None:  # Juju takes an empty machine away with its last unit
        container.up()
    assert unit.up(machine=container.id) == "create"
    assert unit.id == "keystone/1"
    with pytest.raises(ExpectedError, match="keystone/1"):
        settled.up()
