"""Two ways to say the same thing are equal; what is wrong is said with its mend."""

from __future__ import annotations

from typing import Any

import pytest

from providers._base import is_unknown
from providers.juju import _application, _fingerprint, _values, application, integration, machine, ssh_key
from providers.juju._common import span

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBkd3uIBr2YVrlkSrDmYnbV9tVQfI7lHoCk9FYcDXQpb"


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ({"mem": "4G"}, {"mem": 4096}),
        ({"mem": 4096}, {"mem": 4096}),
        ({"mem": "1.5G"}, {"mem": 1536}),
        ({"root_disk": "100G"}, {"root-disk": 102400}),
        ({"tags": "b,a"}, {"tags": ["a", "b"]}),
        ({"tags": ["b", "^a"]}, {"tags": ["^a", "b"]}),
        ({"cores": "8", "virt-type": "virtual-machine"}, {"cores": 8, "virt-type": "virtual-machine"}),
        ({"mem": None, "tags": []}, {}),
        ({"allocate-public-ip": "true"}, {"allocate-public-ip": True}),
    ],
)
def test_constraints_have_one_form(given: dict[str, Any], normal: dict[str, Any]) -> None:
    assert _values.constraints(given) == normal


def test_a_misspelt_constraint_is_named_with_the_near_one() -> None:
    with pytest.raises(ValueError, match="no constraint 'core'; did you mean 'cores'"):
        _values.constraints({"core": 4})
    with pytest.raises(ValueError, match="'4 GB' is no size"):
        _values.constraints({"mem": "4 GB"})


def test_constraints_survive_the_command_line_and_the_status_line() -> None:
    values = {"mem": 4096, "tags": ["a", "b"], "cores": 2, "allocate-public-ip": False}
    text = _values.constraints_text(values)
    assert text == "allocate-public-ip=false cores=2 mem=4096M tags=a,b"
    assert _values.constraints_from(text) == values


def test_an_architecture_that_juju_adds_is_no_difference() -> None:
    assert _values.same_constraints({"arch": "amd64", "mem": 1}, {"mem": 1})
    assert not _values.same_constraints({"arch": "amd64"}, {"arch": "arm64"})


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("3", 3, True),
        (3, 3.0, True),
        ("true", True, True),
        (True, "true", True),
        (1, True, False),
        ("None", "", False),
        ("a", "b", False),
    ],
)
def test_options_are_compared_by_meaning(old: Any, new: Any, same: bool) -> None:
    assert _application.same_option(old, new) is same


def problems(provider: Any, **news: Any) -> dict[str, str]:
    return {f.property: f.reason for f in provider.check({}, news).failures}


def test_an_integration_needs_two_named_endpoints() -> None:
    provider = integration.IntegrationProvider()
    assert "has 2 endpoints" in problems(provider, model="m", endpoints=["a:b"])["endpoints"]
    assert "different endpoints" in problems(provider, model="m", endpoints=["a:b", "a:b"])["endpoints"]
    assert "write it like mysql:endpoint" in problems(provider, model="m", endpoints=["mysql", "a:b"])["endpoints"]
    assert provider.check({}, {"model": "m", "endpoints": ["b:y", "a:x"]}).inputs["endpoints"] == ["a:x", "b:y"]


def test_a_container_needs_both_parent_and_type() -> None:
    provider = machine.MachineProvider()
    assert "go together" in problems(provider, model="m", name="n", parent="0")["container_type"]
    found = problems(provider, model="m", name="n", parent="0", container_type="lxd", placement="zone=a")
    assert "placed by its parent" in found["placement"]


def test_a_subordinate_takes_no_constraints_and_a_revision_needs_a_channel() -> None:
    provider = application.ApplicationProvider()
    found = problems(provider, model="m", name="n", charm="c", subordinate=True, constraints={"mem": 1}, revision=3)
    assert found.keys() == {"constraints", "revision"}


def test_a_typo_in_an_input_is_named_with_the_near_one() -> None:
    assert (
        "did you mean 'channel'"
        in problems(application.ApplicationProvider(), model="m", name="n", charm="c", chanel="x")["chanel"]
    )


def test_what_a_preview_doesnt_know_passes() -> None:
    from pulumi.runtime import rpc

    provider = integration.IntegrationProvider()
    result = provider.check({}, {"model": rpc.UNKNOWN, "endpoints": ["a:x", "b:y"]})
    assert result.failures == []
    assert is_unknown(result.inputs["model"])


def test_an_ssh_keys_comment_doesnt_count() -> None:
    provider = ssh_key.SshKeyProvider()
    olds, news = {"model": "m", "payload": f"{KEY} me@old"}, {"model": "m", "payload": f"{KEY} me@new"}
    assert not provider.diff("id", olds, news).changes
    assert ssh_key.fingerprint(KEY) == ssh_key.fingerprint(f"{KEY} me@x")
    assert "no public key" in problems(provider, model="m", payload="hello")["payload"]


def test_a_fingerprint_shows_a_change_and_not_the_secret() -> None:
    old = {"auth-type": "oauth1", "maas-oauth": "consumer:token:secret"}
    known = _fingerprint.fingerprint(old)
    assert _fingerprint.matches(known, old)
    assert not _fingerprint.matches(known, {**old, "maas-oauth": "consumer:token:other"})
    assert "secret" not in known
    assert len(known.partition(":")[2]) == 8
    assert _fingerprint.fingerprint(old) != known  # salted


@pytest.mark.parametrize(("seconds", "text"), [(0, "0s"), (59, "59s"), (720, "12m"), (3900, "1h05m")])
def test_durations_are_short(seconds: float, text: str) -> None:
    assert span(seconds) == text
