"""What is read of the stack, the client store, the charm store and clocks, before it is judged."""

from __future__ import annotations

import json
import os
import pathlib
import socket
import textwrap
import types
from typing import Any

import pytest
import yaml

import config
from clients import juju, lxd
from preflight import juju_side, region, settings, stack, store, web
from preflight.__main__ import main
from preflight.checks import SourceError
from preflight.families import clocks, first_day, locks, maas
from preflight.host import size
from preflight.stack import Stack

PLAIN = {"name": "dev", "project": "openstack-on-metal"}


def of(values: dict[str, str], *secret: str) -> Stack:
    return Stack(**PLAIN, values=values, secret=frozenset(secret))


@pytest.fixture
def program(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A program's folder, and a stand-in for the Pulumi CLI that prints what it is told to."""
    (tmp_path / "Pulumi.yaml").write_text("name: openstack-on-metal\nruntime: python\n")
    tools = tmp_path / "bin"
    tools.mkdir()
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")

    def prints(text: str, code: int = 0, to: str = "stdout") -> pathlib.Path:
        script = f"""\
            #!/usr/bin/env python3
            import sys
            open({str(tmp_path / "seen")!r}, "w").write(repr(sys.argv[1:]))
            sys.{to}.write({text!r})
            sys.exit({code})
            """
        (tools / "pulumi").write_text(textwrap.dedent(script))
        (tools / "pulumi").chmod(0o755)
        return tmp_path

    return prints


def test_a_stack_is_read_through_the_cli(program: Any) -> None:
    entries = {"maas:apiKey": {"value": "a:b:c", "secret": True}, "maas:apiUrl": {"value": "http://x", "secret": False}}
    folder = program(json.dumps(entries))
    found = stack.read("lab", folder)
    assert (found.project, found.get("maas:apiUrl"), found.secret) == ("openstack-on-metal", "http://x", {"maas:apiKey"})
    assert (folder / "seen").read_text() == repr(["config", "--stack", "lab", "--show-secrets", "--json"])
    assert "a:b:c" not in repr(found)


def test_the_command_ends_as_its_checks_do(program: Any, monkeypatch: Any, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(program("{}"))
    assert main(["--stack", "lab", "--only", "stack"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "stack\tok\tthe stack's configuration can be read"
    assert main(["--stack", "lab", "--only", "site", "--skip", "stack"]) == 1
    out, err = capsys.readouterr()
    assert out.startswith("site\tfailed\topenstack-on-metal:site: is wrong; is missing from Pulumi.lab.yaml")
    assert "nothing was changed" in err


def test_a_report_that_cannot_be_written_is_a_wrong_command_line(program: Any, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.chdir(program("{}"))
    with pytest.raises(SystemExit) as ended:
        main(["--stack", "lab", "--only", "stack", "--report", "/proc/nowhere/report.json"])
    assert ended.value.code == 2
    assert "--report /proc/nowhere/report.json can't be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "mend"),
    [
        ("error: no stack named 'lab' found", "pulumi stack select lab --create"),
        ("error: get stack secrets manager: incorrect passphrase", "PULUMI_CONFIG_PASSPHRASE"),
    ],
)
def test_a_stack_that_cannot_be_read_says_what_to_do(program: Any, words: str, mend: str) -> None:
    with pytest.raises(SourceError, match="the configuration of stack lab can't be read") as raised:
        stack.read("lab", program(words, 255, "stderr"))
    assert mend in raised.value.mend


def test_a_public_key_s_name_is_no_secret() -> None:
    """It would be blotted out wherever the word stands, as in a folder's name."""
    site = {"key_pairs": [{"name": "operator", "public_key": "ssh-ed25519 AAAA operator"}], "unseal_keys": ["unseal-me"]}
    assert of({"p:site": json.dumps(site)}, "p:site").hidden() == {"unseal-me"}


def test_what_is_secret_is_hidden_and_nothing_else() -> None:
    site = {"workers": [{"hostname": "worker-1", "bmc": {"password": "pa55word", "user": "maas"}}]}
    found = of({"maas:apiKey": "k:t:secret", "p:site": json.dumps(site), "maas:apiUrl": "http://x"}, "maas:apiKey", "p:site")
    assert found.hidden() == {"k:t:secret", "pa55word"}


def test_settings_come_from_the_stack_before_the_file(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "endpoints.json"
    file.write_text(json.dumps({"maas": {"url": "http://file", "api_key": "a:b:c"}}))
    found = of({"maas:endpointsFile": str(file), "maas:apiKey": "d:e:f", "maas:pollSeconds": "2"})
    assert settings.section(found, "maas") == {"url": "http://file", "api_key": "d:e:f", "poll_seconds": "2"}
    assert settings.maas_access(found) == ("http://file", "d:e:f", None)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({}, "maas:apiUrl and maas:apiKey not set; `pulumi config set maas:apiUrl"),
        ({"maas:apiUrl": "to-be-set", "maas:apiKey": "a:b:c"}, "maas:apiUrl not set"),
        (
            {"maas:endpointsFile": "/nowhere/e.json"},
            "/nowhere/e.json, which does not exist: the simulator is down; start it with",
        ),
    ],
)
def test_a_region_that_nobody_named(values: dict[str, str], says: str) -> None:
    with pytest.raises(SourceError) as raised:
        settings.maas_access(of(values))
    assert says in str(raised.value)


def test_a_broken_endpoints_file(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "endpoints.json"
    file.write_text("{")
    with pytest.raises(SourceError, match="can't be read"):
        settings.section(of({"juju:endpointsFile": str(file)}), "juju")
    file.write_text('{"maas": {}}')
    with pytest.raises(SourceError, match="says nothing about juju"):
        settings.section(of({"juju:endpointsFile": str(file)}), "juju")


REMOTES = [{"name": "one", "address": "https://a:8443"}, {"name": "two", "address": "https://b:8443"}]


def test_the_lxd_server_is_the_named_one_or_the_only_one() -> None:
    both = of({"lxd:remotes": json.dumps([*REMOTES, {"name": "images", "address": "https://i", "protocol": "simplestreams"}])})
    assert settings.lxd_remote(both, "two").address == "https://b:8443"
    assert settings.lxd_remote(of({"lxd:remotes": json.dumps(REMOTES[:1])}), None).name == "one"
    assert settings.lxd_remote(of({"lxd:url": "https://c:8443", "lxd:cert": "c.crt"}), None).client_certificate_file == "c.crt"
    with pytest.raises(SourceError, match="has one, two: which one"):
        settings.lxd_remote(both, None)
    with pytest.raises(SourceError, match="'three' is not among lxd:remotes"):
        settings.lxd_remote(both, "three")
    with pytest.raises(lxd.LxdError, match="adress"):
        settings.lxd_remote(of({"lxd:remotes": json.dumps([{"name": "one", "adress": "x"}])}), None)


def region_of(version: tuple[int, int], **user: Any) -> Any:
    session = types.SimpleNamespace(url="http://maas/", call=lambda *words: {"username": "bob", "is_superuser": True, **user})
    return types.SimpleNamespace(version=version, session=session)


def test_a_maas_that_is_too_old_is_not_read() -> None:
    with pytest.raises(SourceError) as raised:
        region.read(region_of((3, 3)))
    assert str(raised.value) == "http://maas/ is MAAS 3.3, older than 3.4; upgrade it to 3.4 or later"


def test_a_key_that_is_not_an_administrator_s() -> None:
    with pytest.raises(SourceError, match="maas:apiKey is bob's, who is no administrator; take an administrator's"):
        region.read(region_of((3, 5), is_superuser=False))


def test_locks_of_a_folder_are_told_with_their_owners(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path}")
    folder = tmp_path / ".pulumi" / "locks" / "organization" / "openstack-on-metal" / "dev"
    folder.mkdir(parents=True)
    assert locks.locks(of({})).held == ()
    owner = {"username": "ana", "hostname": socket.gethostname(), "timestamp": "2026-11-22T20:00:00+00:00"}
    (folder / "1.json").write_text(json.dumps({**owner, "pid": os.getpid()}))
    (folder / "2.json").write_text(json.dumps({**owner, "pid": 2**22 + 1}))
    (folder / "3.json").write_text(json.dumps({**owner, "pid": 1, "hostname": "another"}))
    (folder / "4.json").write_text("{")
    assert [lock.alive for lock in locks.locks(of({})).held] == [True, False, None, None]


def test_locks_elsewhere_are_that_backend_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://bucket")
    found = locks.locks(of({}))
    assert found.elsewhere == "s3://bucket"
    assert "s3://bucket" in str(next(locks.unlocked(found)))


def test_a_channel_serves_what_is_safer_when_it_has_nothing_of_its_own() -> None:
    from preflight.families.bundle import serving
    from preflight.store import Release

    stable = Release(track="1.8", risk="stable", revision=5, bases=frozenset())
    edge = Release(track="latest", risk="edge", revision=9, bases=frozenset())
    releases = (stable, edge)
    assert serving(releases, "1.8/candidate") == (stable,)
    assert serving(releases, "1.8") == (stable,)
    assert serving(releases, "edge") == (edge,)
    assert serving(releases, "stable") == ()
    assert serving(releases, None) == releases


def test_the_store_is_the_one_that_juju_is_told_of(site: dict[str, Any]) -> None:
    plain = config.parse(site)
    site["juju"] = {"model_config": {"charmhub-url": "https://mirror/"}}
    assert store.address({}, plain) == "https://api.charmhub.io"
    assert store.address({"charmhub_url": "http://127.0.0.1:9"}, plain) == "http://127.0.0.1:9"
    assert store.address({"charmhub_url": "http://127.0.0.1:9"}, config.parse(site)) == "https://mirror"


def test_images_are_looked_for_beside_the_program(tmp_path: pathlib.Path, site: dict[str, Any]) -> None:
    (tmp_path / "there.img").write_bytes(b"QFI")
    (tmp_path / "empty.img").touch()
    files = ("there.img", "empty.img", "gone.img")
    site["openstack"]["day_one"]["images"] = [
        {"name": "noble-amd64", "file": "there.img"},
        *({"name": f, "file": f} for f in files[1:]),
    ]
    found = first_day.find(config.parse(site), tmp_path)
    assert [(image.source, image.wrong) for image in found] == [
        ("there.img", ""),
        ("empty.img", "empty"),
        ("gone.img", "missing"),
    ]
    assert found[2].place == "openstack.day_one.images[2].file"


@pytest.mark.parametrize(("status", "wrong"), [(200, ""), (404, "missing"), (403, "the server answers 403")])
def test_images_elsewhere_are_asked_for(status: int, wrong: str, site: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "head", lambda url: status)
    image = {"name": "noble-amd64", "url": "https://cloud/noble.img", "checksum": f"sha256:{'0' * 64}"}
    site["openstack"]["day_one"]["images"] = [image]
    found = first_day.find(config.parse(site), pathlib.Path())
    assert [(each.source, each.wrong) for each in found] == [("https://cloud/noble.img", wrong)]


def test_nobody_listens_is_told_in_a_word() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(web.UnreachableError, match=f"127.0.0.1:{port}: no connection"):
            web.get(f"http://127.0.0.1:{port}/", proxied=True)


NOON = 1763812800.0  # 2025-11-22 12:00:00


@pytest.mark.parametrize(
    ("date", "asked", "answered", "found"),
    [
        ("Sat, 22 Nov 2025 12:00:00 GMT", NOON + 0.4, NOON + 0.5, 0.0),
        ("Sat, 22 Nov 2025 12:00:05 GMT", NOON, NOON + 20.0, 0.0),
        ("Sat, 22 Nov 2025 12:00:30 GMT", NOON, NOON + 1.0, 29.0),
        ("Sat, 22 Nov 2025 11:59:00 GMT", NOON, NOON + 1.0, -59.0),
        ("no date", NOON, NOON, None),
        (None, NOON, NOON, None),
    ],
)
def test_a_clock_is_read_off_an_answer(date: str | None, asked: float, answered: float, found: float | None) -> None:
    assert web.ahead(date, asked, answered) == found


def test_maas_is_knocked_at_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, Any]] = []

    def get(url: str, *, proxied: bool, ca_file: str | None) -> web.Answer:
        asked.append((url, proxied))
        return web.Answer(status=200, text="", ahead=0.0)

    monkeypatch.setattr(web, "get", get)
    for url in ("http://10.20.0.2:5240/MAAS", "http://10.20.0.2:5240/MAAS/api/2.0/"):
        region.knock(of({"maas:apiUrl": url, "maas:apiKey": "a:b:c"}))
    assert asked == [("http://10.20.0.2:5240/MAAS/api/2.0/version/", False)] * 2


def test_clocks_that_nobody_tells_are_skipped() -> None:
    assert [finding.status for finding in clocks.skew(None, None)] == ["skipped"]
    assert [finding.status for finding in clocks.skew(clocks.Clock(who="LXD", ahead=None))] == ["skipped"]


def client_of(tmp_path: pathlib.Path, script: str, site: dict[str, Any]) -> juju_side.JujuClient:
    path = tmp_path / "juju"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return juju_side.client({"binary": str(path), "data_dir": str(tmp_path)}, config.parse(site))


def test_the_juju_command_is_asked_for_its_version(tmp_path: pathlib.Path, site: dict[str, Any], monkeypatch: Any) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "hunter2")
    found = client_of(tmp_path, 'echo "3.6.9-ubuntu-amd64$PULUMI_CONFIG_PASSPHRASE"', site)
    assert found.version == "3.6.9-ubuntu-amd64"  # and it was not given the passphrase


def test_a_juju_command_that_is_missing_or_broken(tmp_path: pathlib.Path, site: dict[str, Any]) -> None:
    with pytest.raises(SourceError, match="'/nowhere/juju' can't be run") as raised:
        juju_side.client({"binary": "/nowhere/juju", "data_dir": str(tmp_path)}, config.parse(site))
    assert "snap install juju" in raised.value.mend
    with pytest.raises(SourceError, match="version` failed: oh no"):
        client_of(tmp_path, "echo oh no >&2; exit 1", site)


def test_a_controller_is_known_by_the_client_store(tmp_path: pathlib.Path, site: dict[str, Any]) -> None:
    spec = config.parse(site)
    assert juju_side.controller({"data_dir": str(tmp_path)}, spec).known is False
    entry = {"uuid": "u", "api-endpoints": ["127.0.0.1:1"], "ca-cert": "", "cloud": "aws"}
    (tmp_path / "controllers.yaml").write_text(yaml.safe_dump({"controllers": {"site": entry}}))
    found = juju_side.controller({"data_dir": str(tmp_path)}, spec)
    assert (found.known, found.cloud) == (True, "aws")
    assert "holds no password" in found.unreachable
    (tmp_path / "controllers.yaml").write_text("[")
    with pytest.raises(juju.StoreError):
        juju_side.controller({"data_dir": str(tmp_path)}, spec)


@pytest.mark.parametrize(
    ("text", "found"), [("20GiB", 20 * 2**30), ("20480MiB", 20 * 2**30), ("1GB", 10**9), ("50%", 0), ("", 0), ("7", 7)]
)
def test_sizes_in_lxd_s_form(text: str, found: int) -> None:
    assert size(text) == found


@pytest.mark.parametrize(
    ("base", "series"), [("ubuntu@24.04/stable", "noble"), ("ubuntu@22.04", "jammy"), ("ubuntu@99.04", "99.04")]
)
def test_bases_and_their_series(base: str, series: str) -> None:
    assert maas.series_of(base) == series
