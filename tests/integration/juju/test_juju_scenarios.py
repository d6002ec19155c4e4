"""Charms, revisions, resources and units in motion; the names are those under which other tools test the same."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest
from pulumi.runtime import rpc

from clients import juju
from clients.errors import ClientError
from providers.juju import Application, Machine, Settled, Unit

JAMMY, NOBLE = "ubuntu@22.04", "ubuntu@24.04"


def unchanged(thing: Any) -> bool:
    """Neither a preview nor a refresh finds anything to do."""
    before = thing.preview()
    thing.refresh()
    return before == "same" and thing.preview() == "same"


def qa_test(life: Any, **props: Any) -> Any:
    """Juju's own test charm: revisions 19 to 27, and a resource with four revisions."""
    return life(Application, **{"name": "juju-qa-test", "charm": "juju-qa-test", "base": JAMMY, **props})


def runner(life: Any, revision: int, **options: Any) -> Any:
    """A charm whose option runner-storage came with revision 96."""
    fields = {"name": "runner", "charm": "github-runner", "channel": "latest/edge", "base": JAMMY}
    return life(Application, **fields, revision=revision, options=options)


def options_of(model: juju.Model, name: str) -> dict[str, Any]:
    """What is set on an application."""
    return {key: option.value for key, option in model.applications.get(name).options.items() if option.set_by_user}


def resource_of(model: juju.Model) -> int:
    return model.resources.of("juju-qa-test")["foo-file"].revision


def hosts(life: Any, count: int, base: str = JAMMY) -> list[Any]:
    """So many machines."""
    return [life.made(Machine, name=f"w{number}", base=base) for number in range(count)]


# Charm, revision and options


def test_Application_Updates(life: Any, model: juju.Model) -> None:
    machines = hosts(life, 2)
    app = qa_test(life, channel="latest/stable", revision=19, expose={"": {}}, options={"thing": "hammer"})
    app.up()
    first = life.made(Unit, application="juju-qa-test", machine=machines[0].id)
    assert model.status().applications["juju-qa-test"].exposed
    second = life.made(Unit, application="juju-qa-test", machine=machines[1].id)
    assert app.up(revision=26) == "update"
    assert app["charm_revision"] == 26
    assert app.up(expose={}) == "update"
    assert not model.status().applications["juju-qa-test"].exposed
    assert app.up(expose={"": {}}) == "update"
    assert model.status().applications["juju-qa-test"].exposed
    assert [u.name for u in model.status().units_of("juju-qa-test")] == [first.id, second.id]
    assert options_of(model, "juju-qa-test") == {"thing": "hammer"}
    assert all(unchanged(thing) for thing in (app, first, second))


def test_Application_UpdatesRevisionConfig(life: Any, model: juju.Model) -> None:
    """An option that only the new revision has is set in the same step."""
    app = runner(life, 88)
    app.up()
    assert "runner-storage" not in model.applications.get("runner").options
    assert app.up(revision=96, options={"runner-storage": "memory"}) == "update"
    assert app["charm_revision"] == 96
    assert options_of(model, "runner") == {"runner-storage": "memory"}
    assert unchanged(app)


def test_Application_CharmUpdatesNoRevision(life: Any, model: juju.Model) -> None:
    app = qa_test(life, channel="latest/stable")
    app.up()
    assert app["charm_revision"] == 26
    assert app.up(channel="2.0/stable") == "update"
    assert app["charm_revision"] == 22
    assert model.status().applications["juju-qa-test"].channel == "2.0/stable"
    assert unchanged(app)


def test_Application_CharmUpdatesWithRevision(life: Any, model: juju.Model) -> None:
    app = qa_test(life, channel="2.0/stable")
    app.up()
    for channel, revision in (("2.0/edge", 23), ("2.0/stable", 22)):
        assert app.up(channel=channel, revision=revision) == "update"
        there = model.status().applications["juju-qa-test"]
        assert (there.channel, there.revision, app["charm_revision"]) == (channel, revision, revision)
        assert unchanged(app)


def test_Application_ConfigChangeKeepsCharm_when_the_pin_is_taken_out(life: Any, model: juju.Model) -> None:
    app = qa_test(life, channel="latest/stable", revision=19)
    app.up()
    app.up(revision=None)
    assert app.up(options={"thing": "foo"}) == "update"
    assert (app["charm_revision"], options_of(model, "juju-qa-test")) == (19, {"thing": "foo"})


def test_Application_RemoveConfigNotExistingAnymore(life: Any, model: juju.Model) -> None:
    """Juju drops the option with the charm that knew it, and refuses to have it reset."""
    app = runner(life, 96, **{"runner-storage": "memory"})
    app.up()
    assert app.up(revision=88, options={"path": "organisation"}) == "update"
    assert options_of(model, "runner") == {"path": "organisation"}
    assert unchanged(app)


