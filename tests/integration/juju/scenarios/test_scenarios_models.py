"""Models through their lives."""

from __future__ import annotations

from typing import Any

import pytest

from clients import juju
from providers._base import ExpectedError
from providers.juju import Application, Machine, Settled, Unit
from tests.integration.juju.scenarios.steps import BASE, deployed, model_in, unchanged

pytestmark = pytest.mark.xdist_group("juju-scenarios")


def test_Model_Minimal(outer: Any, controller: juju.Controller) -> None:
    model = model_in(outer, "minimal")
    model.up()
    assert model["uuid"] in {m.uuid for m in controller.models()}
    assert unchanged(model)
    model.destroy()
    assert "minimal" not in {m.name for m in controller.models()}
    model.destroy()


def test_Model_UnsetConfig(outer: Any, controller: juju.Controller) -> None:
    model = model_in(outer, "configured", config={"default-space": "management", "automatically-retry-hooks": False})
    model.up()
    assert unchanged(model)
    assert model.up(config={"automatically-retry-hooks": True}) == "update"
    there = controller.model(model.id).config()
    assert there["automatically-retry-hooks"]["value"] is True
    assert there["default-space"]["source"] == "default"
    assert unchanged(model)


def test_Model_constraints_and_annotations_go_together(outer: Any, controller: juju.Controller) -> None:
    model = model_in(outer, "constrained", constraints={"mem": "4G"}, annotations={"a": "1", "b": "2"})
    model.up()
    assert controller.model(model.id).constraints()["mem"] == 4096
    assert unchanged(model)
    assert model.up(constraints={}, annotations={"a": "3"}) == "update"
    assert "mem" not in controller.model(model.id).constraints()
    assert unchanged(model)


def test_Model_UnsetConfigUsingNull(outer: Any, controller: juju.Controller) -> None:
    model = model_in(outer, "nulled", config={"development": True, "logging-config": "<root>=INFO"})
    model.up()
    there = controller.model(model.id)

    def set_here() -> dict[str, Any]:
        return {k: v["value"] for k, v in there.config().items() if v["source"] == "model" and k in model_settings}

    model_settings = {"development", "logging-config"}
    assert set_here() == {"development": True, "logging-config": "<root>=INFO"}
    assert model.up(config={"development": None, "logging-config": "<root>=WARNING"}) == "update"
    assert set_here() == {"logging-config": "<root>=WARNING"}
    assert there.config()["development"] == {"value": False, "source": "default"}
    assert "development" not in model["config"]
    assert unchanged(model)
    assert model.preview(config={"logging-config": "<root>=WARNING"}) == "same"
    assert model.up(config={}) == "update"
    assert set_here() == {}
    assert unchanged(model)


def test_Model_Annotations_Basic_and_DisjointedSet(outer: Any, controller: juju.Controller) -> None:
    def notes() -> dict[str, str]:
        there = controller.model(model.id)
        return {k: v for k, v in there.annotations(there.tag)[there.tag].items() if k.startswith("test")}

    model = model_in(outer, "annotated", annotations={"test": "test"})
    model.up()
    assert notes() == {"test": "test"}
    assert model.up(annotations={"test": "test-update"}) == "update"
    assert notes() == {"test": "test-update"}
    assert unchanged(model)
    assert model.up(annotations={"test-another": "test-another"}) == "update"
    assert notes() == {"test-another": "test-another"}
    assert unchanged(model)
    assert model.up(annotations={}) == "update"
    assert notes() == {}


def test_Model_UpgradeAgentVersion(outer: Any, controller: juju.Controller) -> None:
    """A model that somebody made with older agents is taken up, and upgraded in place; it doesn't go back."""
    theirs = controller.create_model("older", cloud="maas-site", credential="maas-site", config={"agent-version": "3.6.14"})
    model = model_in(outer, "older")
    model.up()
    assert (model.id, controller.model(model.id).config()["agent-version"]["value"]) == (theirs, "3.6.14")
    assert model.up(agent_version="3.6.20") == "update"
    assert model["agent_version"] == "3.6.20"
    assert {m.uuid: m.version for m in controller.models()}[theirs] == "3.6.20"
    assert unchanged(model)
    controller.upgrade_model(theirs, controller.version())
    assert model.refresh() == {"agent_version": controller.version()}
    with pytest.raises(ExpectedError, match=r"'older' runs Juju 3\.6\.\d+, which doesn't go back to 3\.6\.20"):
        model.up()
    with pytest.raises(juju.Refused, match=r'cannot upgrade to a version "3\.7\.0" greater than that of the controller'):
        model.up(agent_version="3.7.0")
    assert model.up(agent_version=controller.version()) == "same"
    assert "agent_version" in model.refusals(agent_version="3.6")
    model.destroy()
    controller.destroy_model(theirs, destroy_storage=False)


