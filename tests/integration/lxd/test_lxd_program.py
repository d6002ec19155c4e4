"""A whole program with the engine: up, up again, changed, changed from outside, refreshed, mended, destroyed."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import sys
from typing import Any

import pytest
import yaml

from clients import lxd as client
from providers.lxd.client_certificate import ClientCertificateInputs, ClientCertificateProvider

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[2]

pytestmark = pytest.mark.slow


class Stack:
    """A stack of the program in a folder of its own."""

    def __init__(self, folder: pathlib.Path, server: Any) -> None:
        self.folder, self.server = folder, server
        self.suffix = server.name("")
        shutil.copytree(HERE / "eleven", folder, dirs_exist_ok=True)
        pair = ClientCertificateProvider().make(ClientCertificateInputs(common_name="eleven"))
        (folder / "client.crt").write_text(pair.outputs["certificate"])
        self.state = folder / "state"
        self.state.mkdir()
        self.environment = {
            **os.environ,
            "PATH": f"{pathlib.Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'sdks' / 'pulumi_lxd'}",
            "PULUMI_BACKEND_URL": f"file://{self.state}",
            "PULUMI_CONFIG_PASSPHRASE": "test",
        }
        self.run("stack", "init", "test")
        self.configure(**server.config, **{"eleven:suffix": self.suffix})

    def run(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "engine", *arguments, *(() if arguments[0] == "stack" else ("--stack", "test"))]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def configure(self, **values: str) -> None:
        file = self.folder / "Pulumi.test.yaml"
        settings = yaml.safe_load(file.read_text())
        settings["config"] = {**settings.get("config", {}), **values}
        file.write_text(yaml.safe_dump(settings))

    def up(self, *flags: str) -> str:
        return self.run("up", "--yes", "--skip-preview", *flags)

    def text(self) -> str:
        return "".join(path.read_text() for path in self.state.rglob("*.json"))

    def outputs(self) -> dict[str, Any]:
        return dict(json.loads(self.run("stack", "output", "--stack", "test", "--json", "--show-secrets")))


def everything(lxd: client.Lxd) -> set[str]:
    """All that is on the server, by path-like names."""
    found = {f"token {operation.id}" for operation in lxd.operations() if operation.kind == "token" and not operation.done}
    for place in (("projects",), ("networks",), ("storage-pools",), ("network-acls",), ("profiles",)):
        found |= {f"{'/'.join(place)} {one.name}" for one in lxd.objects(*place)}
    found |= {f"instance {one.name}" for one in lxd.objects("instances", everywhere=True)}
    return found | {f"certificate {one.body['fingerprint']}" for one in lxd.objects("certificates")}


def test_eleven_resources(server: Any, tmp_path: pathlib.Path) -> None:
    if server.lxd.server().config.get("core.https_address") is None:
        server.lxd.configure({"core.https_address": "127.0.0.1:8443"})
    before = everything(server.lxd)
    stack = Stack(tmp_path, server)
    project, pool = f"eleven{stack.suffix}", f"pool{stack.suffix}"

    assert "12 created" in stack.up(), "the stack and its eleven resources"
    made = everything(server.lxd)
    assert len(made - before) == 7
    assert server.lxd.find("storage-pools", pool, "volumes", "custom", "data", project=project)
    assert server.lxd.find("instances", "c1", "snapshots", "first", project=project)
    outputs = stack.outputs()
    assert outputs["instance"] == f"{project}/c1"
    stack.up("--expect-no-changes")

    for secret in ("#cloud-config of a secret", outputs["token"]):
        assert secret not in stack.text()

    stack.configure(**{"eleven:description": "second", "eleven:memory": "96MiB"})
    assert "2 updated" in stack.up()
    assert server.lxd.get("projects", project).description == "second"

    server.lxd.modify(
        "projects", project, change=lambda now: {"description": "meddled", "config": {**now.config, "user.meddled": "1"}}
    )
    server.lxd.remove("instances", "c1", "snapshots", "first", project=project)
    refreshed = stack.run("refresh", "--yes", "--skip-preview")
    assert "1 updated" in refreshed
    assert "1 deleted" in refreshed
    mended = stack.up()
    assert "1 created" in mended
    assert "1 updated" in mended
    assert server.lxd.get("projects", project).description == "second"
    assert "user.meddled" not in server.lxd.get("projects", project).config
    stack.up("--expect-no-changes")

    assert "12 deleted" in stack.run("destroy", "--yes", "--skip-preview")
    assert everything(server.lxd) == before