def test_Application_an_option_that_the_new_revision_has_not_is_named(life: Any) -> None:
    app = runner(life, 96, **{"runner-storage": "memory"})
    app.up()
    with pytest.raises(juju.JujuError, match='unknown option "runner-storage"'):
        app.up(revision=88)


def test_Application_UnsetConfigUsingNull(life: Any, model: juju.Model) -> None:
    app = runner(life, 96, token="xxx")
    app.up()
    assert options_of(model, "runner") == {"token": "xxx"}
    nothing = {"token": None}
    assert app.provider.check({}, {**app.props, "options": nothing}).inputs["options"] == {}
    assert app.up(options=nothing) == "update"
    assert options_of(model, "runner") == {}
    assert app.up(options={}) == "same"
    assert app.up(options={"token": "ABC"}) == "update"
    assert options_of(model, "runner") == {"token": "ABC"}
    assert app.up(options={"token": ""}) == "update"
    assert options_of(model, "runner") == {"token": ""}
    assert unchanged(app)


# Resources


def test_Application_RefreshCharmUpdatesResources(life: Any, model: juju.Model) -> None:
    """What the program doesn't pin comes with the charm, whatever somebody has set before."""
    app = qa_test(life, channel="2.0/stable", revision=22)
    app.up()
    assert resource_of(model) == 1
    model.applications.set_resources("juju-qa-test", {"foo-file": 2})
    assert (resource_of(model), model.status().applications["juju-qa-test"].revision) == (2, 22)
    assert unchanged(app)
    app.up(channel="2.0/edge", revision=23)
    assert (resource_of(model), app["charm_revision"]) == (3, 23)


def test_Application_ResourceRevisionUpdates(life: Any, model: juju.Model) -> None:
    app = qa_test(life, channel="latest/edge", revision=20, resources={"foo-file": 4})
    app.up()
    for revision in (3, 4):
        assert app.up(resources={"foo-file": revision}) == "update"
        assert (resource_of(model), app["charm_revision"]) == (revision, 20)  # the channel has 21 already
        assert unchanged(app)
    assert app.preview(resources={"foo-file": "4"}) == "same"
    with pytest.raises(juju.NotFound, match='charm resource "foo-file" at revision 9 not found'):
        app.up(resources={"foo-file": 9})
    assert (resource_of(model), model.status().applications["juju-qa-test"].revision) == (4, 20)


def test_Application_ResourceRevisionAdded(life: Any, model: juju.Model) -> None:
    app = qa_test(life, channel="latest/edge", revision=20)
    app.up()
    assert app.up(revision=21, resources={"foo-file": 2}) == "update"
    assert (resource_of(model), app["charm_revision"]) == (2, 21)
    assert unchanged(app)


def test_Application_ResourceRevisionRemoved(life: Any, model: juju.Model) -> None:
    app = qa_test(life, channel="2.0/stable", resources={"foo-file": 4})
    app.up()
    assert app.up(channel="2.0/edge", resources={}) == "update"
    assert (resource_of(model), app["charm_revision"]) == (3, 23)
    app.up(resources={"foo-file": 4})
    assert app.up(resources={}) == "update"
    assert (resource_of(model), app["charm_revision"]) == (3, 23)  # what was released with this charm
    assert unchanged(app)


def test_Application_resources_that_are_files_follow_their_content(life: Any, model: juju.Model, home: pathlib.Path) -> None:
    file = home / "foo.txt"
    file.write_text("one")
    app = qa_test(life, channel="2.0/stable", resources={"foo-file": "./foo.txt"})
    app.up()
    assert model.resources.of("juju-qa-test")["foo-file"].digest == juju.ResourceFile(str(file)).digest
    assert unchanged(app)
    file.write_text("two")
    assert app.up() == "update"
    assert model.resources.of("juju-qa-test")["foo-file"].digest == juju.ResourceFile(str(file)).digest
    assert unchanged(app)
    (home / "theirs.txt").write_text("three")
    model.uploads.resource("juju-qa-test", "foo-file", juju.ResourceFile(str(home / "theirs.txt")))
    assert set(app.refresh()) == {"resource_digests"}
    assert app.up() == "update"
    assert unchanged(app)
    app.up(channel="2.0/edge")  # another charm leaves an uploaded file where it is
    assert model.resources.of("juju-qa-test")["foo-file"].uploaded
    assert app.up(resources={"foo-file": 4}) == "update"
    assert (model.resources.of("juju-qa-test")["foo-file"].uploaded, resource_of(model)) == (False, 4)
    assert unchanged(app)
    with pytest.raises(ClientError, match=r"\./none\.txt can't be given to a charm: No such file"):
        app.preview(resources={"foo-file": "./none.txt"})


