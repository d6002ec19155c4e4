"""A checkout of its own for one test module: the program linked in, with its own rack, state and stack file."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import yaml

ROOT = pathlib.Path(__file__).parents[2]
LINKED = ("__main__.py", "Pulumi.yaml", "bundle", "bundles", "clients", "components", "config", "providers", "sdks", "simulator")
SITE = "openstack-on-metal:site"
PATIENCE = 900


@dataclasses.dataclass(frozen=True)
class Step:
    """What a preview plans for one resource: `op`, and the resource as "module:Type name"."""

    op: str
    resource: str


class Rehearsal:
    """Runs the program with the embedded engine against a rack in a folder of its own."""

    def __init__(self, folder: pathlib.Path, factor: float = 7200) -> None:
        self.folder, self.factor = folder, factor
        folder.mkdir(parents=True, exist_ok=True)
        for name in LINKED:
            (folder / name).symlink_to(ROOT / name)
        shutil.copy(ROOT / "Pulumi.dev.yaml", folder)

    # the rack

    def simulator(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self._run([sys.executable, "-m", "simulator", *words, "--dir", ".simulator"], watched=True)

    def start(self) -> None:
        self.simulator("start", "--factor", str(self.factor)).check_returncode()
        assert self.pulumi("stack", "select", "dev", "--create").returncode == 0

    def stop(self) -> None:
        """Stops the rack; what clients and its controllers said must have been as a controller's schema has it."""
        self.simulator("stop")
        problems = self.folder / "frame-problems"
        assert not problems.exists(), problems.read_text()[:5000]

    @property
    def endpoints(self) -> dict[str, Any]:
        return json.loads((self.folder / ".simulator/endpoints.json").read_text())

    def mutations(self) -> list[dict[str, Any]]:
        path = self.folder / ".simulator/requests.jsonl"  # there is none before the first request
        lines = path.read_text().splitlines() if path.exists() else []
        return [entry for entry in map(json.loads, lines) if entry["mutates"]]

    # the program

    def pulumi(self, *words: str, timeout: float = PATIENCE) -> subprocess.CompletedProcess[str]:
        return self._run(self._command(*words), timeout=timeout)

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "engine", *words]

    def up(self, *flags: str) -> str:
        return self._succeed("up", "--yes", "--skip-preview", *flags)

    def refresh(self, *flags: str) -> str:
        return self._succeed("refresh", "--yes", "--skip-preview", *flags)

    def destroy(self, *flags: str) -> str:
        return self._succeed("destroy", "--yes", "--skip-preview", *flags)

    def _succeed(self, verb: str, *flags: str) -> str:
        done = self.pulumi(verb, "--stack", "dev", "--parallel", "64", *flags)
        assert done.returncode == 0, f"{verb} exited {done.returncode}\n{telling(done.stdout)}\n{telling(done.stderr)}"
        return done.stdout + done.stderr

    def plan(self) -> set[Step]:
        """What a preview would change."""
        done = self.pulumi("preview", "--stack", "dev", "--json")
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
        steps = json.loads(done.stdout)["steps"]
        return {Step(s["op"], describe(s["urn"])) for s in steps if s["op"] not in ("same", "read")}

    def outputs(self) -> dict[str, Any]:
        return json.loads(self.pulumi("stack", "output", "--stack", "dev", "--json").stdout)

    def resources(self) -> list[dict[str, Any]]:
        deployment = json.loads(self.pulumi("stack", "export", "--stack", "dev").stdout)["deployment"]
        return deployment.get("resources") or []

    def interrupted(self, verb: str, when: Callable[[], bool], how: signal.Signals) -> int:
        """Runs a verb and signals the engine as soon as `when` holds; returns its exit code."""
        words = self._command(verb, "--stack", "dev", "--parallel", "64", "--yes", "--skip-preview")
        with (self.folder / "interrupted.log").open("a") as log:
            process = subprocess.Popen(words, cwd=self.folder, env=self.environment(), stdout=log, stderr=log)
            deadline = time.monotonic() + PATIENCE
            while process.poll() is None and not when() and time.monotonic() < deadline:
                time.sleep(0.05)
            process.send_signal(how)
            return process.wait(PATIENCE)

    # the stack file

    @contextlib.contextmanager
    def edited(self, edit: Callable[[dict[str, Any]], None]) -> Iterator[None]:
        """The site as `edit` leaves it, for a while."""
        path = self.folder / "Pulumi.dev.yaml"
        before = path.read_text()
        try:
            self.edit(edit)
            yield
        finally:
            path.write_text(before)

    def edit(self, edit: Callable[[dict[str, Any]], None]) -> None:
        path = self.folder / "Pulumi.dev.yaml"
        document = yaml.safe_load(path.read_text())
        edit(document["config"][SITE])
        path.write_text(yaml.safe_dump(document, sort_keys=False))

    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("PULUMI_")}
        state = self.folder / ".pulumi-state"
        state.mkdir(exist_ok=True)
        return {
            **kept,
            "PATH": f"{pathlib.Path(sys.executable).parent}:{kept['PATH']}",
            "PYTHONPATH": f"{ROOT}:{ROOT / 'sdks/pulumi_lxd'}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "HOME": str(self.folder),
            "PULUMI_HOME": str(self.folder / ".pulumi-home"),
            "PULUMI_BACKEND_URL": state.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "simulator",
        }

    def _run(self, words: list[str], timeout: float = PATIENCE, *, watched: bool = False) -> subprocess.CompletedProcess[str]:
        environment = self.environment() | (self._watching() if watched else {})
        return subprocess.run(
            words, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=timeout, check=False
        )

    def _watching(self) -> dict[str, str]:
        """Has a simulator, which is a process of its own, hold its frames against the controller's schema."""
        hook = pathlib.Path(__file__).parent / "watching"
        path = f"{hook}:{self.environment()['PYTHONPATH']}"
        return {"PYTHONPATH": path, "JUJU_FRAME_PROBLEMS": str(self.folder / "frame-problems")}


def telling(text: str) -> str:
    """What was printed, without the outputs and the steps that went well."""
    head, _, tail = text.partition("\nOutputs:")
    dull = re.compile(r"(refreshing|creating|updating|deleting|created|unchanged)( \([\d.]+s\))?$")
    kept = [line for line in head.splitlines() if not dull.search(line)]
    return "\n".join(kept)[-8000:] + tail[tail.find("\nResources:") :]


def describe(urn: str) -> str:
    """A URN without what is the same for all: "maas:Subnet management"."""
    *_, kinds, name = urn.split("::", 3)
    kind = kinds.rpartition("$")[2].removeprefix("pulumi-python:dynamic/")
    return f"{kind} {name}"
