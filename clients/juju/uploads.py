"""Charms and resources from this machine: read from archive, folder or file, and handed to the controller over HTTPS."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import http.client
import io
import json
import pathlib
import ssl
import zipfile
from collections.abc import Callable, Mapping
from typing import Any, Final

import yaml

from . import errors, naming
from .store import ControllerEntry

SERIES: Final = {"18.04": "bionic", "20.04": "focal", "22.04": "jammy", "24.04": "noble"}
LTS: Final = "ubuntu@24.04/stable"
_SECONDS: Final = 300.0
_STAMP: Final = (1980, 1, 1, 0, 0, 0)
"""One time for all files of an archive, so that the same folder is always the same archive."""
_METADATA: Final = ("metadata.yaml", "charmcraft.yaml")


class LocalCharm:
    """A charm of this machine.

    Attributes:
        content: its archive.
        name: what it calls itself.
        bases: what it runs on, as `ubuntu@24.04/stable`; None when it doesn't say.
        digest: tells one content from another.
    """

    def __init__(self, path: str) -> None:
        """Reads it.

        Raises:
            LocalCharmError: there is none.
        """
        where = pathlib.Path(path).expanduser()
        try:
            self.content = _zipped(where) if where.is_dir() else where.read_bytes()
            self.name, self.bases = _facts(self.content)
        except (OSError, zipfile.BadZipFile, yaml.YAMLError, KeyError) as error:
            raise errors.LocalCharmError(f"{path} is no charm: {_reason(error)}") from None
        self.digest = hashlib.sha256(self.content).hexdigest()

    def base_for(self, asked: str | None) -> str | None:
        """What it is to run on: what is asked, or as the `juju` command chooses: the newest LTS if it may, else its first."""
        if asked or not self.bases:
            return asked
        return LTS if LTS in self.bases else self.bases[0]


class ResourceFile:
    """A file of this machine for a charm: `name` without its folder, `content`, and `digest` as Juju reckons it."""

    def __init__(self, path: str) -> None:
        """Reads it.

        Raises:
            LocalCharmError: it isn't there.
        """
        where = pathlib.Path(path).expanduser()
        try:
            self.content = where.read_bytes()
        except OSError as error:
            raise errors.LocalCharmError(f"{path} can't be given to a charm: {error.strerror}") from None
        self.name = where.name
        self.digest = hashlib.sha384(self.content).hexdigest()


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Upload:
    """One request; `what` says in errors what it is for."""

    method: str
    path: str
    content: bytes
    headers: Mapping[str, str]
    what: str


class Uploads:
    """Uploads to one model.

    Args:
        uuid: the model's.
        entry: says where the controller is and how to log in.
    """

    def __init__(self, uuid: str, entry: Callable[[], ControllerEntry]) -> None:
        self._uuid = uuid
        self._entry = entry

    def charm(self, charm: LocalCharm, base: str | None) -> str:
        """Uploads a charm and returns the URL that Juju gives it.

        Args:
            charm: which.
            base: what it is to run on, such as ubuntu@24.04; None leaves that to Juju.

        Raises:
            JujuError: what the controller said, or that no address of it answers.
        """
        version = (base or "").partition("@")[2].partition("/")[0]
        series = SERIES.get(version, version)
        path = f"/model/{self._uuid}/charms?series={series}"
        upload = _Upload(
            method="POST",
            path=path,
            content=charm.content,
            headers={"Content-Type": "application/zip"},
            what=f"uploading the charm {charm.name}",
        )
        return str(self._hand_over(upload)["charm-url"])

    def resource(self, application: str, name: str, file: ResourceFile) -> None:
        """Gives an application a file of this machine as its resource, which its units then take.

        Raises:
            JujuError: what the controller said, or that no address of it answers.
        """
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Sha384": file.digest,
            "Content-Disposition": f'form-data; filename="{file.name}"',
        }
        path = f"/model/{self._uuid}/applications/{application}/resources/{name}"
        what = f"uploading {file.name} as the resource {name} of {application}"
        self._hand_over(_Upload(method="PUT", path=path, content=file.content, headers=headers, what=what))

    def _hand_over(self, upload: _Upload) -> dict[str, Any]:
        entry, reason = self._entry(), "it has no address"
        for address in entry.addresses:
            try:
                return _sent(entry, address, upload)
            except (OSError, http.client.HTTPException) as error:
                reason = str(error) or type(error).__name__
        raise errors.Unreachable(f"{upload.what}: the controller {entry.name!r} can't be reached: {reason}")


def is_path(charm: str) -> bool:
    """Whether a charm is named by its path, not by its name in the store."""
    return charm.startswith((".", "/", "~")) or charm.endswith(".charm")


def _sent(entry: ControllerEntry, address: str, upload: _Upload) -> dict[str, Any]:
    context = ssl.create_default_context(cadata=entry.ca_cert or None)
    context.check_hostname = not entry.ca_cert  # a controller's own authority signs for its machines' changing addresses
    login = base64.b64encode(f"user-{entry.user}:{entry.password}".encode()).decode()
    connection = http.client.HTTPSConnection(address, context=context, timeout=_SECONDS)
    try:
        connection.request(upload.method, upload.path, upload.content, {"Authorization": f"Basic {login}", **upload.headers})
        reply = connection.getresponse()
        text = reply.read().decode(errors="replace")
    finally:
        connection.close()
    answer = json.loads(text) if text.startswith("{") else {"error": text or reply.reason}
    if reply.status != http.client.OK or answer.get("error"):
        raise errors.of({"message": answer.get("error"), "code": answer.get("error-code")}, upload.what)
    return dict(answer)


def _zipped(folder: pathlib.Path) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(each for each in folder.rglob("*") if each.is_file() and ".git" not in each.parts):
            info = zipfile.ZipInfo(str(path.relative_to(folder)), _STAMP)
            info.external_attr = (path.stat().st_mode & 0xFFFF) << 16
            archive.writestr(info, path.read_bytes())
    return content.getvalue()


def _facts(content: bytes) -> tuple[str, tuple[str, ...] | None]:
    """Name and bases; a charm that was packed has a manifest with them, older ones name series instead."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        there = set(archive.namelist())
        found = next((name for name in _METADATA if name in there), None)
        if found is None:
            raise KeyError("it has no metadata.yaml")
        metadata = yaml.safe_load(archive.read(found))
        manifest = yaml.safe_load(archive.read("manifest.yaml")) if "manifest.yaml" in there else {}
    bases = [naming.base_text(base) for base in (manifest or {}).get("bases") or []]
    series = [naming.base_text(naming.base(name)) for name in metadata.get("series") or [] if name in SERIES.values()]
    return str(metadata["name"]), tuple(filter(None, bases or series)) or None


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        return "it has no metadata.yaml that names it"
    return str(error)
