"""Widens the dynamic provider host.

Pulumi's Python host serves four calls at a time, whatever `--parallel` says (a fixed `ThreadPoolExecutor(max_workers=4)` in
`pulumi/dynamic/__main__.py`). A machine takes ten minutes, so four at a time is hours lost. The executor is not reachable by
name; it is found from the worker thread that is running this very call.
"""

from __future__ import annotations

import gc
import threading
from concurrent import futures

WIDTH = 512
"""Above any `--parallel` in use: the engine's own bound is the one that counts."""


def widen(width: int = WIDTH) -> bool:
    """Raises the bound of the executor that runs the calling thread; True when it found one and the bound is now `width`."""
    here = threading.current_thread()
    for pool in (o for o in gc.get_objects() if isinstance(o, futures.ThreadPoolExecutor)):
        if here in pool._threads:
            pool._max_workers = max(pool._max_workers, width)
            return True
    return False
