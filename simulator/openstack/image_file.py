"""A small qcow2 image, the same on every computer: a valid header over a disk that is all zeros."""

from __future__ import annotations

import pathlib
import struct

from .. import files

VIRTUAL_SIZE = 2 * 1024**3
_CLUSTER_BITS = 16
_CLUSTER = 1 << _CLUSTER_BITS
_HEADER = ">4sIQIIQIIQQIIQQQQII"
_VERSION, _HEADER_LENGTH, _REFCOUNT_ORDER = 3, 104, 4


def content() -> bytes:
    """The image: header, refcount table, refcount block and an L1 table that maps nothing, one cluster each."""
    l1_entries = VIRTUAL_SIZE // (_CLUSTER * (_CLUSTER // 8))
    fields = (_VERSION, 0, 0, _CLUSTER_BITS, VIRTUAL_SIZE, 0, l1_entries, 3 * _CLUSTER, _CLUSTER, 1, 0, 0, 0, 0, 0)
    header = struct.pack(_HEADER, b"QFI\xfb", *fields, _REFCOUNT_ORDER, _HEADER_LENGTH)
    refcount_table = struct.pack(">Q", 2 * _CLUSTER)
    refcounts = struct.pack(">HHHH", 1, 1, 1, 1)
    return b"".join(part.ljust(_CLUSTER, b"\0") for part in (header, refcount_table, refcounts, b""))


def write(path: pathlib.Path) -> None:
    """Writes the image where there is none yet."""
    if path.exists():
        return
    files.folder(path.parent)
    draft = path.with_suffix(".new")
    draft.write_bytes(content())
    draft.replace(path)
