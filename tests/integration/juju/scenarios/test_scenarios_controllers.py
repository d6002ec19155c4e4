"""Controllers, clouds and credentials through their lives."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest
import yaml

from clients import juju
from providers._base import ExpectedError
from providers.juju import Cloud, Controller, Credential
from tests.integration.juju.scenarios.steps import BASE, unchanged

pytestmark = pytest.mark.xdist_group("juju-scenarios")


def test_Controller_there_already_is_adopted_and_left(outer: Any, site: dict[str, str], controller: juju.Controller) -> None:
    there = outer(Controller, name="site", cloud="maas-site")
    there.up()
    assert there["adopted"] is True
    assert there["uuid"]
    assert unchanged(there)
    there.destroy()
    assert controller.models()


def test_Controller_on_another_cloud_is_refused(outer: Any) -> None:
    with pytest.raises(ExpectedError, match="on the cloud 'maas-site', not 'other'"):
        outer(Controller, name="site", cloud="other").up()


def test_Controller_settings_change_in_place_and_cant_be_unset(outer: Any) -> None:
    there = outer(Controller, name="site", cloud="maas-site")
    there.up()
    assert there.up(config={"audit-log-max-backups": 7}) == "update"
    with pytest.raises(ExpectedError, match="can't unset settings of a controller: audit-log-max-backups"):
        there.up(config={})
    there.props["config"] = {"audit-log-max-backups": 7}


def test_Controller(outer: Any, site: dict[str, str]) -> None:
    """Bootstrapped, its settings changed in place, and destroyed: afterwards neither the store nor MAAS has it."""
    fields = {"cloud": "maas-site", "credential": "maas-site", "bootstrap_base": BASE, "timeout": 600}
    made = outer(Controller, name="passing", **fields, config={"audit-log-max-backups": 3})
    made.up()
    store = juju.ClientStore(pathlib.Path(site["juju:dataDir"]))
    entry = store.controller("passing")
    assert entry is not None
    assert (made["adopted"], made["uuid"], made["addresses"]) == (False, entry.uuid, list(entry.addresses))
    assert entry.password not in str(made.outs)
    assert unchanged(made)
    assert made.up(config={"audit-log-max-backups": 4}) == "update"
    assert made.preview(bootstrap_base="ubuntu@22.04") == "replace"
    with pytest.raises(juju.JujuError, match="fake-config-key"):
        made.up(config={"audit-log-max-backups": 4, "fake-config-key": "a value"})
    made.destroy()
    assert store.controller("passing") is None


def test_Controller_WithJujuBinary(outer: Any, site: dict[str, str], tmp_path: pathlib.Path) -> None:
    """The `juju` that bootstraps is the one that juju:binary names, and it is not asked for a controller that is there."""
    calls = tmp_path / "calls"
    binary = tmp_path / "my-juju"
    binary.write_text(f'#!/bin/sh\necho "$1 $3" >> {calls}\nexec {site["juju:binary"]} "$@"\n')
    binary.chmod(0o755)
    config = {**site, "juju:binary": str(binary)}
    inner = type(outer)(config)
    made = inner(Controller, name="by-binary", cloud="maas-site", credential="maas-site")
    made.up()
    assert calls.read_text().splitlines() == ["bootstrap by-binary"]
    made.forget()
    made.up()
    assert calls.read_text().count("bootstrap") == 1
    made.destroy()
    assert "destroy-controller" in calls.read_text()
    missing = type(outer)({**site, "juju:binary": str(tmp_path / "nothing")})
    with pytest.raises(juju.CommandError, match="nothing"):
        missing(Controller, name="by-nothing", cloud="maas-site", credential="maas-site").up()


def test_Cloud_follows_maas_and_tells_its_controllers(outer: Any, site: dict[str, str], controller: juju.Controller) -> None:
    cloud = outer(Cloud, name="maas-site")
    cloud.up()
    assert cloud["adopted"] is True
    assert unchanged(cloud)
    folder = pathlib.Path(site["juju:dataDir"])
    document = yaml.safe_load((folder / "clouds.yaml").read_text())
    document["clouds"]["maas-site"]["endpoint"] = "http://10.0.0.9/MAAS"
    (folder / "clouds.yaml").write_text(yaml.safe_dump(document))
    assert "address" in cloud.refresh()
    assert cloud.up() == "update"
    assert unchanged(cloud)
    assert controller.cloud("maas-site")["endpoint"] == site["maas:apiUrl"]


def test_Credential(outer: Any, site: dict[str, str]) -> None:
    credential = outer(Credential, name="second", cloud="maas-site", attributes_from="maas")
    credential.up()
    assert site["maas:apiKey"] not in str(credential.outs)
    assert unchanged(credential)
    store = juju.ClientStore(pathlib.Path(site["juju:dataDir"]))
    assert store.credential("maas-site", "second") == {"auth-type": "oauth1", "maas-oauth": site["maas:apiKey"]}
    store.set_credential("maas-site", "second", {"auth-type": "oauth1", "maas-oauth": "x:y:z"})
    assert "fingerprint" in credential.refresh()
    assert credential.preview() == "update"
    credential.up()
    assert store.credential("maas-site", "second")["maas-oauth"] == site["maas:apiKey"]
    credential.destroy()
    assert store.credential("maas-site", "second") is None


def test_Credential_of_somebody_else_is_not_overwritten(outer: Any, site: dict[str, str]) -> None:
    store = juju.ClientStore(pathlib.Path(site["juju:dataDir"]))
    store.set_credential("maas-site", "theirs", {"auth-type": "oauth1", "maas-oauth": "x:y:z"})
    with pytest.raises(ExpectedError, match="already has another credential 'theirs'"):
        outer(Credential, name="theirs", cloud="maas-site", attributes_from="maas").up()
    store.remove_credential("maas-site", "theirs")


def test_Credential_attributes_change_in_place(outer: Any, site: dict[str, str], controller: juju.Controller) -> None:
    """One without attributes is refused; another key goes to the store and to the controllers on the cloud."""
    credential = outer(Credential, name="own", cloud="maas-site", attributes={"maas-oauth": site["maas:apiKey"]})
    assert "attributes" in credential.refusals(attributes=None)
    credential.up()
    store = juju.ClientStore(pathlib.Path(site["juju:dataDir"]))
    assert unchanged(credential)
    assert credential.up(attributes={"maas-oauth": "x:y:z"}) == "update"
    assert store.credential("maas-site", "own") == {"auth-type": "oauth1", "maas-oauth": "x:y:z"}
    tag = controller.credential_tag("maas-site", "own")
    (there,) = controller.session.call("Cloud", "Credential", {"entities": [{"tag": tag}]})["results"]
    assert there["result"]["auth-type"] == "oauth1"
    credential.forget()
    credential.up()
    assert unchanged(credential)
    credential.destroy()
    assert store.credential("maas-site", "own") is None
