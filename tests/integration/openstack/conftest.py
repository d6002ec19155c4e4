"""The cloud under test and a stand-in for the engine.

Without more, the cloud is the simulator's. With OS_CLOUD set it is that one of clouds.yaml, with its administrator: what the
tests make there has names that begin with `pulumi-test`, and goes when they end, even when they fail. What needs a service that
the catalogue has not, or an extension that Neutron has not, is skipped and says so; what needs to reach behind the cloud (`site`)
is skipped there always. A VLAN that is free is looked for on the physical networks that the cloud tells of; OS_TEST_PHYSNET
names another one, OS_TEST_VLAN the VLAN that is tried first (1999).
"""

from __future__ import annotations

import itertools
import os
import pathlib
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml

from clients import openstack
from providers.openstack import _login, _outage, project
from tests.integration.openstack.openstack_offer import TRIES, Offer, Segment
from tests.integration.openstack.openstack_sweep import forget_projects, swept
from tests.life import Life

REAL = os.environ.get("OS_CLOUD", "")
PHYSNET = os.environ.get("OS_TEST_PHYSNET", "")
VLAN = int(os.environ.get("OS_TEST_VLAN", "1999"))
RUN = f"pulumi-test-{uuid.uuid4().hex[:8]}"
"""What all names of this run begin with."""
_numbers = itertools.count()
_HOME = pathlib.Path.cwd()
_offers: dict[str, Any] = {}
"""What the real cloud offers, once it was asked."""


@pytest.fixture(scope="module")
def simulated() -> Iterator[Any]:
    """The simulator's cloud, None where a real one is tested."""
    if REAL:
        yield None
        return
    from tests.integration.openstack.openstack_site import Site

    running = Site()
    yield running
    running.stop()


@pytest.fixture
def site(simulated: Any) -> Any:
    """The simulator's cloud, for looking and changing behind the services; skips on a real one."""
    if simulated is None:
        pytest.skip("reaches behind the services, which a real cloud does not allow")
    return simulated


@pytest.fixture
def config(simulated: Any, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The stack's configuration; tests run in a folder of their own."""
    monkeypatch.chdir(tmp_path)
    if simulated is None:
        for variable, value in _files().items():
            monkeypatch.setenv(variable, value)
        return {"openstack:cloud": REAL}
    path = tmp_path / "site-clouds.yaml"
    path.write_text(yaml.safe_dump(simulated.clouds_yaml("site")))
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(path))
    _outage._told.clear()
    _outage._absent.clear()
    _login.forget(("clouds.yaml", "site", simulated.gateway.template))
    return {
        "openstack:cloud": "site",
        "openstack:gateway": simulated.gateway.template,
        "openstack:pollSeconds": "0.05",
        "openstack:timeoutSeconds": "60",
    }


@pytest.fixture
def cloud(config: dict[str, str]) -> Iterator[openstack.Cloud]:
    """The cloud itself, to look and to change things behind the providers' back."""
    access = openstack.Access(cloud=config["openstack:cloud"], gateway=config.get("openstack:gateway"))
    client = openstack.Cloud(access, poll=float(config.get("openstack:pollSeconds", "2")))
    yield client
    client.close()
    openstack.connect(access, client.poll).close()
    openstack.connect.cache_clear()


@pytest.fixture
def life(config: dict[str, str], cloud: openstack.Cloud) -> Iterator[Life]:
    """The engine's stand-in; what a test leaves behind is destroyed."""
    made = Life(config)
    yield made
    projects = [thing.id for thing in made.things if thing.id and isinstance(thing.provider, project.ProjectProvider)]
    try:
        made.destroy()
    finally:
        if projects:
            forget_projects(cloud, _offer(cloud) if REAL else Offer(cloud), projects)


@pytest.fixture
def name() -> str:
    """A name that nobody else has."""
    return f"{RUN}-{next(_numbers)}"


@pytest.fixture(scope="module", autouse=True)
def nothing_stays() -> Iterator[None]:
    """What the tests of a module left in a real cloud goes, and is told."""
    yield
    if not REAL:
        return
    with pytest.MonkeyPatch.context() as patch:
        for variable, value in _files().items():
            patch.setenv(variable, value)
        client = openstack.Cloud(openstack.Access(cloud=REAL))
        try:
            left = swept(client, _offer(client), RUN)
        finally:
            client.close()
    assert left == [], "the tests left this in the cloud; it is deleted now"


@pytest.fixture
def needs(cloud: openstack.Cloud, simulated: Any) -> Callable[..., None]:
    """Skips where the cloud lacks a type of service ("compute") or an extension of Neutron ("network:router")."""

    def needs(*wanted: str) -> None:
        if lack := (Offer(cloud) if simulated else _offer(cloud)).lack(*wanted):
            pytest.skip(lack)

    return needs


@pytest.fixture
def segment(cloud: openstack.Cloud, simulated: Any, name: str) -> Segment | str:
    """A free VLAN of a physical network, or why there is none."""
    if simulated:
        return Segment(physical_network=PHYSNET or "physnet1", segmentation_id=VLAN)
    if "segment" not in _offers:
        worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
        vlan = VLAN - 2 * TRIES * worker  # those that test at the same time look elsewhere
        found, said = _offer(cloud).free_segment(cloud, name, physnet=PHYSNET, vlan=vlan)
        _offers["segment"] = found or f"no VLAN is to be had ({said}); OS_TEST_PHYSNET and OS_TEST_VLAN name one"
    segment: Segment | str = _offers["segment"]
    return segment


def _offer(cloud: openstack.Cloud) -> Offer:
    if "offer" not in _offers:
        _offers["offer"] = Offer(cloud)
    offer: Offer = _offers["offer"]
    return offer


def _files() -> dict[str, str]:
    """Where the operator's settings are, however the place was written: tests run in folders of their own."""
    named = {v: os.environ[v] for v in ("OS_CLIENT_CONFIG_FILE", "OS_CLIENT_SECURE_FILE") if v in os.environ}
    found = {variable: str(_HOME / path) for variable, path in named.items()}
    ours = next((path for path in (_HOME / "clouds.yaml", _HOME / "clouds.yml") if path.exists()), None)
    return {"OS_CLIENT_CONFIG_FILE": str(ours), **found} if ours else found
