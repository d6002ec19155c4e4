"""SSH keys of models through their lives."""

from __future__ import annotations

import base64
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


def rsa(number: int, comment: str) -> str:
    """A public RSA key, of which only the form matters."""
    blob = b"\0\0\0\7ssh-rsa\0\0\0\3\1\0\1\0\0\1\1" + bytes([number]) * 257
    return f"ssh-rsa {base64.b64encode(blob).decode()} {comment}".strip()


def has(model: juju.Model, payload: str) -> bool:
    return payload.split()[1] in {key.split()[1] for key in model.ssh_keys()}


def lives(life: Any, model: juju.Model, payload: str) -> None:
    """A key comes, stays and goes."""
    key = life(SshKey, payload=payload)
    key.up()
    assert has(model, payload)
    assert unchanged(key)
    key.destroy()
    assert not has(model, payload)


def test_SSHKey_updated_is_replaced(life: Any, model: juju.Model) -> None:
    first, second = rsa(1, "jimmy@somewhere"), rsa(2, "jimmy@somewhere")
    key = life(SshKey, payload=first)
    key.up()
    assert key.preview(payload=rsa(1, "jimmy@elsewhere")) == "same"
    assert key.up(payload=second) == "replace"
    assert (has(model, first), has(model, second)) == (False, True)


def test_SSHKey_ColonInKeyIdentifier(life: Any, model: juju.Model) -> None:
    lives(life, model, rsa(3, "jimmy@somewhere:ssh-rsa"))


def test_SSHKey_WithoutComment(life: Any, model: juju.Model) -> None:
    lives(life, model, rsa(4, ""))


def test_SSHKey_ED25519(life: Any, model: juju.Model) -> None:
    lives(life, model, f"{KEY} jimmy@somewhere")


def test_SSHKey_AddMultiple(life: Any, model: juju.Model) -> None:
    """Keys under one comment are told apart; some go, and the others stay."""
    payloads = [rsa(number, "jimmy@somewhere") for number in range(10, 16)]
    keys = [life.made(SshKey, payload=payload) for payload in payloads]
    assert all(has(model, payload) for payload in payloads)
    for key in keys[4:]:
        key.destroy()
    assert [has(model, payload) for payload in payloads] == [True] * 4 + [False] * 2
    assert all(unchanged(key) for key in keys[:4])


def test_SSHKey_that_is_none_is_refused(life: Any) -> None:
    assert "is no public key" in life(SshKey, payload=KEY).refusals(payload="ssh-ed25519")["payload"]
