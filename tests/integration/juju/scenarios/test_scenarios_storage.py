"""Storage pools through their lives."""

from __future__ import annotations

from typing import Any

import pytest

from clients import juju
from providers._base import ExpectedError
from providers.juju import StoragePool
from tests.integration.juju.scenarios.steps import unchanged

pytestmark = pytest.mark.xdist_group("juju-scenarios")


def pool_of(model: juju.Model, name: str) -> juju.StoragePool | None:
    return next((pool for pool in model.storage.pools() if pool.name == name), None)


def test_StoragePool(life: Any, model: juju.Model) -> None:
    """Another provider is another pool; attributes come and go in place."""
    pool = life(StoragePool, name="test-pool", provider="rootfs", attributes={"a": "b", "c": "d"})
    pool.up()
    assert pool_of(model, "test-pool") == juju.StoragePool(name="test-pool", provider="rootfs", attributes={"a": "b", "c": "d"})
    assert unchanged(pool)
    assert pool.up(provider="tmpfs") == "replace"
    assert pool_of(model, "test-pool").provider == "tmpfs"
    for attributes in ({"a": "changed", "e": "f"}, {}, {"alice": "ourtrueuser0"}):
        assert pool.up(attributes=attributes) == "update"
        assert pool_of(model, "test-pool").attributes == attributes
        assert unchanged(pool)
    model.storage.update_pool(juju.StoragePool(name="test-pool", provider="tmpfs", attributes={"bob": "x"}))
    assert pool.refresh() == {"attributes": {"bob": "x"}}
    assert pool.up() == "update"
    pool.destroy()
    assert pool_of(model, "test-pool") is None
    pool.destroy()


def test_StoragePool_Import(life: Any, model: juju.Model) -> None:
    """One that is there is taken as it is, needs nothing, and is left as it was found."""
    theirs = juju.StoragePool(name="theirs", provider="tmpfs", attributes={})
    model.storage.create_pool(theirs)
    pool = life(StoragePool, name="theirs", provider="tmpfs")
    pool.up()
    assert pool["adopted"] is True
    assert unchanged(pool)
    assert pool.up(attributes={"tags": "ssd"}) == "update"
    pool.destroy()
    assert pool_of(model, "theirs") == theirs
    with pytest.raises(ExpectedError, match="'theirs' already, of the provider 'tmpfs', not 'loop'"):
        life(StoragePool, name="theirs", provider="loop").up()
    with pytest.raises(juju.NotFound, match='storage provider "floppy" not found'):
        life(StoragePool, name="odd", provider="floppy").up()


def test_StoragePool_gone_comes_again_and_an_interrupted_create_is_taken_up(life: Any, model: juju.Model) -> None:
    pool = life(StoragePool, name="ours", provider="loop")
    pool.up()
    pool.forget()
    pool.up()
    assert pool["adopted"] is False
    model.storage.remove_pool("ours")
    pool.refresh()
    assert pool.id is None
    assert pool.up() == "create"
