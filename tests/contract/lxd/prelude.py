"""The server as it was when the recorder began: made through the API, on a host like the recorder's."""

from __future__ import annotations

import datetime
import io
import json
import tarfile
from typing import Any

import yaml

from simulator.testing import Rack
from simulator.world import LxdHost, WorldData

from .wire import Wire

HOST = "vm"
_LEFTOVER = datetime.datetime(2026, 11, 22, 10, 26, 25, 60000, tzinfo=datetime.UTC).timestamp()
"""When the recorder cleaned up after its first attempt, a second before the first recorded operation."""
_IMAGES: tuple[dict[str, Any], ...] = (
    {
        "alias": "busybox",
        "filename": "bb.tar.gz",
        "size": 1037344,
        "description": "busybox tiny",
        "os": "BusyBox",
        "release": "1.35",
    },
    {
        "alias": "debian",
        "filename": "deb.squashfs",
        "size": 66416924,
        "description": "debian bookworm minbase",
        "os": "Debian",
        "release": "bookworm",
    },
)


def world() -> WorldData:
    """A rack with nothing but the recorder's machine: 2 CPUs, 24 GiB, no interface of its own."""
    host = LxdHost(key=HOST, cpus=2, memory=24576, pool_size=270553174016)
    return WorldData(lxd_hosts={HOST: host})


class Prelude:
    """Puts the server into the recorder's state."""

    def __init__(self, rack: Rack, wire: Wire) -> None:
        self._rack = rack
        self._wire = wire

    def play(self) -> None:
        """`lxd init`, two images, two running containers, and what the recorder's first attempt left in the operations."""
        for certificate in self._do("GET", "/1.0/certificates"):
            self._do("DELETE", certificate)
        self._do("PATCH", "/1.0", {"config": {"core.trust_password": "sekret", "images.auto_update_interval": "0"}})
        self._do("POST", "/1.0/storage-pools", {"name": "default", "driver": "dir"})
        config = {"ipv4.address": "10.99.7.1/24", "ipv4.nat": "true", "ipv6.address": "none"}
        self._do("POST", "/1.0/networks", {"name": "lxdbr0", "config": config})
        devices = {
            "eth0": {"name": "eth0", "network": "lxdbr0", "type": "nic"},
            "root": {"path": "/", "pool": "default", "type": "disk"},
        }
        self._do("PUT", "/1.0/profiles/default", {"description": "Default LXD profile", "config": {}, "devices": devices})
        for image in _IMAGES:
            self._image(image)
            self._instance(image["alias"])
        self._leftover()

    def _image(self, image: dict[str, Any]) -> None:
        headers = {"X-LXD-filename": image["filename"], "Content-Type": "application/octet-stream"}
        fingerprint = self._operate("POST", "/1.0/images", _archive(image), headers)["metadata"]["fingerprint"]
        self._do("POST", "/1.0/images/aliases", {"name": image["alias"], "target": fingerprint})

    def _instance(self, alias: str) -> None:
        self._operate("POST", "/1.0/instances", {"name": f"c-{alias}", "source": {"type": "image", "alias": alias}})
        self._operate("PUT", f"/1.0/instances/c-{alias}/state", {"action": "start"})

    def _leftover(self) -> None:
        self._do("POST", "/1.0/projects", {"name": "p2"})
        root = {"root": {"type": "disk", "path": "/", "pool": "default"}}
        wanted = {"name": "i2", "source": {"type": "none"}, "devices": root}
        self._operate("POST", "/1.0/instances?project=p2", wanted)
        self._rack.advance(_LEFTOVER - self._rack.clock.now())
        self._operate("DELETE", "/1.0/instances/i2?project=p2")
        self._do("DELETE", "/1.0/projects/p2")

    def _operate(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> dict[str, Any]:
        operation = self._do(method, path, body, headers)
        while operation["status"] == "Running":
            self._rack.advance(0.05)
            operation = self._do("GET", f"/1.0/operations/{operation['id']}")
        if operation["status"] != "Success":
            raise RuntimeError(f"prelude: {method} {path}: {operation['err']}")
        return dict(operation)

    def _do(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        answer = self._wire.ask(method, path, headers=headers or {"Content-Type": "application/json"}, body=data)
        if answer["status"] >= 400:
            raise RuntimeError(f"prelude: {method} {path}: {answer['body']}")
        return answer["body"]["metadata"]


def _archive(image: dict[str, Any]) -> bytes:
    """An image file with the recorder's metadata, of the recorded size."""
    properties = {"architecture": "amd64", **{key: image[key] for key in ("description", "os", "release")}}
    metadata = {"architecture": "x86_64", "creation_date": 1790000000, "properties": properties}
    text = yaml.safe_dump(metadata).encode()
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        member = tarfile.TarInfo("metadata.yaml")
        member.size = len(text)
        archive.addfile(member, io.BytesIO(text))
    return stream.getvalue().ljust(int(image["size"]), b"\0")
