"""Asks the simulator what the recorder asked a real LXD, in the same order and at the same time of its clock."""

from __future__ import annotations

import datetime
import json
import pathlib
import re
from collections.abc import Iterator
from typing import Any

from simulator.testing import Rack, running_rack

from ..reporting import Outcome
from .compare import differences
from .names import Names
from .prelude import Prelude, world
from .wire import Wire

FIRST = ("server", "images", "projects", "profiles", "networks", "storage", "instances", "certificates")
"""Recorded in one go on a host whose kernel has no vhost_vsock."""
SECOND = ("instances_vm",)
"""Recorded on the same host with that check answered: VMs are made, but qemu may not lock memory."""
CLIENTS = ("cl-a", "cl-b", "cl-c")
_BEGIN = datetime.datetime(2026, 11, 22, 10, 20, tzinfo=datetime.UTC).timestamp()
"""Some minutes before the first recorded request."""
_STEP = 0.05


def recordings(truth: pathlib.Path) -> pathlib.Path:
    """The folder with the recorded pairs: DIR itself, DIR/rest or DIR/lxd/rest."""
    for folder in (truth, truth / "rest", truth / "lxd" / "rest"):
        if (folder / "instances.json").exists():
            return folder
    raise FileNotFoundError(f"no recorded pairs (instances.json) in {truth}, {truth}/rest or {truth}/lxd/rest")


def replay(truth: pathlib.Path, scratch: pathlib.Path) -> list[Outcome]:
    """Replays everything in `truth` on a simulator in `scratch`, and tells how each pair went."""
    folder = recordings(truth)
    with running_rack(world(), factor=0, directory=scratch, services=("lxd",)) as rack:
        rack.call(rack.clock.load, {"now": _BEGIN, "factor": 0.0, "timers": []})
        session = Session(rack, scratch)
        rack.fault("lxd-no-vms")
        outcomes = [outcome for name in FIRST for outcome in session.file(folder / f"{name}.json")]
        rack.clear_faults()
        rack.fault("lxd-qemu-fails", reason="Error: operation not permitted\n")
        return outcomes + [outcome for name in SECOND for outcome in session.file(folder / f"{name}.json")]


class Session:
    """One conversation with a running rack."""

    def __init__(self, rack: Rack, scratch: pathlib.Path) -> None:
        self._rack = rack
        self._wire = Wire(rack.endpoints["lxd"], scratch)
        self._names = Names({name: self._wire.certificate(name) for name in CLIENTS})
        Prelude(rack, self._wire).play()

    def file(self, path: pathlib.Path) -> Iterator[Outcome]:
        """Replays one file of pairs."""
        for number, pair in enumerate(json.loads(path.read_text())):
            request = f"{pair['request']['method']} {pair['request']['path']}"
            found = differences(pair["response"], self._ask(pair), self._names)
            yield Outcome(pair=f"{path.stem}#{number}", request=request, lines=found)

    def _ask(self, pair: dict[str, Any]) -> dict[str, Any]:
        request = pair["request"]
        path = self._names.request(request["path"])
        self._keep_time(pair)
        self._let_end(path)
        headers = {name: self._names.request(value) for name, value in request.get("headers", {}).items()}
        return self._wire.ask(request["method"], path, headers=headers, body=self._body(request), via=_via(pair))

    def _body(self, request: dict[str, Any]) -> bytes | None:
        body = request["body"]
        if body is None or isinstance(body, str):
            return None if body is None else body.encode()
        return json.dumps(self._names.body(body)).encode()

    def _keep_time(self, pair: dict[str, Any]) -> None:
        """Moves the clock to when the real server got the request, where that is known."""
        body = pair["response"]["body"]
        if not isinstance(body, dict) or body.get("type") != "async":
            return
        text = body["metadata"]["created_at"]
        wanted = datetime.datetime.fromisoformat(text[:26].rstrip("Z") + "+00:00").timestamp()
        ahead = wanted - self._rack.clock.now()
        if ahead > 0:
            self._rack.advance(ahead)

    def _let_end(self, path: str) -> None:
        """Lets time pass until the operation that is waited for ended; a wait of 0 seconds is no wait."""
        found = re.fullmatch(r"(/1\.0/operations/[^/]+)/wait\?timeout=([1-9]\d*)", path)
        if not found:
            return
        for _ in range(int(float(found[2]) / _STEP)):
            body = self._wire.ask("GET", found[1])["body"]
            if body["type"] == "error" or body["metadata"]["status"] != "Running":
                return
            self._rack.advance(_STEP)


def _via(pair: dict[str, Any]) -> str | None:
    """Which connection a pair was recorded on: None is the socket, "" TLS without a client certificate."""
    transport = pair.get("transport")
    if transport is None:
        return None
    return str(transport).rpartition("client-cert=")[2] if "client-cert=" in transport else ""
