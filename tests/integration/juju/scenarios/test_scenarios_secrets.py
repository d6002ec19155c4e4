"""User secrets through their lives."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi import dynamic

from clients import juju
from providers._base import ExpectedError
from providers.juju import Secret
from tests.integration.juju.scenarios.steps import deployed, unchanged

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
