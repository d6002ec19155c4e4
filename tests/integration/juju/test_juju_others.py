"""Models, controllers, clouds, credentials, keys, integrations, offers, secrets, spaces and actions through their lives."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest
import yaml

from clients import juju
from providers._base import ExpectedError
from providers.juju import (
    Action,
    Application,
    Cloud,
    Consume,
    Controller,
    Credential,
    Integration,
    Machine,
    Model,
    Offer,
    Secret,
    Settled,
    Space,
    SshKey,
    Unit,
)

BASE = "ubuntu@24.04"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBkd3uIBr2YVrlkSrDmYnbV9tVQfI7lHoCk9FYcDXQpb"


def unchanged(thing: Any) -> bool:
    before = thing.preview()
    thing.refresh()
    return before == "same" and thing.preview() == "same"


@pytest.fixture
def outer(life: Any, site: dict[str, str]) -> Any:
    """Resources outside the test's model."""
    made = type(life)(site)
    yield made
    made.destroy()


def model_(outer: Any, name: str, **props: Any) -> Any:
    return outer(Model, name=name, cloud="maas-site", credential="maas-site", **props)


def deployed(life: Any, *names: str) -> None:
    for name in names:
        life(Application, name=name, charm=name, base=BASE).up()


# Models


def test_Model_Minimal(outer: Any, controller: juju.Controller) -> None:
    model = model_(outer, "minimal")
    model.up()
    assert model["uuid"] in {m.uuid for m in controller.models()}
    assert unchanged(model)
    model.destroy()
    assert "minimal" not in {m.name for m in controller.models()}
    model.destroy()


def test_Model_UnsetConfig(outer: Any, controller: juju.Controller) -> None:
    model = model_(outer, "configured", config={"default-space": "management", "automatically-retry-hooks": False})
    model.up()
    assert unchanged(model)
    assert model.up(config={"automatically-retry-hooks": True}) == "update"
    there = controller.model(model.id).config()
    assert there["automatically-retry-hooks"]["value"] is True
    assert there["default-space"]["source"] == "default"
    assert unchanged(model)


def test_Model_constraints_and_Annotations(outer: Any, controller: juju.Controller) -> None:
    model = model_(outer, "constrained", constraints={"mem": "4G"}, annotations={"a": "1", "b": "2"})
    model.up()
    assert controller.model(model.id).constraints()["mem"] == 4096
    assert unchanged(model)
    assert model.up(constraints={}, annotations={"a": "3"}) == "update"
    assert "mem" not in controller.model(model.id).constraints()
    assert unchanged(model)


def test_Model_drift_shows(outer: Any, controller: juju.Controller) -> None:
    model = model_(outer, "drifting", config={"default-space": "management"}, constraints={"mem": 4096})
    model.up()
    controller.model(model.id).unset_config(["default-space"])
    controller.model(model.id).set_constraints({"mem": 1024})
    drift = model.refresh()
    assert drift["constraints"] == {"mem": 1024}
    assert drift["config"] != {"default-space": "management"}
    assert model.up() == "update"
    assert unchanged(model)


def test_Model_WaitForDelete_with_everything_in_it(outer: Any, controller: juju.Controller, life: Any) -> None:
    model = model_(outer, "full")
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
    model = model_(outer, "leaving")
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
    ours = model_(outer, "ours")
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
    theirs = model_(outer, "theirs", constraints={"mem": 1024}, config=config, annotations={"owner": "us"})
    theirs.up()
    assert (theirs.id, theirs["adopted"]) == (theirs_uuid, True)
    theirs.destroy()
    assert "theirs" in {m.name for m in controller.models()}
    assert (model.config(), model.constraints()) == before
    assert not model.annotations(model.tag)[model.tag]
    controller.destroy_model(theirs_uuid, destroy_storage=False)


# Controllers, clouds, credentials


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


# SSH keys


def test_SSHKey(life: Any, model: juju.Model) -> None:
    key = life(SshKey, payload=f"{KEY} me@home")
    key.up()
    assert any(k.split()[:2] == KEY.split() for k in model.ssh_keys())
    assert unchanged(key)
    key.destroy()
    assert not any(k.split()[:2] == KEY.split() for k in model.ssh_keys())
    key.destroy()


def test_SSHKey_of_somebody_else_is_left(life: Any, model: juju.Model) -> None:
    model.add_ssh_key(f"{KEY} them@home")
    key = life(SshKey, payload=f"{KEY} me@home")
    key.up()
    assert key["adopted"] is True
    key.destroy()
    assert any(k.split()[:2] == KEY.split() for k in model.ssh_keys())


def test_SSHKey_removed_elsewhere_is_gone(life: Any, model: juju.Model) -> None:
    key = life(SshKey, payload=KEY)
    key.up()
    model.remove_ssh_key(key["fingerprint"])
    key.refresh()
    assert key.id is None


# Integrations


