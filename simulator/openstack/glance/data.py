"""The images' data: beside the saved state on disk, or in memory where the cloud has no folder."""

from __future__ import annotations

import hashlib
import pathlib
import struct

from .records import Image

_QCOW2 = b"QFI\xfb"
_VIRTUAL_SIZE_AT = 24


class Data:
    """Keeps bytes by name."""

    def __init__(self, directory: pathlib.Path | None) -> None:
        self._directory = directory
        self._kept: dict[str, bytes] = {}

    def put(self, name: str, content: bytes) -> None:
        """Keeps a content under a name."""
        if self._directory:
            path = self._directory / f"{name}.data"
            path.touch(mode=0o600)
            path.write_bytes(content)
        else:
            self._kept[name] = content

    def get(self, name: str) -> bytes:
        """The content of a name, nothing when there is none."""
        if not self._directory:
            return self._kept.get(name, b"")
        path = self._directory / f"{name}.data"
        return path.read_bytes() if path.exists() else b""

    def drop(self, name: str) -> None:
        """Forgets a content; absence is no error."""
        self._kept.pop(name, None)
        if self._directory:
            (self._directory / f"{name}.data").unlink(missing_ok=True)


def measure(image: Image, content: bytes) -> None:
    """Notes the size and the checksums of an image's content."""
    image.size = len(content)
    image.checksum = hashlib.md5(content, usedforsecurity=False).hexdigest()
    image.os_hash_algo, image.os_hash_value = "sha512", hashlib.sha512(content).hexdigest()
    image.virtual_size = virtual_size(image.disk_format, content)


def virtual_size(disk_format: str | None, content: bytes) -> int | None:
    """The size of the disk inside an image in bytes, None where nothing says so."""
    if disk_format == "raw":
        return len(content)
    if disk_format == "qcow2" and content[: len(_QCOW2)] == _QCOW2:
        return int(struct.unpack_from(">Q", content.ljust(_VIRTUAL_SIZE_AT + 8, b"\0"), _VIRTUAL_SIZE_AT)[0])
    return None