def test_Application_another_resource_is_over_when_the_units_have_it(life: Any, model: juju.Model) -> None:
    app = qa_test(life, channel="2.0/stable", wait_idle=True)
    app.up()
    machine = life.made(Machine, name="w0", base=JAMMY)
    life.made(Unit, application="juju-qa-test", machine=machine.id)
    life.made(Settled, applications={"juju-qa-test": 1}, machines=1)
    before = model.status().units["juju-qa-test/0"].agent.since
    app.up(resources={"foo-file": 4})
    unit = model.status().units["juju-qa-test/0"]
    assert unit.agent.since > before
    assert (unit.agent.current, unit.workload.current) == ("idle", "active")


# Units and machines


def test_Application_Machines(life: Any, model: juju.Model) -> None:
    machines = hosts(life, 2)
    app = qa_test(life)
    app.up()
    units = [life.made(Unit, application="juju-qa-test", machine=machine.id) for machine in machines]
    assert {u.name: u.machine for u in model.status().units_of("juju-qa-test")} == {units[0].id: "0", units[1].id: "1"}
    units[1].destroy()
    machines[1].destroy()
    assert {u.name: u.machine for u in model.status().units_of("juju-qa-test")} == {units[0].id: "0"}
    assert list(model.status().machines) == ["0"]
    assert all(unchanged(thing) for thing in (app, machines[0], units[0]))


def test_Application_SwitchMachinestoUnits(life: Any, model: juju.Model) -> None:
    """Units that were put on machines stay there once it is Juju's to say where they go; more of them get new machines."""
    machines = hosts(life, 2)
    app = qa_test(life)
    app.up()
    units = [life.made(Unit, application="juju-qa-test", machine=machine.id) for machine in machines]
    before = {u.name: u.machine for u in model.status().units_of("juju-qa-test")}
    for number, unit in enumerate(units):
        assert unit.up(machine=None, label=f"unit-{number}") == "update"
    assert {u.name: u.machine for u in model.status().units_of("juju-qa-test")} == before
    assert all(unchanged(unit) for unit in units)
    more = life.made(Unit, application="juju-qa-test", label="unit-2")
    assert (more.id, more["machine_id"]) == ("juju-qa-test/2", "2")
    assert unchanged(more)
    more.destroy()
    assert sorted(model.status().units) == sorted(before)
    model.wait(lambda s: "2" not in s.machines, seconds=60, describe=lambda s: "machine 2 to go with its last unit")


