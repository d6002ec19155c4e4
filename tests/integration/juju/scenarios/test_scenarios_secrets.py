"""User secrets through their lives."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi import dynamic

from clients import juju
from providers._base import ExpectedError
from providers.juju import Secret, SecretBackend
from tests.integration.juju.scenarios.steps import deployed, model_in, unchanged

pytestmark = pytest.mark.xdist_group("juju-scenarios")


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


def value_of(model: juju.Model) -> Any:
    (found,) = model.secrets.list(show=True)
    return found.value


@pytest.fixture
def configured(life: Any) -> Any:
    """Resources of a program whose stack has secrets configured."""
    return type(life)({**life.config, "site:first": "sesame-1", "site:second": "sesame-2"}, **life.shared)


def with_settings(thing: Any, **settings: str) -> None:
    """The operator sets stack configuration; the next run has it."""
    config = {**thing.provider._config, **{f"site:{name}": value for name, value in settings.items()}}
    thing.provider.configure(dynamic.ConfigureRequest(config=config))


def test_Secret_CreateUpdateWriteOnlyValue(configured: Any, model: juju.Model) -> None:
    """The value is in the stack's configuration and in Juju; inputs and state have the names of the settings only."""
    secret = configured(Secret, name="token", value_from={"key1": "site:first", "key2": "site:second"}, info="test-info")
    secret.up()
    assert value_of(model) == {"key1": "sesame-1", "key2": "sesame-2"}
    assert "sesame" not in str(secret.outs)
    assert unchanged(secret)
    with_settings(secret, second="sesame-3")
    assert secret.up() == "update"
    assert value_of(model) == {"key1": "sesame-1", "key2": "sesame-3"}
    assert secret.up(value_from={"key1": "site:first"}) == "update"
    assert value_of(model) == {"key1": "sesame-1"}
    model.secrets.update(secret.id, {"key1": "somebody's"})
    assert set(secret.refresh()) == {"fingerprint", "info"}
    assert "somebody" not in str(secret.outs)
    assert secret.up() == "update"
    assert value_of(model) == {"key1": "sesame-1"}
    assert unchanged(secret)


def test_Secret_MigrateValueToWriteOnlyAndBack(configured: Any, model: juju.Model) -> None:
    secret = configured(Secret, name="token", value={"key1": "value1", "key2": "value2"})
    secret.up()
    assert secret["value"] == {"key1": "value1", "key2": "value2"}
    uri = secret.id
    assert secret.up(value=None, value_from={"key1": "site:first"}) == "update"
    assert value_of(model) == {"key1": "sesame-1"}
    assert "value" not in secret.outs
    assert "sesame" not in str(secret.outs)
    assert unchanged(secret)
    assert secret.up(value={"key1": "value1", "key2": "finalValue2"}, value_from=None) == "update"
    assert value_of(model) == {"key1": "value1", "key2": "finalValue2"}
    assert (secret.id, secret["fingerprint"]) == (uri, "")
    assert "value_from" not in secret.outs
    assert unchanged(secret)


def test_Secret_WriteOnlyConfigValidation(configured: Any) -> None:
    secret = configured(Secret, name="token", value_from={"key": "site:third"})
    assert "either value or value_from" in secret.refusals(value={"key": "value"})["value"]
    assert "either value or value_from" in secret.refusals(value_from=None)["value"]
    with pytest.raises(ExpectedError, match=r"takes its value from site:third, which is not set: `pulumi config set --secret"):
        secret.up()


def test_Secret_CreateWithInfo_and_CreateWithNoInfo(life: Any, model: juju.Model) -> None:
    for name, info in (("told", "test-info"), ("untold", "")):
        secret = life(Secret, name=name, value={"key": "value"}, **({"info": info} if info else {}))
        secret.up()
        assert unchanged(secret)
    assert {found.label: found.description for found in model.secrets.list()} == {"told": "test-info", "untold": ""}


