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
from pulumi import dynamic

from clients import openstack
from providers import _base
from providers.openstack import _login

REAL = os.environ.get("OS_CLOUD", "")
PHYSNET = os.environ.get("OS_TEST_PHYSNET", "physnet1")
VLAN = int(os.environ.get("OS_TEST_VLAN", "1999"))
_numbers = itertools.count()
_HOME = pathlib.Path.cwd()


class Life:
    """Drives providers as the engine does: check, then diff, then what follows; destroys what is left in reverse order."""

    def __init__(self, config: dict[str, str], **shared: Any) -> None:
        self.config = config
        self.shared = shared
        self.things: list[Thing] = []

    def __call__(self, resource: type[_base.Resource], **props: Any) -> Thing:
        """A new resource of the program; nothing happens yet."""
        provider = resource.provider_class()
        provider.configure(dynamic.ConfigureRequest(config=self.config))  # type: ignore[arg-type]
        fields = provider.inputs.model_fields
        thing = Thing(provider, {**{k: v for k, v in self.shared.items() if k in fields}, **props})
        self.things.append(thing)
        return thing

    def made(self, resource: type[_base.Resource], **props: Any) -> Thing:
        """A resource that is there."""
        thing = self(resource, **props)
        thing.up()
        return thing

    def destroy(self) -> None:
        while self.things:
            self.things[-1].destroy()
            self.things.pop()


class Thing:
    """One resource: its state, and what the engine would do with it."""

    def __init__(self, provider: _base.Provider[Any], props: dict[str, Any]) -> None:
        self.provider = provider
        self.props = props
        self.id: str | None = None
        self.outs: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        return self.outs[name]

    def refusals(self, **props: Any) -> dict[str, str]:
        """What check refuses of the given properties."""
        result = self.provider.check({}, travelled({**self.props, **props}))
        return {f.property: f.reason for f in result.failures}

    def preview(self, **changes: Any) -> str:
        """What an up would do: create, same, update or replace."""
        news = self._checked(changes)
        if self.id is None:
            return "create"
        diff = self.provider.diff(self.id, self.outs, news)
        return "replace" if diff.replaces else "update" if diff.changes else "same"

    def up(self, **changes: Any) -> str:
        """Brings the resource to its properties and says how."""
        kind = self.preview(**changes)
        self.props = {**self.props, **changes}
        news = self._checked({})
        if kind == "update":
            assert self.id is not None
            self.outs = travelled(self.provider.update(self.id, self.outs, news).outs)
        elif kind != "same":
            if kind == "replace":
                self.destroy()
            made = self.provider.create(news)
            self.id, self.outs = made.id, travelled(made.outs)
        return kind

    def refresh(self) -> dict[str, Any]:
        """Reads the resource; returns the inputs and outputs that differ from before, None for those that went."""
        assert self.id is not None
        read = self.provider.read(self.id, self.outs)
        before, now = self.outs, travelled(read.outs or {})
        self.outs, self.id = now, read.id or None
        return {k: now.get(k) for k in before.keys() | now.keys() if before.get(k) != now.get(k)}

    def forget(self) -> None:
        """The state lost it, as when a run was killed before it was saved."""
        self.id, self.outs = None, {}

    def destroy(self) -> None:
        if self.id is not None:
            self.provider.delete(self.id, self.outs)
            self.id, self.outs = None, {}

    def _checked(self, changes: dict[str, Any]) -> dict[str, Any]:
        result = self.provider.check({}, travelled({**self.props, **changes}))
        assert result.failures == [], [f"{f.property}: {f.reason}" for f in result.failures]
        return travelled(result.inputs)


def travelled(props: Any) -> Any:
    """Properties as they come back from the engine: no nulls, every number a floating point one."""
    if isinstance(props, dict):
        return {k: travelled(v) for k, v in props.items() if v is not None}
    if isinstance(props, (list, tuple)):
        return [travelled(v) for v in props]
    return float(props) if isinstance(props, int) and not isinstance(props, bool) else props


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
