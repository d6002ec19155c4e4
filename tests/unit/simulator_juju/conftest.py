"""One rack with a controller for each test module; every frame of every test is held against the controller's schema."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from simulator.testing import running_rack

from tests.contract.juju.frames import Frames, watched  # isort: skip
from tests.unit.simulator_juju import juju_site  # isort: skip


@pytest.fixture(scope="session", autouse=True)
def clients() -> Iterator[None]:
    yield
    juju_site.CLIENTS.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[juju_site.Site]:
    directory = tmp_path_factory.mktemp("rack")
    with running_rack(juju_site.rack_data(), factor=3600.0, directory=directory, services=("maas", "juju")) as rack:
        yield juju_site.make(rack)


@pytest.fixture
def model(site: juju_site.Site) -> Iterator[str]:
    """UUID of a model of its own for the test, gone afterwards."""

    async def make() -> str:
        async with juju_site.rpc(site) as connection:
            config = {"default-base": "ubuntu@24.04", "default-space": "management"}
            params = {"name": f"model-{next(site.numbers)}", "owner-tag": "user-admin", "config": config}
            return str((await connection.get("ModelManager", 10, "CreateModel", params))["uuid"])

    async def destroy(uuid: str) -> None:
        async with juju_site.rpc(site) as connection:
            params = {"models": [{"model-tag": f"model-{uuid}", "destroy-storage": True, "force": True, "max-wait": 0}]}
            await connection.get("ModelManager", 10, "DestroyModels", params)

    uuid = juju_site.run(make())
    yield uuid
    site.rack.clear_faults()
    juju_site.run(destroy(uuid))
    site.wait("the model to go", lambda: site.model(uuid) is None)
    site.wait("MAAS to have its machines again", lambda: juju_site.run(juju_site.others_ready(site)))


@pytest.fixture(autouse=True)
def frames() -> Iterator[Frames]:
    """Fails the test when a request or an answer is not as the schema has it."""
    with watched() as checking:
        yield checking
    assert checking.problems == []
