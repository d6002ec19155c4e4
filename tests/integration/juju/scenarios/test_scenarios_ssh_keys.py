"""SSH keys of models through their lives."""

from __future__ import annotations

from typing import Any

import pytest

from clients import juju
from providers.juju import SshKey
from tests.integration.juju.scenarios.steps import unchanged

pytestmark = pytest.mark.xdist_group("juju-scenarios")

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBkd3uIBr2YVrlkSrDmYnbV9tVQfI7lHoCk9FYcDXQpb"


def test_SSHKey(life: Any, model: juju.Model) -> None:
    key = life(SshKey, payload=f"{KEY} me@home")
    key.up()
    assert any(k.split()[:2] == KEY.split() for k in model.ssh_keys())
    assert unchanged(key)
    key.destroy()
    assert not any(k.split()[:2] == KEY.split() for k in model.ssh_keys())
    key.destroy()


def test_SSHKey_of_somebody_else_is_left(life: Any, model: juju.Model) -> None:
    model.add_ssh_key(f"{KEY} them@home")
    key = life(SshKey, payload=f"{KEY} me@home")
    key.up()
    assert key["adopted"] is True
    key.destroy()
    assert any(k.split()[:2] == KEY.split() for k in model.ssh_keys())


def test_SSHKey_removed_elsewhere_is_gone(life: Any, model: juju.Model) -> None:
    key = life(SshKey, payload=KEY)
    key.up()
    model.remove_ssh_key(key["fingerprint"])
    key.refresh()
    assert key.id is None
