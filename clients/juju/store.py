"""The client store: the files that the `juju` command keeps about clouds, credentials, controllers and accounts.

Owns: entries of `clouds.yaml` and `credentials.yaml`, each written whole by replacing the file, with every other entry kept.
Only reads: `controllers.yaml` and `accounts.yaml`, which `juju bootstrap` writes.
"""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import os
import pathlib
import tempfile
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from . import errors

_lock = threading.Lock()
"""Several resources of one run write the same file; `_locked` guards against other processes."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ControllerEntry:
    """A controller that the store knows, with how to log in."""

    name: str
    uuid: str
    addresses: tuple[str, ...]
    ca_cert: str
    cloud: str
    user: str
    password: str = dataclasses.field(repr=False)


def default_folder() -> pathlib.Path:
    """Where the `juju` command keeps its files."""
    if folder := os.environ.get("JUJU_DATA"):
        return pathlib.Path(folder)
    share = os.environ.get("XDG_DATA_HOME") or pathlib.Path.home() / ".local" / "share"
    return pathlib.Path(share) / "juju"


class ClientStore:
    """The files in one folder.

    Args:
        folder: like `JUJU_DATA`; None is where the `juju` command looks.
    """

    def __init__(self, folder: pathlib.Path | None = None) -> None:
        self.folder = folder or default_folder()

    def controller(self, name: str) -> ControllerEntry | None:
        """A controller's entry, None when the store has none by that name."""
        entry = self._read("controllers.yaml", "controllers").get(name)
        if entry is None:
            return None
        account = self._read("accounts.yaml", "controllers").get(name) or {}
        return ControllerEntry(
            name=name,
            uuid=entry.get("uuid") or "",
            addresses=tuple(entry.get("api-endpoints") or ()),
            ca_cert=entry.get("ca-cert") or "",
            cloud=entry.get("cloud") or "",
            user=account.get("user") or "",
            password=account.get("password") or "",
        )

    def controllers_on(self, cloud: str) -> list[str]:
        """Names of the controllers that run on a cloud."""
        entries = self._read("controllers.yaml", "controllers")
        return sorted(name for name, entry in entries.items() if entry.get("cloud") == cloud)

    def cloud(self, name: str) -> Mapping[str, Any] | None:
        """A cloud's definition."""
        return self._read("clouds.yaml", "clouds").get(name)

    def set_cloud(self, name: str, definition: Mapping[str, Any]) -> None:
        """Adds or replaces a cloud."""
        with self._changing("clouds.yaml", "clouds") as clouds:
            clouds[name] = dict(definition)

    def remove_cloud(self, name: str) -> None:
        """Removes a cloud; absence is fine."""
        with self._changing("clouds.yaml", "clouds") as clouds:
            clouds.pop(name, None)

    def credential(self, cloud: str, name: str) -> Mapping[str, Any] | None:
        """A credential: `auth-type` and the attributes."""
        entry = (self._read("credentials.yaml", "credentials").get(cloud) or {}).get(name)
        return entry if isinstance(entry, dict) else None

    def set_credential(self, cloud: str, name: str, definition: Mapping[str, Any]) -> None:
        """Adds or replaces a credential."""
        with self._changing("credentials.yaml", "credentials") as clouds:
            clouds[cloud] = {**(clouds.get(cloud) or {}), name: dict(definition)}

    def remove_credential(self, cloud: str, name: str) -> None:
        """Removes a credential; absence is fine."""
        with self._changing("credentials.yaml", "credentials") as clouds:
            left = {k: v for k, v in (clouds.get(cloud) or {}).items() if k != name}
            if left:
                clouds[cloud] = left
            else:
                clouds.pop(cloud, None)

    def _read(self, file: str, section: str) -> dict[str, Any]:
        return dict(self._document(file).get(section) or {})

    def _document(self, file: str) -> dict[str, Any]:
        path = self.folder / file
        try:
            document = yaml.safe_load(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, yaml.YAMLError) as error:
            raise errors.StoreError(f"Juju's client store can't be read: {path}: {error}") from None
        if document is not None and not isinstance(document, dict):
            raise errors.StoreError(f"Juju's client store can't be read: {path} holds no mapping")
        return document or {}

    @contextlib.contextmanager
    def _changing(self, file: str, section: str) -> Iterator[dict[str, Any]]:
        with _lock, self._locked():
            document = self._document(file)
            before = yaml.safe_dump(document)
            entries = dict(document.get(section) or {})
            yield entries
            document[section] = entries
            if yaml.safe_dump(document) != before:
                self._write(file, document)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Keeps other runs of this program out; the `juju` command has a lock of its own, held for milliseconds."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(self.folder / ".pulumi.lock", "w", encoding="utf-8") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def _write(self, file: str, document: Mapping[str, Any]) -> None:
        """Replaces the file in one step: an interrupted write leaves the old one."""
        handle, temporary = tempfile.mkstemp(dir=self.folder, prefix=f".{file}.")  # mode 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                yaml.safe_dump(dict(document), stream, sort_keys=False)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(temporary, self.folder / file)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)
            raise