def test_Secret_access_that_somebody_changed_shows_and_is_mended(life: Any, model: juju.Model) -> None:
    deployed(life, "keystone", "glance")
    secret = life(Secret, name="token", value={"key": "one"}, access=["keystone"])
    secret.up()
    model.secrets.grant(secret.id, ["glance"])
    model.secrets.revoke(secret.id, ["keystone"])
    assert secret.refresh() == {"access": ["glance"]}
    assert secret.up() == "update"
    assert model.secrets.list()[0].access == ("keystone",)
    assert unchanged(secret)


def kept_in(model: juju.Model) -> str:
    """The backend that holds the last revision of the model's secret."""
    reply = model.session.call("Secrets", "ListSecrets", {"filter": {}, "show-secrets": False})
    return str(reply["results"][0]["revisions"][-1]["backend-name"])


def test_SecretBackend(configured: Any, outer: Any, controller: juju.Controller) -> None:
    """A Vault is added, a model keeps its secrets in it, its settings change, and the model goes back to the controller's own."""
    config, named = {"endpoint": "https://10.20.0.40:8200"}, {"token": "site:first"}
    backend = configured(SecretBackend, name="ours", config=config, config_from=named)
    backend.up()
    assert controller.secret_backends.find("ours").config == {**config, "token": "sesame-1"}
    assert "sesame" not in str(backend.outs)
    assert unchanged(backend)
    model = model_in(outer, "in-vault", config={"secret-backend": "ours"})
    model.up()
    inner, there = type(outer)(outer.config, model=model.id), controller.model(model.id)
    secret = inner.made(Secret, name="token", value={"key": "value1"})
    assert kept_in(there) == "ours"
    assert backend.up(config={**config, "tls-server-name": "vault.example.com"}) == "update"
    with_settings(backend, first="sesame-2")
    assert backend.up() == "update"
    assert controller.secret_backends.find("ours").config["token"] == "sesame-2"
    secret.up(value={"key": "value2"})
    assert kept_in(there) == "ours"
    with pytest.raises(ExpectedError, match=r"'ours' still holds secrets .*2 stored secret revisions.*force=True"):
        backend.destroy()
    assert model.up(config={}) == "update"
    secret.up(value={"key": "value3"})
    assert kept_in(there) == "internal"
    assert backend.up(config=config) == "update"
    assert controller.secret_backends.find("ours").config == {**config, "token": "sesame-2"}
    controller.secret_backends.update("ours", {"endpoint": "https://10.9.9.9:8200", "token": "other"}, [])
    assert set(backend.refresh()) == {"config", "fingerprint"}
    assert backend.up() == "update"
    assert unchanged(backend)
    assert backend.preview(name="theirs") == "replace"
    backend.destroy()
    assert controller.secret_backends.find("ours") is None
    inner.destroy()


def test_SecretBackend_ConflictingConfig_and_what_is_there(configured: Any, outer: Any, controller: juju.Controller) -> None:
    controller.secret_backends.add("theirs", "vault", {"endpoint": "https://10.20.0.41:8200"})
    theirs = configured(SecretBackend, name="theirs", config={"endpoint": "https://10.20.0.41:8200"})
    theirs.up()
    assert (theirs["adopted"], unchanged(theirs)) == (True, True)
    assert "say it once" in theirs.refusals(config_from={"endpoint": "site:first"})["config_from"]
    theirs.destroy()
    assert controller.secret_backends.find("theirs") is not None
    controller.secret_backends.remove("theirs")
    with pytest.raises(juju.JujuError, match="endpoint: expected string, got nothing"):
        configured(SecretBackend, name="nowhere").up()
    with pytest.raises(juju.JujuError, match='"internal" not valid'):
        configured(SecretBackend, name="internal", config={"endpoint": "x"}, backend_type="controller").up()
    model = model_in(outer, "astray")
    model.up()
    with pytest.raises(juju.NotFound, match='secret backend "nowhere" not found'):
        model.up(config={"secret-backend": "nowhere"})
