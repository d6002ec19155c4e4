"""Charms from this machine: deployed, changed in place when their content changes, refused when they are none."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest

from clients import juju
from clients.errors import ClientError
from providers.juju import Application, Machine, Settled, Unit

BASE = "ubuntu@24.04"


@pytest.fixture
def charm(tmp_path: pathlib.Path) -> pathlib.Path:
    """A charm in a folder."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / "metadata.yaml").write_text("name: tiny\nsummary: t\ndescription: t\nprovides: {db: {interface: mysql-shared}}\n")
    (folder / "config.yaml").write_text("options: {size: {type: int, default: 3, description: d}}\n")
    (folder / "hook.sh").write_text("true\n")
    return folder


def test_a_local_charm_is_deployed_settles_and_goes(life: Any, model: juju.Model, charm: pathlib.Path) -> None:
    app = life(Application, name="tiny", charm=str(charm), base=BASE, options={"size": 5}, trust=True)
    app.up()
    there = model.applications.get("tiny")
    assert (there.options["size"].value, there.trust) == (5, True)
    machine = life(Machine, name="machine", base=BASE)
    machine.up()
    life(Unit, application="tiny", machine=machine.id).up()
    life(Settled, applications={"tiny": 1}, machines=1).up()
    assert app.preview() == "same"
    assert app.refresh() == {}
    assert app.preview() == "same"
    life.destroy()
    assert "tiny" not in model.status().applications


def test_new_content_moves_the_application_to_it(life: Any, model: juju.Model, charm: pathlib.Path) -> None:
    app = life(Application, name="tiny", charm=str(charm), base=BASE)
    app.up()
    assert app["charm_revision"] == 0
    (charm / "hook.sh").write_text("false\n")
    assert app.up() == "update"
    assert app["charm_revision"] == 1
    assert app.preview() == "same"
    assert model.status().applications["tiny"].charm == "tiny"


def test_an_interrupted_deploy_is_taken_up(life: Any, model: juju.Model, charm: pathlib.Path) -> None:
    app = life(Application, name="tiny", charm=str(charm), base=BASE)
    app.up()
    app.forget()
    app.up()
    assert app["adopted"] is False
    assert list(model.status().applications) == ["tiny"]


def test_what_is_no_charm_is_refused(life: Any, tmp_path: pathlib.Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ClientError, match=r"empty is no charm: it has no metadata\.yaml"):
        life(Application, name="empty", charm=str(tmp_path / "empty"), base=BASE).up()
    with pytest.raises(AssertionError, match="is a path, so that there is no channel or revision to choose"):
        life(Application, name="tiny", charm="./tiny", channel="latest/stable").up()
