"""Files of the simulator's folder: written whole or not at all, readable by their owner only."""

from __future__ import annotations

import os
import pathlib


def folder(path: pathlib.Path) -> pathlib.Path:
    """Makes a folder with mode 0700 where there is none, and returns it."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def write(path: pathlib.Path, text: str) -> None:
    """Replaces `path` atomically by `text`, mode 0600."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
    draft.replace(path)
