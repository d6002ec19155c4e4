"""Vault on the simulated rack: three units without a database, so that they are a cluster of their own.

The rack, its controller and the engine's stand-in are those of the Juju providers' tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from clients import juju
from providers import vault
from providers.juju import Action, Application, Machine, Unit
from simulator.testing import Rack, running_rack
from tests.integration.juju.conftest import FACTOR, controller, enlist, home, life, model, site, until

__all__ = ["controller", "home", "life", "model", "site", "until"]


@pytest.fixture(scope="module")
def rack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rack]:
    """MAAS with its workers Ready, Juju, and the gateway to what its units serve."""
    place = tmp_path_factory.mktemp("home")
    services = ("maas", "lxd", "juju", "openstack")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        with running_rack(factor=FACTOR, directory=tmp_path_factory.mktemp("rack"), services=services) as running:
            enlist(running)
            yield running


class Cloud:
    """A Vault of some units on one worker, and its resources as the program has them."""

    def __init__(self, life: Any, rack: Rack, units: int = 1) -> None:
        self.life = life
        life.config = {
            **life.config,
            "openstack:gateway": rack.endpoints["openstack"]["gateway"],
            "openstack:pollSeconds": "0.05",
            "openstack:timeoutSeconds": "90",
        }
        self.host = life(Machine, name="worker-1", base="ubuntu@24.04")
        self.host.up()
        life(Application, name="vault", charm="vault", channel="1.8/stable", base="ubuntu@24.04").up()
        self.units = [self.add_unit(number) for number in range(units)]

    def add_unit(self, number: int) -> Any:
        container = self.life(Machine, name=f"c{number}", base="ubuntu@24.04", parent=self.host.id, container_type="lxd")
        container.up()
        unit = self.life(Unit, application="vault", machine=container.id)
        unit.up()
        return unit

    def keys(self, **props: Any) -> Any:
        recovery = self.life(vault.RecoveryKey)
        recovery.up()
        return self.life(vault.Initialisation, recovery_key=recovery["key"], **props)

    def opened(self, keys: Any, **props: Any) -> Any:
        return self.life(vault.Unsealed, keys=keys["keys"], sealed=[], count=len(self.units), **props)

    def ready(self, **props: Any) -> tuple[Any, Any]:
        """Vault open and its charm authorised: its keys, and the open units."""
        keys = self.keys()
        keys.up()
        opened = self.opened(keys)
        opened.up()
        self.life(vault.Authorisation, root_token=keys["root_token"], authorised=True).up()
        return keys, opened

    def act(self, name: str, unit: str = "vault/leader", **parameters: Any) -> Any:
        action = self.life(Action, unit=unit, name=name, parameters=parameters)
        action.up()
        self.life.things.remove(action)
        return action["output"]


@pytest.fixture
def cloud(life: Any, rack: Rack) -> Cloud:
    """A Vault of one unit."""
    return Cloud(life, rack)


@pytest.fixture
def cluster(life: Any, rack: Rack) -> Cloud:
    """A Vault of three."""
    return Cloud(life, rack, units=3)


@pytest.fixture
def said(model: juju.Model) -> Any:
    """What a unit's charm says now."""
    return lambda unit: model.status().units[unit].workload.message