def test_Integration(life: Any, model: juju.Model) -> None:
    deployed(life, "keystone", "glance")
    made = life(Integration, endpoints=["keystone:identity-service", "glance:identity-service"])
    made.up()
    assert model.status().relation(("glance:identity-service", "keystone:identity-service"))
    assert unchanged(made)
    assert made.preview(endpoints=["glance:identity-service", "keystone:identity-service"]) == "same"
    made.destroy()
    assert model.status().relation(("glance:identity-service", "keystone:identity-service")) is None
    made.destroy()


def test_IntegrationUpdate_replaces(life: Any) -> None:
    deployed(life, "keystone", "glance", "placement")
    made = life(Integration, endpoints=["keystone:identity-service", "glance:identity-service"])
    made.up()
    assert made.preview(endpoints=["keystone:identity-service", "placement:identity-service"]) == "replace"


def test_MultipleIntegrationsSameEndpoint(life: Any, model: juju.Model) -> None:
    deployed(life, "keystone", "glance", "placement")
    for name in ("glance", "placement"):
        life(Integration, endpoints=["keystone:identity-service", f"{name}:identity-service"]).up()
    assert len([r for r in model.status().relations if len(r.endpoints) == 2]) == 2


def test_Integration_removed_elsewhere_is_gone_and_comes_again(life: Any, model: juju.Model, until: Any) -> None:
    deployed(life, "keystone", "glance")
    ends = ("glance:identity-service", "keystone:identity-service")
    made = life(Integration, endpoints=list(ends))
    made.up()
    model.relations.destroy(ends)
    until(lambda: model.status().relation(ends) is None)
    made.refresh()
    assert made.id is None
    assert made.up() == "create"


def test_Integration_an_interrupted_create_is_taken_up(life: Any, model: juju.Model) -> None:
    deployed(life, "keystone", "glance")
    made = life(Integration, endpoints=["keystone:identity-service", "glance:identity-service"])
    made.up()
    made.forget()
    made.up()
    assert made["adopted"] is False


def test_Integration_of_endpoints_that_dont_fit_is_refused(life: Any) -> None:
    deployed(life, "keystone", "glance")
    with pytest.raises(juju.JujuError):
        life(Integration, endpoints=["keystone:identity-service", "glance:amqp"]).up()


# Offers, secrets, spaces, actions


def test_Offer_and_Consume_over_models(life: Any, outer: Any, model: juju.Model) -> None:
    deployed(life, "keystone")
    offer = life(Offer, application="keystone", endpoints=["identity-service"])
    offer.up()
    assert unchanged(offer)
    consumer = model_(outer, "consumer")
    consumer.up()
    inner = type(life)(outer.config, model=consumer.id)
    deployed(inner, "glance")
    consumed = inner(Consume, offer_url=offer["url"], name="identity")
    consumed.up()
    assert consumed["alias"] == "identity"
    assert unchanged(consumed)
    joined = inner(Integration, endpoints=["glance:identity-service", "identity:identity-service"])
    joined.up()
    assert unchanged(joined)
    joined.destroy()
    consumed.destroy()
    offer.destroy()


def test_Secret_Update(life: Any, model: juju.Model) -> None:
    deployed(life, "keystone")
    secret = life(Secret, name="token", value={"key": "one"}, info="for tests", access=["keystone"])
    secret.up()
    assert unchanged(secret)
    assert secret.up(value={"key": "two"}) == "update"
    assert model.secrets.list(show=True)[0].value == {"key": "two"}
    secret.up(access=[])
    secret.destroy()
    assert model.secrets.list() == []
    secret.destroy()


def test_Space_CreateImportAndReplace_reads_maas_spaces(life: Any) -> None:
    space = life(Space, name="management")
    space.up()
    assert (space["adopted"], space["subnets"]) == (True, ["10.20.0.0/24"])
    assert unchanged(space)
    space.destroy()
    with pytest.raises(ExpectedError, match="no space 'nowhere'"):
        life(Space, name="nowhere").up()


def test_Space_AlphaRejected(life: Any) -> None:
    provider = life(Space, name="alpha").provider
    failures = provider.check({}, {"model": "m", "name": "alpha"}).failures
    assert [f.property for f in failures] == ["name"]


def test_Action(life: Any, model: juju.Model) -> None:
    life(Machine, name="any", base=BASE).up()
    deployed(life, "rabbitmq-server")
    life(Unit, application="rabbitmq-server", machine="0").up()
    life(Settled, applications={"rabbitmq-server": 1}, machines=1).up()
    action = life(Action, unit="rabbitmq-server/leader", name="pause", triggers=[1])
    action.up()
    assert action["status"] == "completed"
    assert unchanged(action)
    assert action.preview(triggers=[2]) == "replace"
    first = action["action_id"]
    action.up(triggers=[2])
    assert action["action_id"] != first
    with pytest.raises((ExpectedError, juju.JujuError)):
        life(Action, unit="rabbitmq-server/0", name="no-such-action").up()
    with pytest.raises(ExpectedError, match="there is no unit rabbitmq-server/7"):
        life(Action, unit="rabbitmq-server/7", name="pause").up()
