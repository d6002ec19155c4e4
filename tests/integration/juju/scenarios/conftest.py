"""One rack with a controller for all modules of this folder; each test has a model of its own in it."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import pytest

from providers.juju import Controller
from simulator.testing import Rack, running_rack
from tests.integration.juju import conftest as _site
from tests.life import Life


@pytest.fixture(scope="session")
def rack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rack]:
    """MAAS with its workers Ready, and Juju beside it."""
    with running_rack(
        factor=_site.FACTOR, directory=tmp_path_factory.mktemp("rack"), services=("maas", "lxd", "juju")
    ) as running:
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(tmp_path_factory.mktemp("home"))
            _site.enlist(running)
        yield running


@pytest.fixture(scope="session")
def site(rack: Rack, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The configuration, once a controller is there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("home"))
        return _site.bootstrapped(rack)


@pytest.fixture(scope="session")
def second(site: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of another controller, on a machine of the same MAAS."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("home"))
        Life(site)(Controller, name="second", cloud="maas-site", credential="maas-site").up()
    return "second"


@pytest.fixture
def outer(site: dict[str, str], home: pathlib.Path) -> Iterator[Life]:
    """Resources outside the test's model; what a test leaves behind is destroyed."""
    made = Life(site)
    yield made
    made.destroy()
