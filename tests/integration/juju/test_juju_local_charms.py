"""Charms from this machine: deployed, changed in place when their content changes, refused when they are none."""

from __future__ import annotations

import pathlib
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from clients import juju
from clients.errors import ClientError
from providers._base import ExpectedError
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


@pytest.fixture
def packed(tmp_path: pathlib.Path) -> Callable[..., str]:
    """Packs a charm as `charmcraft pack` does; returns the path of the archive."""

    def packed(folder: str, content: str, name: str = "tiny", bases: tuple[str, ...] = ("22.04", "24.04")) -> str:
        path = tmp_path / folder / f"{name}.charm"
        path.parent.mkdir(exist_ok=True)
        manifest = {"bases": [{"name": "ubuntu", "channel": f"{base}/stable", "architectures": ["amd64"]} for base in bases]}
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("metadata.yaml", f"name: {name}\nsummary: s\ndescription: d\n")
            archive.writestr("manifest.yaml", yaml.safe_dump(manifest))
            archive.writestr("config.yaml", "options: {size: {type: int, default: 3, description: d}}\n")
            archive.writestr("src/charm.py", content)
        return str(path)

    return packed


def unchanged(thing: Any) -> bool:
    """Neither a preview nor a refresh finds anything to do."""
    before = thing.preview()
    thing.refresh()
    return before == "same" and thing.preview() == "same"


def test_Application_LocalCharm_Deploy(life: Any, model: juju.Model, packed: Callable[..., str]) -> None:
    first, second = packed("v1", "one"), packed("v2", "two")
    app = life(Application, name="local-test", charm=first, base="ubuntu@22.04")
    app.up()
    digest = app["charm_digest"]
    assert (len(digest), app["charm_name"], app["charm_revision"]) == (64, "tiny", 0)
    assert model.status().applications["local-test"].local
    assert unchanged(app)
    assert app.up(charm=second) == "update"  # another path, the same charm
    assert (app["charm_digest"] != digest, app["charm_revision"]) == (True, 1)
    assert model.status().applications["local-test"].base == "ubuntu@22.04/stable"
    pathlib.Path(first).unlink()
    assert unchanged(app)
    assert app.preview(charm=str(pathlib.Path(second).rename(pathlib.Path(second).with_name("moved.charm")))) == "same"


def test_Application_LocalCharm_RelativePath(life: Any, packed: Callable[..., str], home: pathlib.Path) -> None:
    path = pathlib.Path(packed("v1", "one")).relative_to(home)
    app = life(Application, name="local-test", charm=f"./{path}", base=BASE)
    app.up()
    assert len(app["charm_digest"]) == 64
    assert unchanged(app)


def test_Application_LocalCharm_BaseSelection(life: Any, packed: Callable[..., str]) -> None:
    """Without a base it is the newest LTS where the charm may run on that, or else the charm's first."""
    cases = {"noble": (("22.04", "24.04"), "24.04"), "jammy": (("22.04", "20.04"), "22.04")}
    for name, (bases, base) in cases.items():
        app = life(Application, name=name, charm=packed(name, "one", bases=bases))
        app.up()
        assert app.provider.old_model(app.outs).status().applications[name].base == f"ubuntu@{base}/stable"
        assert unchanged(app)


def test_Application_LocalCharm_Drift(life: Any, model: juju.Model, packed: Callable[..., str]) -> None:
    app = life(Application, name="local-drift", charm=packed("v1", "one"), base=BASE, options={"size": 5})
    app.up()
    theirs = model.uploads.charm(juju.LocalCharm(packed("v2", "two")), BASE)
    model.applications.refresh_local("local-drift", theirs, BASE)
    assert app.refresh() == {"charm_revision": 1, "charm_digest": ""}
    assert app.up() == "update"
    assert app["charm_revision"] == 2
    assert app["charm_digest"] == juju.LocalCharm(app.props["charm"]).digest
    assert model.applications.get("local-drift").options["size"].value == 5
    assert unchanged(app)


