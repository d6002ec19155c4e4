"""Assets: texts and files as values; the engine adds the hash by which they are compared."""

from __future__ import annotations

import hashlib
import pathlib
from typing import Any

from engine import values
from engine.errors import EngineError


def with_hashes(value: Any, folder: pathlib.Path) -> Any:
    """Returns ``value`` with the hash of each asset in it; paths are relative to ``folder``."""
    if isinstance(value, values.Secret):
        return values.Secret(with_hashes(value.value, folder))
    if isinstance(value, list):
        return [with_hashes(item, folder) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get(values.SIGNATURE) == values.ASSET_KIND and not value.get("hash"):
        return {**value, "hash": hashlib.sha256(_content(value, folder)).hexdigest()}
    return {key: with_hashes(item, folder) for key, item in value.items()}


def _content(asset: dict[str, Any], folder: pathlib.Path) -> bytes:
    if "text" in asset:
        return str(asset["text"]).encode()
    if "path" not in asset:
        raise EngineError(f"remote asset {asset.get('uri')!r} is not served: use a file or a text")
    path = folder / str(asset["path"])
    try:
        return path.read_bytes()
    except OSError as error:
        raise EngineError(f"asset {path} cannot be read: {error.strerror}") from error
