"""What an operator gets wrong: one clear message, a failing exit code, no traceback, and nothing changed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml
from rehearsal import SITE, Rehearsal

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("bad-input"), pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    rehearsal = Rehearsal(tmp_path_factory.mktemp("bad") / "checkout")
    rehearsal.start()
    yield rehearsal
    rehearsal.stop()


def refused(rehearsal: Rehearsal) -> str:
    """Runs `up`, which must fail plainly and change nothing; returns what it said."""
    before = len(rehearsal.mutations())
    words = ["up", "--stack", "dev", "--yes", "--skip-preview"]
    done = rehearsal.pulumi(*words)
    said = done.stdout + done.stderr
    assert done.returncode != 0, said
    assert "Traceback" not in said
    assert rehearsal.mutations()[before:] == []
    return said


SITES: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "a gateway outside its subnet": (
        lambda site: site["networks"]["management"].update(gateway="10.99.0.1"),
        "networks.management.gateway = 10.99.0.1: lies outside 10.20.0.0/24",
    ),
    "a typo": (
        lambda site: site["networks"]["bmc"].update(gatway="10.10.0.1"),
        "networks.bmc.gatway: there is no such key; did you mean gateway?",
    ),
    "a space that is not there": (
        lambda site: site["networks"]["management"].update(space="mgmt"),
        "which no network provides; there are external, mgmt",
    ),
    "an unknown option": (
        lambda site: site["openstack"].update(options={"keystone": {"debgu": True}}),
        "debgu",
    ),
    "an overlay that is not there": (lambda site: site["openstack"].update(overlays=["nowhere.yaml"]), "nowhere.yaml"),
}


@pytest.mark.parametrize("what", SITES)
def test_a_site_that_is_wrong(rehearsal: Rehearsal, what: str) -> None:
    edit, says = SITES[what]
    with rehearsal.edited(edit):
        assert says in refused(rehearsal)


def test_a_bundle_that_wants_a_machine_that_is_not_there(rehearsal: Rehearsal) -> None:
    document = {"applications": {"glance": {"to": ["lxd:9"]}}}
    (rehearsal.folder / "overlay.yaml").write_text(yaml.safe_dump(document))
    with rehearsal.edited(lambda site: site["openstack"].update(overlays=["overlay.yaml"])):
        said = refused(rehearsal)
    assert "overlay.yaml" in said
    assert "9" in said


def test_a_wrong_passphrase(rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = rehearsal.environment
    monkeypatch.setattr(rehearsal, "environment", lambda: {**environment(), "PULUMI_CONFIG_PASSPHRASE": "wrong"})
    assert "passphrase" in refused(rehearsal)


def test_a_wrong_maas_key(rehearsal: Rehearsal) -> None:
    path = rehearsal.folder / ".simulator/endpoints.json"
    kept = path.read_text()
    endpoints = json.loads(kept)
    consumer, token, _ = endpoints["maas"]["api_key"].split(":")
    endpoints["maas"]["api_key"] = f"{consumer}:{token}:wrong"
    try:
        path.write_text(json.dumps(endpoints))
        said = refused_after_lxd(rehearsal)
    finally:
        path.write_text(kept)
    assert "maas:apiKey" in said
    assert "wrong" not in said.replace("is wrong", "")


def refused_after_lxd(rehearsal: Rehearsal) -> str:
    """As `refused`; what doesn't need MAAS may have been made meanwhile, and is taken away again."""
    done = rehearsal.pulumi("up", "--stack", "dev", "--yes", "--skip-preview")
    said = done.stdout + done.stderr
    assert done.returncode != 0, said
    assert "Traceback" not in said
    rehearsal.pulumi("destroy", "--stack", "dev", "--yes", "--skip-preview")
    return said


def test_a_site_that_is_missing(rehearsal: Rehearsal) -> None:
    path = rehearsal.folder / "Pulumi.dev.yaml"
    kept = path.read_text()
    document = yaml.safe_load(kept)
    del document["config"][SITE]
    try:
        path.write_text(yaml.safe_dump(document))
        assert "Stack 'dev' is missing configuration value 'site'" in refused(rehearsal)  # Pulumi.yaml asks for it
    finally:
        path.write_text(kept)


def test_a_simulator_that_is_down(rehearsal: Rehearsal) -> None:
    rehearsal.stop()
    try:
        said = refused(rehearsal)
    finally:
        rehearsal.start()
    assert "make simulator" in said or "127.0.0.1" in said


def test_no_endpoints_file(rehearsal: Rehearsal) -> None:
    path = rehearsal.folder / ".simulator/endpoints.json"
    shutil.move(path, path.with_suffix(".away"))
    try:
        said = refused(rehearsal)
    finally:
        shutil.move(path.with_suffix(".away"), path)
    assert "endpoints.json" in said
