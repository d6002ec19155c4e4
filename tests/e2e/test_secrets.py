"""No key, token or password is readable anywhere: not in state, logs, outputs, process arguments or temporary files.

A full run with secrets that are known here, then a search of all that it left and showed.
"""

from __future__ import annotations

import base64
import os
import pathlib
import threading
from collections.abc import Iterable, Iterator
from typing import Any

import clouds
import pytest
import yaml
from rehearsal import Rehearsal

pytestmark = [pytest.mark.slow, pytest.mark.long, pytest.mark.xdist_group("secrets"), pytest.mark.timeout(900)]

OURS = {"BMC": "bmc-secret-1", "user": "zq7-client-password"}
RACK = ".simulator"
"""What the servers keep for themselves, which nobody would search on a real one; but for their logs."""
LOGS = ("requests.jsonl", "simulator.log")


class Watch:
    """Arguments of all processes and what lies in the temporary folder, sampled while a run goes on."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder, self._over = folder, threading.Event()
        self.arguments: set[bytes] = set()
        self.files: dict[str, bytes] = {}
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(0.05):
            for process in pathlib.Path("/proc").iterdir():
                if process.name.isdigit():
                    self.arguments.add(_bytes(process / "cmdline"))
            for path in self._folder.rglob("*"):
                if path.is_file():
                    self.files[f"{path} {path.stat().st_mode:o}" if path.exists() else str(path)] = _bytes(path)


def _bytes(path: pathlib.Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # gone meanwhile
        return b""


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    rehearsal = Rehearsal(tmp_path_factory.mktemp("secrets") / "checkout")
    rehearsal.start()
    yield rehearsal
    rehearsal.stop()


@pytest.fixture(scope="module")
def run(rehearsal: Rehearsal) -> dict[str, Any]:
    """An up, a preview, a refresh and the outputs, with what they said and what was seen meanwhile."""
    temporary = rehearsal.folder / "tmp"
    temporary.mkdir()
    environment = rehearsal.environment
    rehearsal.environment = lambda: {**environment(), "TMPDIR": str(temporary)}  # type: ignore[method-assign]
    path = "openstack-on-metal:site.openstack.day_one.users[0].password"
    done = rehearsal.pulumi("config", "set", "--stack", "dev", "--secret", "--path", path, OURS["user"])
    assert done.returncode == 0, done.stderr
    with Watch(temporary) as watch:
        said = [rehearsal.up("--diff")]
        said += [rehearsal.pulumi(*words, "--stack", "dev").stdout for words in (("stack", "output"), ("preview", "--diff"))]
        said += [rehearsal.refresh("--diff"), rehearsal.pulumi("stack", "export", "--stack", "dev").stdout]
    shown = rehearsal.pulumi("stack", "output", "--stack", "dev", "--json", "--show-secrets")
    assert OURS["user"] not in shown.stdout  # not even there: it is an input, and no output
    return {"said": "\n".join(said), "watch": watch}


@pytest.fixture(scope="module")
def secrets(rehearsal: Rehearsal, run: dict[str, Any]) -> dict[str, str]:
    """What must be read nowhere, by what it is."""
    endpoints = rehearsal.endpoints
    entry = yaml.safe_load((clouds.files(rehearsal) / "clouds.yaml").read_text())["clouds"][clouds.CLOUD]
    store = yaml.safe_load((rehearsal.folder / ".simulator/juju/accounts.yaml").read_text())
    exported = rehearsal.pulumi("stack", "export", "--stack", "dev", "--show-secrets").stdout
    keys = _vault_keys(yaml.safe_load(exported))
    assert len(keys) == 6
    found = {
        **OURS,
        "MAAS key": endpoints["maas"]["api_key"],
        "MAAS key's last part": endpoints["maas"]["api_key"].rpartition(":")[2],
        "administrator": entry["auth"]["password"],
        "Juju": store["controllers"]["site"]["password"],
        "a private key": "PRIVATE KEY",
        **{f"Vault {index}": key for index, key in enumerate(keys)},
    }
    assert all(len(value) >= 8 for value in found.values())
    return found


def _vault_keys(state: dict[str, Any]) -> list[str]:
    """Vault's keys and its root token, which the state alone has."""
    resources = state["deployment"]["resources"]
    outputs = next(r["outputs"] for r in resources if r["type"].endswith("vault:Initialisation"))
    plain = {name: _opened(outputs[name]) for name in ("keys", "root_token")}
    return [*plain["keys"], plain["root_token"]]


def _opened(value: Any) -> Any:
    if isinstance(value, dict) and "plaintext" in value:
        return yaml.safe_load(value["plaintext"])
    return value


def readable(secret: str, texts: Iterable[tuple[str, bytes]]) -> list[str]:
    """Where a secret stands, in clear or in Base64."""
    forms = {secret.encode(), base64.b64encode(secret.encode()).rstrip(b"=")}
    return [name for name, text in texts if any(form in text for form in forms)]


def test_nothing_that_was_said_tells_a_secret(run: dict[str, Any], secrets: dict[str, str]) -> None:
    for what, secret in secrets.items():
        assert secret not in run["said"], what


def test_no_file_of_the_checkout_tells_one(rehearsal: Rehearsal, secrets: dict[str, str]) -> None:
    """State, caches, notes and logs, and what the program wrote but for the way in itself."""
    texts = [(str(path), _bytes(path)) for path in _files(rehearsal.folder)]
    assert any(".pulumi-state" in name for name, _ in texts)
    for what, secret in secrets.items():
        assert readable(secret, texts) == [], what


def _files(checkout: pathlib.Path) -> Iterator[pathlib.Path]:
    for folder, _, names in os.walk(checkout):  # the links to the program's folders are not followed
        for path in (pathlib.Path(folder) / name for name in names):
            if not path.is_relative_to(checkout / RACK) or path.name in LOGS:
                yield path


def test_no_process_was_given_one(run: dict[str, Any], secrets: dict[str, str]) -> None:
    seen = [(text.replace(b"\0", b" ").decode(errors="replace")[:60], text) for text in run["watch"].arguments]
    assert any("engine" in name for name, _ in seen)
    for what, secret in secrets.items():
        assert readable(secret, seen) == [], what


def test_no_temporary_file_that_others_may_read_had_one(run: dict[str, Any], secrets: dict[str, str]) -> None:
    open_to_others = [(name, text) for name, text in run["watch"].files.items() if not name.endswith("600")]
    for what, secret in secrets.items():
        assert readable(secret, open_to_others) == [], what