def test_Model_AgentVersion_of_a_new_one(outer: Any, controller: juju.Controller) -> None:
    model = model_in(outer, "held-back", agent_version="3.6.14")
    model.up()
    assert controller.model(model.id).config()["agent-version"]["value"] == "3.6.14"
    assert unchanged(model)
    with pytest.raises(juju.JujuError, match=r"agent-version \(3\.9\.0\) cannot be greater than the controller"):
        model_in(outer, "ahead", agent_version="3.9.0").up()


def test_Model_TargetController(outer: Any, controller: juju.Controller, second: str) -> None:
    """Which controller has the model is its input `controller`; on another one it is another model."""
    model = model_in(outer, "placed", controller=second)
    model.up()
    assert "placed" not in {m.name for m in controller.models()}
    other = juju.connect(juju.Access(controller=second, folder=controller.access.folder, poll=0.05))
    assert model.id in {m.uuid for m in other.models()}
    assert unchanged(model)
    assert model.preview(controller="site") == "replace"
    with pytest.raises(juju.NoController, match="has no controller 'some-controller'"):
        model_in(outer, "lost", controller="some-controller").up()


def test_Model_drift_shows(outer: Any, controller: juju.Controller) -> None:
    model = model_in(outer, "drifting", config={"default-space": "management"}, constraints={"mem": 4096})
    model.up()
    controller.model(model.id).unset_config(["default-space"])
    controller.model(model.id).set_constraints({"mem": 1024})
    drift = model.refresh()
    assert drift["constraints"] == {"mem": 1024}
    assert drift["config"] != {"default-space": "management"}
    assert model.up() == "update"
    assert unchanged(model)


def test_Model_WaitForDelete_with_everything_in_it(outer: Any, controller: juju.Controller, life: Any) -> None:
    model = model_in(outer, "full")
    model.up()
    inner = type(life)(outer.config, model=model.id)
    inner(Machine, name="any", base=BASE).up()
    deployed(inner, "keystone")
    inner(Unit, application="keystone", machine="0").up()
    inner(Settled, applications={"keystone": 1}, machines=1, expected_blocked={"keystone": "Missing relations"}).up()
    model.destroy()
    assert model.id is None
    assert "full" not in {m.name for m in controller.models()}


def test_Model_gone_takes_what_was_in_it(outer: Any, controller: juju.Controller, life: Any, until: Any) -> None:
    model = model_in(outer, "leaving")
    model.up()
    inner = type(life)(outer.config, model=model.id)
    app = inner(Application, name="keystone", charm="keystone", base=BASE)
    app.up()
    controller.destroy_model(model.id, destroy_storage=False)
    until(lambda: "leaving" not in {m.name for m in controller.models()})
    app.refresh()
    assert app.id is None
    app.id, app.outs = "keystone", {"model": model.id, "name": "keystone", "charm": "keystone"}
    app.destroy()
    model.refresh()
    assert model.id is None


def test_Model_an_interrupted_create_is_taken_up_and_somebody_elses_adopted(outer: Any, controller: juju.Controller) -> None:
    ours = model_in(outer, "ours")
    ours.up()
    uuid = ours.id
    ours.forget()
    ours.up()
    assert (ours.id, ours["adopted"]) == (uuid, False)
    theirs_uuid = controller.create_model("theirs", cloud="maas-site", credential="maas-site")
    model = controller.model(theirs_uuid)
    model.set_config({"update-status-hook-interval": "10m"})
    before = model.config(), model.constraints()
    config = {"update-status-hook-interval": "1m", "logging-config": "<root>=DEBUG"}
    theirs = model_in(outer, "theirs", constraints={"mem": 1024}, config=config, annotations={"owner": "us"})
    theirs.up()
    assert (theirs.id, theirs["adopted"]) == (theirs_uuid, True)
    theirs.destroy()
    assert "theirs" in {m.name for m in controller.models()}
    assert (model.config(), model.constraints()) == before
    assert not model.annotations(model.tag)[model.tag]
    controller.destroy_model(theirs_uuid, destroy_storage=False)
