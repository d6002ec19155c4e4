"""The files inside an instance: a skeleton that every image brings, and over it what was pushed or written."""

from __future__ import annotations

import base64
import posixpath
from collections.abc import Iterable

from .errors import LxdError, not_found
from .records import File, Instance

# folders of a guest
_FOLDERS = ("/bin", "/dev", "/etc", "/home", "/mnt", "/opt", "/proc", "/root", "/run", "/srv", "/sys", "/tmp", "/usr", "/var")  # noqa: S108
_DEEPER = ("/etc/netplan", "/usr/bin", "/usr/local", "/usr/local/bin", "/var/lib", "/var/log", "/var/tmp")  # noqa: S108


class MissingFileError(LxdError):
    """There is no such file, or no folder to put it in."""

    def __init__(self) -> None:
        super().__init__(404, "Not Found")


def read(instance: Instance, path: str) -> File:
    """The file, folder or link at a path."""
    path = normal(path)
    found = instance.files.get(path) or _skeleton(instance).get(path)
    if found is None or found.mode < 0:
        raise MissingFileError
    return found


def content(instance: Instance, path: str) -> bytes:
    """A file's bytes; links are followed."""
    found = read(instance, path)
    for _ in range(40):  # as many as Linux follows
        if found.type != "symlink":
            return base64.b64decode(found.content)
        path = posixpath.join(posixpath.dirname(normal(path)), base64.b64decode(found.content).decode())
        found = read(instance, path)
    raise LxdError(500, "too many levels of symbolic links")


def write(instance: Instance, path: str, file: File, *, append: bool = False) -> None:
    """Puts a file, folder or link at a path whose folder is there."""
    path = normal(path)
    if path != "/" and read(instance, posixpath.dirname(path)).type != "directory":
        raise MissingFileError
    if append and exists(instance, path):
        before = content(instance, path)
        file = file.model_copy(update={"content": encode(before + base64.b64decode(file.content))})
    instance.files[path] = file


def remove(instance: Instance, path: str) -> None:
    """Takes a file or an empty folder away."""
    path = normal(path)
    found = read(instance, path)
    if found.type == "directory" and names(instance, path):
        raise LxdError(500, f'sftp: "remove {path}: directory not empty" (SSH_FX_FAILURE)')
    instance.files.pop(path, None)
    if path in _skeleton(instance):
        instance.files[path] = File(mode=-1)  # what the image brought stays away


def names(instance: Instance, path: str) -> list[str]:
    """What is in a folder."""
    prefix = normal(path).rstrip("/") + "/"
    present = (p for p in _paths(instance) if p.startswith(prefix) and p != "/" and "/" not in p[len(prefix) :])
    return sorted(p[len(prefix) :] for p in present)


def exists(instance: Instance, path: str) -> bool:
    """Whether something is at a path."""
    try:
        read(instance, path)
    except MissingFileError:
        return False
    return True


def normal(path: str) -> str:
    """An absolute path without detours."""
    if not path:
        raise not_found("Missing path argument")
    return posixpath.normpath(posixpath.join("/", path)).replace("//", "/")


def encode(data: bytes) -> str:
    """Bytes as records keep them."""
    return base64.b64encode(data).decode()


def _paths(instance: Instance) -> Iterable[str]:
    gone = {path for path, file in instance.files.items() if file.mode < 0}
    return (_skeleton(instance).keys() | instance.files.keys()) - gone


def _skeleton(instance: Instance) -> dict[str, File]:
    """What the image brings; an instance without one has an empty root."""
    folder = File(type="directory", mode=0o755)
    if "volatile.base_image" not in instance.config:
        return {"/": folder}
    name = instance.config.get("image.os", "Linux")
    release = instance.config.get("image.release", "")
    texts = {
        "/etc/hostname": f"{instance.name}\n",
        "/etc/hosts": f"127.0.0.1\tlocalhost\n127.0.1.1\t{instance.name}\n",
        "/etc/os-release": f'NAME="{name}"\nID={name.lower()}\nVERSION_ID="{release}"\n',
    }
    return dict.fromkeys(("/", *_FOLDERS, *_DEEPER), folder) | {
        path: File(content=encode(text.encode())) for path, text in texts.items()
    }
