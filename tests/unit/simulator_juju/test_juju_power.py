"""A controller lives on a machine: switched off it answers nobody and nothing moves, switched on again it goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import aiohttp
import pytest

from tests.unit.simulator_juju import juju_site  # isort: skip

HOST = "juju-1"


@pytest.fixture
def off(site: juju_site.Site) -> Iterator[None]:
    """The controller's machine is off, and on again after the test."""
    site.rack.call(site.rack.world.power_off, HOST)
    yield
    on(site)


def on(site: juju_site.Site) -> None:
    site.rack.call(site.rack.world.power_on, HOST)
    juju_site.until("the controller", lambda: juju_site.run(answers(site)))


async def answers(site: juju_site.Site) -> bool:
    try:
        async with juju_site.rpc(site):
            return True
    except aiohttp.ClientConnectionError:
        return False


def test_connections_break_and_no_new_ones_come_about(site: juju_site.Site) -> None:
    async def broken() -> bool:
        async with juju_site.rpc(site) as connection:
            site.rack.call(site.rack.world.power_off, HOST)
            seen = await asyncio.wait_for(connection.socket.receive(), juju_site.DEADLINE)
            return seen.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR) and connection.socket.close_code == 1006

    address = site.address
    assert juju_site.run(broken())  # without a good-bye
    juju_site.until("the listener to go", lambda: not juju_site.run(answers(site)))
    on(site)
    assert site.parts.address(next(iter(site.parts.store.controllers.values()))) == address


def test_it_stays_away_when_the_simulator_starts_anew(site: juju_site.Site, off: None) -> None:
    site.rack.stop()
    site.rack.start()
    assert not juju_site.run(answers(site))


def test_agents_wait_for_their_controller(site: juju_site.Site, model: str) -> None:
    juju = juju_site.Caller(site, model)
    juju.deploy("keystone")
    juju.unit("keystone", juju.machine("control-1"))
    juju_site.until("a hook", lambda: any(unit.running for unit in juju.record.units.values()))
    site.rack.call(site.rack.world.power_off, HOST)
    site.rack.advance(3600)
    (unit,) = juju.record.units.values()
    assert unit.queue
    assert not unit.running
    on(site)
    juju.until_unit("keystone/0", "blocked", "Missing relations: database")
