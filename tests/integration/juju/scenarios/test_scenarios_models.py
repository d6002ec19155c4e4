"""Models through their lives."""

from __future__ import annotations

from typing import Any

import pytest

from clients import juju
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


def test_Model_constraints_and_Annotations(outer: Any, controller: juju.Controller) -> None:
    model = model_in(outer, "constrained", constraints={"mem": "4G"}, annotations={"a": "1", "b": "2"})
    model.up()
    assert controller.model(model.id).constraints()["mem"] == 4096
    assert unchanged(model)
    assert model.up(constraints={}, annotations={"a": "3"}) == "update"
    assert "mem" not in controller.model(model.id).constraints()
    assert unchanged(model)


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
