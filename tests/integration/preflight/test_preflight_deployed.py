"""The command itself, in a checkout of its own: before anything is deployed, afterwards, and when something is wrong."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

ROOT = pathlib.Path(__file__).parents[3]
LINKED = (
    "__main__.py",
    "Pulumi.yaml",
    "bundle",
    "bundles",
    "clients",
    "components",
    "config",
    "preflight",
    "providers",
    "sdks",
    "simulator",
)
SECRETS = ("bmc-secret-1", "bmc-secret-2", "simulator-passphrase")

pytestmark = [pytest.mark.slow, pytest.mark.long, pytest.mark.xdist_group("preflight")]


class Checkout:
    """The program linked into a folder, with a rack and a state of its own."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        for name in LINKED:
            (folder / name).symlink_to(ROOT / name)
        shutil.copy(ROOT / "Pulumi.dev.yaml", folder)
        (folder / "state").mkdir()

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        env = {
            **os.environ,
            "PATH": f"{pathlib.Path(sys.executable).parent}:/usr/bin:/bin",
            "PYTHONPATH": f"{ROOT}:{ROOT / 'sdks/pulumi_lxd'}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PULUMI_BACKEND_URL": f"file://{self.folder / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "simulator",
            "PULUMI_HOME": str(self.folder / "home"),
            **environment,
        }
        return subprocess.run(
            [sys.executable, "-m", *words], cwd=self.folder, env=env, capture_output=True, text=True, check=False, timeout=500
        )

    def check(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return self.run("preflight", "--stack", "dev", *words, **environment)

    def mutations(self) -> list[dict[str, Any]]:
        lines = (self.folder / ".simulator/requests.jsonl").read_text().splitlines()
        return [entry for entry in map(json.loads, lines) if entry["mutates"]]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    made = Checkout(tmp_path_factory.mktemp("preflight"))
    started = made.run("simulator", "start", "--factor", "7200", "--dir", ".simulator")
    assert started.returncode == 0, started.stderr
    try:
        assert made.run("engine", "stack", "select", "dev", "--create").returncode == 0
        yield made
    finally:
        made.run("simulator", "stop", "--dir", ".simulator")


def statuses(done: subprocess.CompletedProcess[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for line in done.stdout.splitlines()[:-1]:
        name, status, _ = line.split("\t")
        found.setdefault(name, set()).add(status)
    return found


def test_before_and_after_a_deployment_all_is_well(checkout: Checkout) -> None:
    before = checkout.check()
    assert before.returncode == 0, before.stdout + before.stderr
    assert {status for found in statuses(before).values() for status in found} == {"ok", "skipped"}
    assert checkout.mutations() == []

    up = checkout.run("engine", "up", "--stack", "dev", "--yes", "--skip-preview", "--parallel", "64")
    assert up.returncode == 0, up.stdout[-3000:] + up.stderr[-3000:]
    touched = len(checkout.mutations())
    report = checkout.folder / "reports" / "dev.json"
    after = checkout.check("--report", str(report))
    assert after.returncode == 0, after.stdout + after.stderr
    assert {status for found in statuses(after).values() for status in found} == {"ok"}
    assert len(checkout.mutations()) == touched

    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    saved = json.loads(report.read_text())
    assert saved["passed"]
    assert saved["counts"]["ok"] == len(saved["checks"])
    assert [secret for secret in SECRETS if secret in report.read_text() + after.stdout + after.stderr] == []

    brief = checkout.check("--brief")
    assert brief.stdout.splitlines()[:-1] == []
    assert brief.stdout.startswith("pre-flight: ")

    broken = checkout.folder / "Pulumi.dev.yaml"
    text = broken.read_text()
    broken.write_text(text.replace("external_nic: eno2", "external_nic: eno9", 1))
    try:
        wrong = checkout.check("--brief", "--only", "external-nic", "--json")
    finally:
        broken.write_text(text)
    assert wrong.returncode == 1
    assert json.loads(wrong.stdout)["checks"][0]["findings"][0] == {
        "status": "failed",
        "place": "workers[0].external_nic",
        "said": "worker-1 has no port eno9 (it has eno1, eno2)",
        "mend": "name one of them",
    }


def test_a_wrong_passphrase_is_told_without_a_traceback(checkout: Checkout) -> None:
    done = checkout.check(PULUMI_CONFIG_PASSPHRASE="simulator-passphrase")
    assert done.returncode == 1
    assert "PULUMI_CONFIG_PASSPHRASE" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert "simulator-passphrase" not in done.stdout + done.stderr


def test_a_stack_that_there_is_not(checkout: Checkout) -> None:
    done = checkout.run("preflight", "--stack", "nowhere", "--brief")
    assert done.returncode == 1
    assert done.stdout.startswith("stack\tfailed\tthe configuration of stack nowhere can't be read: ")
    assert "pulumi stack select nowhere --create" in done.stdout
