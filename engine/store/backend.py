"""Pulumi's file backend: one folder ``.pulumi`` with stacks, history, backups and locks."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import pathlib
import re
import shutil
import time
import urllib.parse
from typing import Any

from engine.errors import EngineError, StackNotFoundError
from engine.store import checkpoint, journal, replay
from engine.store.locks import StackLock, held, is_stale, release_all

ORGANIZATION = "organization"
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")


@dataclasses.dataclass(frozen=True, slots=True)
class StackRef:
    """Names one stack of one project."""

    project: str
    name: str

    @classmethod
    def parse(cls, text: str, project: str) -> StackRef:
        """Reads ``STACK`` or ``organization/PROJECT/STACK``."""
        parts = text.split("/")
        if len(parts) == 1:
            return cls(project, _valid(text))
        if parts[0] != ORGANIZATION:
            raise EngineError("organization name must be 'organization'")
        if len(parts) == 2:
            return cls(project, _valid(parts[1]))
        if len(parts) != 3:
            raise EngineError(f"could not parse stack name '{text}'; write STACK or organization/PROJECT/STACK")
        return cls(parts[1], _valid(parts[2]))

    @property
    def full_name(self) -> str:
        """The name with its organization and project."""
        return f"{ORGANIZATION}/{self.project}/{self.name}"

    def shown(self, project: str) -> str:
        """Returns the name as an operator in ``project`` would write it."""
        return self.name if project == self.project else self.full_name


def _valid(name: str) -> str:
    for position, character in enumerate(name):
        if not _NAME.fullmatch(character):
            raise EngineError(
                "a stack name may only contain alphanumeric, hyphens, underscores, or periods:"
                f" invalid character {character!r} at position {position}"
            )
    if not _NAME.fullmatch(name):
        raise EngineError("a stack name must have 1 to 100 characters")
    return name


def open_backend(url: str) -> FileBackend:
    """Opens the backend at a ``file://`` URL."""
    if not url:
        raise EngineError(
            "no state backend is chosen; set PULUMI_BACKEND_URL to a folder, for example"
            " PULUMI_BACKEND_URL=file://~ or file:///var/lib/pulumi"
        )
    if not url.startswith("file://"):
        raise EngineError(
            f"state backend {url} is not served, this engine keeps state in files (file://FOLDER) only;"
            " install the Pulumi CLI (https://www.pulumi.com/docs/install/) for it"
        )
    path = urllib.parse.unquote(url.removeprefix("file://")).partition("?")[0]
    return FileBackend(pathlib.Path(path).expanduser().absolute())


@dataclasses.dataclass(frozen=True, slots=True)
class Loaded:
    """A stack's state: what the checkpoint says after any journal that was left behind."""

    deployment: checkpoint.Deployment
    digest: str
    recovered: bool