def test_Unit_without_a_machine_that_a_killed_run_left_is_taken_up(
    life: Any, model: juju.Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    qa_test(life).up()
    unit = life.made(Unit, application="juju-qa-test", label="a")
    for label in ("a", ""):  # killed after it was labelled, and before
        model.annotate("unit-juju-qa-test-0", {"pulumi-name": label})
        unit.forget()
        monkeypatch.setattr("providers.juju.unit._taken", set())
        assert unit.up() == "create"
        assert (unit.id, unit["adopted"]) == ("juju-qa-test/0", False)
        assert list(model.status().units) == ["juju-qa-test/0"]


def test_Unit_needs_a_machine_or_a_label(life: Any) -> None:
    refused = life(Unit, application="juju-qa-test").refusals()
    assert "leave that to Juju with a label" in refused["machine"]


def test_Application_UnknownMachinesUnitsDeferred(life: Any, model: juju.Model) -> None:
    """A preview that doesn't know a machine's id yet says so, and nothing else in its place."""
    qa_test(life).up()
    machines = [life(Machine, name=f"w{number}", base=JAMMY) for number in range(2)]
    units = [life(Unit, application="juju-qa-test", machine=rpc.UNKNOWN) for _ in machines]
    settled = life(Settled, applications={"juju-qa-test": 2}, machines=rpc.UNKNOWN)
    for unit in units:
        assert unit.preview() == "create"
        planned = unit.provider.check({}, unit.props)
        assert (planned.failures, planned.inputs["machine"]) == ([], rpc.UNKNOWN)
    assert settled.provider.check({}, settled.props).inputs["machines"] == rpc.UNKNOWN
    for unit, machine in zip(units, machines, strict=True):
        machine.up()
        unit.up(machine=machine.id)
    settled.up(machines=2)
    assert settled["units"]["juju-qa-test"].keys() == {"juju-qa-test/0", "juju-qa-test/1"}
    assert all(unchanged(thing) for thing in (*machines, *units, settled))
    assert units[0].preview(machine=rpc.UNKNOWN) == "replace"


# Subordinates, storage, models


def test_Application_Subordinate(life: Any, model: juju.Model) -> None:
    ntp = life(Application, name="ntp", charm="ntp", base=JAMMY)
    assert ntp.up() == "create"
    assert model.status().units == {}
    assert unchanged(ntp)
    assert "constraints" in life(Application, name="x", charm="ntp", subordinate=True, constraints={"mem": "1G"}).refusals()


def test_Application_UpdateImportedSubordinate(life: Any, model: juju.Model) -> None:
    """One that somebody else deployed is taken over as it is, and moves on from there."""
    model.applications.deploy(juju.Deployment(name="telegraf", charm="telegraf", channel="latest/stable", base=JAMMY))
    newest = model.status().applications["telegraf"].revision
    model.applications.refresh("telegraf", channel="latest/stable", revision=newest - 2, resources={})
    telegraf = life(Application, name="telegraf", charm="telegraf", channel="latest/stable", revision=newest - 2, base=JAMMY)
    telegraf.up()
    assert (telegraf["adopted"], telegraf["charm_revision"]) == (True, newest - 2)
    assert unchanged(telegraf)
    assert telegraf.up(revision=newest) == "update"
    assert (telegraf["charm_revision"], model.status().applications["telegraf"].revision) == (newest, newest)
    assert unchanged(telegraf)


def test_Application_StorageLXD(life: Any, model: juju.Model) -> None:
    """A directive is given to each unit, in whatever way its size is written; another directive is another application."""
    osd = life(
        Application,
        name="ceph-osd",
        charm="ceph-osd",
        channel="squid/stable",
        base=NOBLE,
        storage={"osd-devices": {"pool": "loop", "size": "1G", "count": 2}},
    )
    osd.up()
    machine = life.made(Machine, name="w0", base=NOBLE)
    life.made(Unit, application="ceph-osd", machine=machine.id)
    assert set(osd.refresh()) == {"attached_storage"}
    one = {"unit": "ceph-osd/0", "pool": "loop", "size": 1024}
    assert osd["attached_storage"] == {"osd-devices/0": one, "osd-devices/1": one}
    assert unchanged(osd)
    assert osd.preview(storage={"osd-devices": {"pool": "loop", "size": 1024, "count": 2}}) == "same"
    assert osd.preview(storage={"osd-devices": {"pool": "loop", "size": "2G", "count": 2}}) == "replace"
    assert osd.preview(storage={}) == "replace"


def test_Application_StorageLXD_of_a_new_kind_comes_with_another_charm(life: Any, model: juju.Model) -> None:
    devices = {"osd-devices": {"pool": "loop", "size": "1G"}}
    both = {**devices, "bluestore-db": {"pool": "loop", "size": "2G"}}
    osd = life(Application, name="ceph-osd", charm="ceph-osd", channel="reef/stable", base=JAMMY, storage=devices)
    osd.up()
    assert osd.preview(storage=both) == "replace"  # Juju wouldn't take it without another revision
    assert osd.preview(channel="squid/stable", storage={"bluestore-db": both["bluestore-db"]}) == "replace"
    assert osd.up(channel="squid/stable", storage=both) == "update"
    machine = life.made(Machine, name="w0", base=JAMMY)
    life.made(Unit, application="ceph-osd", machine=machine.id)
    osd.refresh()
    assert {id_.partition("/")[0]: found["size"] for id_, found in osd["attached_storage"].items()} == {
        "osd-devices": 1024,
        "bluestore-db": 2048,
    }
    assert unchanged(osd)


def test_Application_InvalidModelUUID(life: Any) -> None:
    app = qa_test(life, model="invalid-uuid")
    with pytest.raises(ClientError, match="invalid-uuid"):
        app.up()
    assert app.id is None


def test_Application_UpgradeProvider(life: Any, model: juju.Model) -> None:
    """The state of the first version of these resources is read as it stands, and there is nothing to do."""
    machine = life.made(Machine, name="w0", base=JAMMY)
    app = qa_test(life, channel="2.0/stable", trust=True, expose={"": {}}, options={"skill": 3}, resources={"foo-file": "2"})
    app.up()
    unit = life.made(Unit, application="juju-qa-test", machine=machine.id)
    added_since = {
        app: {"wait_idle", "before", "charm_digest", "charm_name", "resource_digests", "attached_storage"},
        unit: {"label", "machine_id"},
        machine: {"wait"},
    }
    for thing, later in added_since.items():
        thing.outs = {key: value for key, value in thing.outs.items() if key not in later}
    app.outs["resources"] = {"foo-file": "2"}
    assert [thing.preview() for thing in added_since] == ["same", "same", "same"]
    assert all(unchanged(thing) for thing in added_since)
    assert app.up(options={"skill": 4}) == "update"
    assert (options_of(model, "juju-qa-test"), resource_of(model)) == ({"skill": 4}, 2)
    life.destroy()
    assert model.status().applications == {}