def test_Application_LocalCharm_BaseMismatch(life: Any, model: juju.Model, packed: Callable[..., str]) -> None:
    path = packed("v1", "one", bases=("22.04",))
    app = life(Application, name="local-base", charm=path, base="ubuntu@24.04")
    assert app.refusals() == {
        "base": f"the charm {path} does not run on ubuntu@24.04/stable; its manifest names ubuntu@22.04/stable"
    }
    app.up(base="ubuntu@22.04")
    noble = packed("v2", "two", bases=("24.04",))  # a later one that left the application's base behind
    assert "base" in app.refusals(charm=noble)
    theirs = model.uploads.charm(juju.LocalCharm(noble), None)
    with pytest.raises(
        juju.JujuError, match=r'base "ubuntu@22\.04" not supported by charm, the charm supported bases are: ubuntu@24'
    ):
        model.applications.refresh_local("local-base", theirs, "ubuntu@22.04")


def test_Application_LocalCharm_NameMismatch(life: Any, model: juju.Model, packed: Callable[..., str]) -> None:
    app = life(Application, name="local-name", charm=packed("v1", "one"), base=BASE)
    app.up()
    other = packed("v2", "one", name="other")
    assert app.preview(charm=other) == "replace"
    pathlib.Path(app.props["charm"]).write_bytes(pathlib.Path(other).read_bytes())
    assert app.preview() == "replace"  # the path stayed, the charm in it didn't
    with pytest.raises(ExpectedError, match="its charm is 'tiny', not 'other'"):
        life(Application, name="local-name", charm=other, base=BASE).up()
    del app.outs["charm_name"]  # the state of an earlier version has none
    with pytest.raises(ExpectedError, match=r"runs the charm 'tiny', and .*/tiny\.charm is 'other'"):
        app.up()


def test_Application_CharmhubToLocal(life: Any, model: juju.Model, packed: Callable[..., str]) -> None:
    app = life(Application, name="app", charm="juju-qa-test", channel="latest/stable", base="ubuntu@22.04")
    app.up()
    ours = {"charm": packed("v1", "one", name="juju-qa-test"), "channel": None}
    assert app.preview(**ours) == "replace"
    assert app.up(**ours) == "replace"
    assert model.status().applications["app"].local
    assert unchanged(app)


def test_Application_LocalToCharmhub(life: Any, model: juju.Model, packed: Callable[..., str]) -> None:
    app = life(Application, name="app", charm=packed("v1", "one", name="juju-qa-test"), base="ubuntu@22.04")
    app.up()
    theirs = {"charm": "juju-qa-test", "channel": "latest/stable"}
    assert app.preview(**theirs) == "replace"
    assert app.up(**theirs) == "replace"
    assert (model.status().applications["app"].local, app["charm_revision"]) == (False, 26)
    assert unchanged(app)


def test_a_charm_of_the_store_that_somebody_replaced_comes_back_in_place(
    life: Any, model: juju.Model, packed: Callable[..., str]
) -> None:
    app = life(Application, name="app", charm="juju-qa-test", channel="2.0/stable", base="ubuntu@22.04")
    app.up()
    theirs = model.uploads.charm(juju.LocalCharm(packed("v1", "one", name="juju-qa-test")), "ubuntu@22.04")
    model.applications.refresh_local("app", theirs, "ubuntu@22.04")
    assert app.refresh()["charm"] == "local:juju-qa-test"
    assert app.up() == "update"
    there = model.status().applications["app"]
    assert (there.local, there.channel, there.revision) == (False, "2.0/stable", 22)
    assert unchanged(app)


def test_a_local_charm_gets_its_resource_from_a_file(
    life: Any, model: juju.Model, charm: pathlib.Path, home: pathlib.Path
) -> None:
    text = (charm / "metadata.yaml").read_text() + "resources: {data: {type: file, filename: data.txt}}\n"
    (charm / "metadata.yaml").write_text(text)
    (home / "data.txt").write_text("one")
    app = life(Application, name="tiny", charm=str(charm), base=BASE, resources={"data": "./data.txt"})
    app.up()
    assert model.resources.of("tiny")["data"].digest == app["resource_digests"]["data"]
    assert unchanged(app)
    (home / "data.txt").write_text("two")
    assert (app.up(), app["charm_revision"]) == ("update", 0)
    assert model.resources.of("tiny")["data"].digest == app["resource_digests"]["data"]


def test_what_does_not_go_with_a_charm_of_this_machine_is_refused(life: Any, packed: Callable[..., str]) -> None:
    app = life(Application, name="app", charm=packed("v1", "one"), base=BASE)
    assert "no channel or revision" in app.refusals(channel="latest/stable")["charm"]
    assert "give the path of a file" in app.refusals(resources={"file": 1})["resources"]


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
