"""The LXD that the provider tests run against: the simulator's, or a real one.

LXD_SOCKET (a path), or LXD_REMOTE_URL with LXD_CLIENT_CERT, LXD_CLIENT_KEY and LXD_SERVER_CERT (paths), name a real daemon that
may be filled and emptied at will; without them the simulator is started. Nothing in the tests knows which it is, but for what
the kernel of a test machine can't do (`can_run_vms`).
"""

from __future__ import annotations

import dataclasses
import io
import json
import os
import pathlib
import tarfile
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from pulumi.dynamic import Config, ConfigureRequest

from clients import lxd as client
from providers.lxd import _capacity
from providers.lxd._lxd import LxdProvider
from simulator.testing import Rack, running_rack

BUSYBOX = pathlib.Path("/bin/busybox")


@dataclasses.dataclass
class Server:
    """A server to test with, the stack configuration that names it, and unique names on it."""

    config: dict[str, str]
    lxd: client.Lxd
    rack: Rack | None

    @property
    def can_run_vms(self) -> bool:
        return self.rack is not None

    def name(self, kind: str) -> str:
        return f"{kind}{uuid.uuid4().hex[:6]}"

    def life(self, provider: type[LxdProvider[Any]], **props: Any) -> Life:
        return Life(provider, self.config, props)


class Life:
    """One resource, driven as the engine drives it; every value passes through JSON, whose numbers are floats."""

    def __init__(self, provider: type[LxdProvider[Any]], config: dict[str, str], props: dict[str, Any]) -> None:
        self.provider = provider()
        self.provider.configure(ConfigureRequest(Config(config, "test")))
        self.props, self.id, self.outs = props, "", dict[str, Any]()

    def check(self, **changes: Any) -> list[str]:
        result = self.provider.check({}, _wire({**self.props, **changes}))
        return [f"{f.property}: {f.reason}" if f.property else f.reason for f in result.failures or []]

    def news(self) -> dict[str, Any]:
        result = self.provider.check({}, _wire(self.props))
        assert not result.failures, [(f.property, f.reason) for f in result.failures]
        return _wire(result.inputs)

    def create(self) -> Life:
        made = self.provider.create(self.news())
        self.id, self.outs = made.id, _wire(made.outs)
        self.settled()
        return self

    def settled(self) -> None:
        """Nothing is to be done, neither by the state nor after a refresh."""
        assert self.pending() == (set(), []), (self.outs, self.props)
        self.refresh()
        assert self.pending() == (set(), []), (self.outs, self.props)

    def pending(self) -> tuple[set[str], list[str]]:
        """The inputs that an up would change now, and those that would replace the object."""
        news = self.news()
        diff = self.provider.diff(self.id, self.outs, news)
        changed = self.provider.changed(self.outs, news)
        assert bool(changed) == diff.changes
        return changed, list(diff.replaces or [])

    def refresh(self) -> bool:
        """Reads; False when the object is gone."""
        read = self.provider.read(self.id, _wire(self.outs))
        if read.id:
            self.id, self.outs = read.id, _wire(read.outs)
        return bool(read.id)

    def up(self, **changes: Any) -> Life:
        """Changes inputs in place."""
        self.props = {**self.props, **changes}
        changed, replaces = self.pending()
        assert changed, "nothing to change"
        assert not replaces
        self.outs = _wire(self.provider.update(self.id, self.outs, self.news()).outs)
        self.settled()
        return self

    def destroy(self) -> None:
        """Deletes, twice: absence is success."""
        self.provider.delete(self.id, self.outs)
        self.provider.delete(self.id, self.outs)


def _wire(value: Any) -> Any:
    return json.loads(json.dumps(value), parse_int=float)


def _real() -> client.Remote | None:
    if socket := os.environ.get("LXD_SOCKET"):
        return client.Remote(name="real", address=socket)
    if url := os.environ.get("LXD_REMOTE_URL"):
        files = {field: os.environ[f"LXD_{name}"] for field, name in _FILES.items()}
        return client.Remote(name="real", address=url, **files)
    return None


_FILES = {
    "client_certificate_file": "CLIENT_CERT",
    "client_key_file": "CLIENT_KEY",
    "server_certificate_file": "SERVER_CERT",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("lxd")
    remote = _real()
    if remote is not None:
        settings = {k: v for k, v in dataclasses.asdict(remote).items() if v is not None}
        yield from _served({"lxd:remotes": json.dumps([settings])}, remote, None)
        return
    with running_rack(directory=folder, services=("lxd",)) as rack:
        endpoints = folder / "endpoints.json"
        endpoints.write_text(json.dumps(rack.endpoints))
        found = rack.endpoints["lxd"]
        files = {"client_certificate_file": found["cert"], "client_key_file": found["key"]}
        remote = client.Remote(name="local", address=found["url"], server_certificate_file=found["server_cert"], **files)
        yield from _served({"lxd:endpointsFile": str(endpoints)}, remote, rack)


def _served(config: dict[str, str], remote: client.Remote, rack: Rack | None) -> Iterator[Server]:
    lxd = client.connect(remote)
    yield Server(config=config, lxd=lxd, rack=rack)
    lxd.close()


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Notes of interrupted runs are kept below the working directory; what other tests planned is not counted."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(_capacity, "_ledgers", {})


@pytest.fixture(scope="module")
def pool(server: Server) -> Iterator[str]:
    name = server.name("pool")
    server.lxd.create("storage-pools", body={"name": name, "driver": "dir"})
    yield name
    server.lxd.remove("storage-pools", name)


@pytest.fixture(scope="module")
def image(server: Server) -> Iterator[str]:
    """The alias of an image from which a container starts: a static busybox where the machine has one."""
    alias = server.name("busybox")
    response = server.lxd.raw("post", "images", data=_tarball(), headers={"Content-Type": "application/octet-stream"})
    operation = client.Operation._from_dict(response.json()["metadata"])
    fingerprint = str(server.lxd.wait(operation, "upload of the test image").metadata["fingerprint"])
    server.lxd.create("images", "aliases", body={"name": alias, "target": fingerprint})
    yield alias
    server.lxd.remove("images", fingerprint)


def _tarball() -> bytes:
    data = io.BytesIO()
    description = f"test {uuid.uuid4().hex}"
    metadata = f"architecture: x86_64\ncreation_date: 1700000000\nproperties: {{description: {description}, os: busybox}}\n"
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        _add(archive, "metadata.yaml", metadata.encode(), 0o644)
        for folder in ("bin", "dev", "etc", "proc", "root", "run", "sbin", "sys", "tmp", "var"):
            entry = tarfile.TarInfo(f"rootfs/{folder}")
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(entry)
        if BUSYBOX.exists():
            _add(archive, "rootfs/bin/busybox", BUSYBOX.read_bytes(), 0o755)
            for name in ("bin/sh", "bin/cat", "bin/echo", "bin/id", "bin/pwd", "bin/mkdir", "sbin/init", "bin/touch"):
                link = tarfile.TarInfo(f"rootfs/{name}")
                link.type, link.linkname = tarfile.SYMTYPE, "/bin/busybox"
                archive.addfile(link)
        _add(archive, "rootfs/etc/inittab", b"::sysinit:/bin/busybox true\n::askfirst:/bin/busybox sh\n", 0o644)
    return data.getvalue()


def _add(archive: tarfile.TarFile, name: str, content: bytes, mode: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), mode
    archive.addfile(entry, io.BytesIO(content))
