"""The cloud under test and a stand-in for the engine.

Without more, the cloud is the simulator's. With OS_CLOUD set it is that one of clouds.yaml, with its administrator: what the
tests make there has names that begin with `pulumi-test`, and goes when they end. What needs Nova or Cinder is skipped where the
catalogue has none; what needs to reach behind the cloud (`site`) is skipped there always. OS_TEST_PHYSNET names a physical
network (physnet1), OS_TEST_VLAN a VLAN that is free on it (1999).
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
from providers.openstack import _login, _outage
from tests.life import Life

REAL = os.environ.get("OS_CLOUD", "")
PHYSNET = os.environ.get("OS_TEST_PHYSNET", "physnet1")
VLAN = int(os.environ.get("OS_TEST_VLAN", "1999"))
_numbers = itertools.count()
_HOME = pathlib.Path.cwd()


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
        ours = next((path for path in (_HOME / "clouds.yaml", _HOME / "clouds.yml") if path.exists()), None)
        if ours is not None and "OS_CLIENT_CONFIG_FILE" not in os.environ:
            monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(ours))
        return {"openstack:cloud": REAL}
    path = tmp_path / "site-clouds.yaml"
    path.write_text(yaml.safe_dump(simulated.clouds_yaml("site")))
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(path))
    _outage._told.clear()
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
    made.destroy()


@pytest.fixture
def name() -> str:
    """A name that nobody else has."""
    return f"pulumi-test-{uuid.uuid4().hex[:8]}-{next(_numbers)}"


@pytest.fixture
def needs(cloud: openstack.Cloud) -> Callable[[str], None]:
    """Skips where the cloud has no service of a type."""

    def needs(*types: str) -> None:
        absent = [kind for kind in types if not any(there.startswith(kind) for there in cloud.endpoints())]
        if absent:
            pytest.skip(f"this cloud has no service of the type {', '.join(absent)}")

    return needs