class FileBackend:
    """Reads and writes one backend folder."""

    def __init__(self, root: pathlib.Path):
        self.root = root
        self._home = root / ".pulumi"

    def _folder(self, kind: str, ref: StackRef) -> pathlib.Path:
        return self._home / kind / ref.project / ref.name

    def path(self, ref: StackRef) -> pathlib.Path:
        """Returns the checkpoint's path."""
        return self._home / "stacks" / ref.project / f"{ref.name}.json"

    def journal_path(self, ref: StackRef) -> pathlib.Path:
        """Returns the path of the journal beside the checkpoint."""
        return self._home / "stacks" / ref.project / f"{ref.name}.journal"

    def lock(self, ref: StackRef) -> StackLock:
        """Returns the lock of a stack, to be entered."""
        return StackLock(self._locks(ref))

    def _locks(self, ref: StackRef) -> pathlib.Path:
        return self._home / "locks" / ORGANIZATION / ref.project / ref.name

    def locked(self, ref: StackRef) -> bool:
        """Tells whether any process holds the stack."""
        return bool(held(self._locks(ref)))

    def cancel(self, ref: StackRef) -> int:
        """Deletes all locks of a stack; returns their number."""
        return release_all(self._locks(ref))

    def abandoned(self, ref: StackRef) -> bool:
        """Tells whether the stack is locked by processes of this host only, all of which have ended."""
        found = held(self._locks(ref))
        return bool(found) and all(map(is_stale, found))

    def exists(self, ref: StackRef) -> bool:
        """Tells whether there is such a stack."""
        return self.path(ref).is_file()

    def require(self, ref: StackRef, project: str) -> None:
        """Raises ``StackNotFoundError`` for a stack that does not exist."""
        if not self.exists(ref):
            raise StackNotFoundError(f"no stack named '{ref.shown(project)}' found")

    def stacks(self, project: str | None = None) -> list[StackRef]:
        """Returns the stacks of a project, or all of them."""
        paths = sorted((self._home / "stacks").glob(f"{project or '*'}/*.json"))
        return [StackRef(path.parent.name, path.stem) for path in paths]

    def create(self, ref: StackRef, secrets: dict[str, Any]) -> None:
        """Makes an empty stack with its secrets provider; raises ``EngineError`` if there is one."""
        if self.exists(ref):
            raise EngineError(f"stack '{ref.full_name}' already exists")
        meta = self._home / "meta.yaml"
        if not meta.exists():
            _write(meta, "version: 1\n")
        _write(self.path(ref), checkpoint.write(ref.full_name, checkpoint.empty(secrets)))

    def load(self, ref: StackRef) -> Loaded | None:
        """Reads a stack's state; None for one that has never been deployed."""
        try:
            text = self.path(ref).read_text()
        except (OSError, UnicodeDecodeError) as error:
            raise EngineError(f"failed to load checkpoint: {error}") from error
        digest = journal.digest(text)
        left = journal.recover(self.journal_path(ref))
        if left is not None and left.belongs_to(digest):
            return Loaded(left.deployment(), digest, recovered=True)
        deployment = checkpoint.read(text, str(self.path(ref)))
        return None if deployment is None else Loaded(deployment, digest, recovered=False)

    def digest(self, ref: StackRef) -> str:
        """Returns what identifies the checkpoint as it is on the disk."""
        return journal.digest(self.path(ref).read_text())

    def settle_journal(self, ref: StackRef) -> list[str]:
        """Folds a journal that a killed process left into the checkpoint; needs the lock.

        Returns:
            What the operator must know: a journal that no longer fits was set aside.
        """
        path = self.journal_path(ref)
        left = journal.recover(path)
        if left is None:
            path.unlink(missing_ok=True)
            return []
        if left.belongs_to(self.digest(ref)):
            self.save(ref, left.deployment())
            path.unlink()
            return []
        aside = path.with_suffix(f".journal.{time.time_ns()}.orphan")
        path.rename(aside)
        pending = [o["resource"]["urn"] for o in left.deployment().get("pending_operations") or []]
        return [
            f"the state was written by another engine after this one was killed, so what this one had recorded was"
            f" set aside as {aside}; it was working on: {', '.join(pending) or 'nothing'}."
            " Run `refresh`, and look for objects that the state does not know"
        ]

    def save(self, ref: StackRef, deployment: replay.Record, *, backup: bool = True) -> str:
        """Replaces the checkpoint atomically; the one before stays as ``.bak``. Returns its digest."""
        text = checkpoint.write(ref.full_name, deployment)
        self.replace(ref, text, backup=backup)
        return journal.digest(text)

    def replace(self, ref: StackRef, text: str, *, backup: bool) -> None:
        """Puts a checkpoint's text in place."""
        path = self.path(ref)
        if backup and path.exists():
            _copy(path, path.with_name(path.name + ".bak"))
        _write(path, text)

    def remove(self, ref: StackRef) -> None:
        """Removes a stack with its history; its last state stays as ``.bak``."""
        path = self.path(ref)
        with contextlib.suppress(FileNotFoundError):
            path.replace(path.with_name(path.name + ".bak"))
        self.journal_path(ref).unlink(missing_ok=True)
        shutil.rmtree(self._folder("history", ref), ignore_errors=True)

    def record(self, ref: StackRef, entry: dict[str, Any]) -> None:
        """Adds an update to the history and keeps a copy of the checkpoint with it."""
        stamp = time.time_ns()
        stem = self._folder("history", ref) / f"{ref.name}-{stamp}"
        _write(stem.with_name(f"{stem.name}.history.json"), json.dumps(entry, indent=4))
        _copy(self.path(ref), stem.with_name(f"{stem.name}.checkpoint.json"))
        _copy(self.path(ref), self._folder("backups", ref) / f"{ref.name}.{stamp}.json")

    def history(self, ref: StackRef) -> list[dict[str, Any]]:
        """Returns the stack's updates, newest first."""
        paths = sorted(self._folder("history", ref).glob("*.history.json"), reverse=True)
        return [json.loads(path.read_text()) for path in paths]


def _write(path: pathlib.Path, text: str) -> None:
    """Writes a file so that a crash leaves the old one or the new one, never a part."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(temporary, "w", encoding="utf-8") as sink:
            sink.write(text)
            sink.flush()
            os.fsync(sink.fileno())
        temporary.replace(path)
        _sync(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise EngineError(f"cannot write {path}: {error.strerror}; mend that and run again") from error


def _sync(path: pathlib.Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _copy(source: pathlib.Path, target: pathlib.Path) -> None:
    """Copies a file, not a name: who edits a checkpoint by hand must not change its backups."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    shutil.copyfile(source, temporary)
    temporary.replace(target)
