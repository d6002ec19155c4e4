"""Imports what takes seconds while something else is waited for, and in one thread: half-imported packages break the next one."""

from __future__ import annotations

import contextlib
import importlib
import threading
from collections.abc import Iterator
from typing import Final

HEAVY: Final = ("components.plan", "maas.client.bones", "maas.client.utils.creds", "pylxd", "clients.juju._libjuju")


@contextlib.contextmanager
def importing(modules: tuple[str, ...] = HEAVY) -> Iterator[None]:
    """Imports modules beside what happens inside; they are there when it ends."""
    thread = threading.Thread(target=_import, args=(modules,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def _import(modules: tuple[str, ...]) -> None:
    for module in modules:
        with contextlib.suppress(ImportError):  # whoever needs it tells of that
            importlib.import_module(module)
