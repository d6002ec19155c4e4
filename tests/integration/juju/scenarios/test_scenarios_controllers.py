"""Controllers, clouds and credentials through their lives."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest
import yaml

from clients import juju
from providers._base import ExpectedError
from providers.juju import Cloud, Controller, Credential
from tests.integration.juju.scenarios.steps import unchanged

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
