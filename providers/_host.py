"""What the dynamic provider host does badly, mended from inside.

Width: it serves four calls at a time, whatever `--parallel` says (a fixed `ThreadPoolExecutor(max_workers=4)` in
`pulumi/dynamic/__main__.py`). A machine takes ten minutes, so four at a time is hours lost. The executor is not reachable by
name; it is found from the worker thread that is running this very call.

Words: the host answers every error with `traceback.format_exc()`, and the engine shows all of it. For an error that was written
for the operator that buries the one line that matters under a dozen frames of ours and Pulumi's.
"""

from __future__ import annotations

import gc
import sys
import threading
import traceback
import types
from concurrent import futures

WIDTH = 512
"""Above any `--parallel` in use: the engine's own bound is the one that counts."""


def widen(width: int = WIDTH) -> bool:
    """Raises the bound of the executor that runs the calling thread; True when it found one and the bound is now `width`."""
    here = threading.current_thread()
    # by type(): isinstance() would ask a weak proxy for its class, which fails once its object is gone
    for pool in (o for o in gc.get_objects() if issubclass(type(o), futures.ThreadPoolExecutor)):
        if here in pool._threads:
            pool._max_workers = max(pool._max_workers, width)
            return True
    return False


def print_plainly(expected: tuple[type[BaseException], ...]) -> bool:
    """Makes the host of this process answer `expected` errors with their message alone; True when this is such a host."""
    host = sys.modules.get("__main__")
    if host is None or not hasattr(host, "_abort_with_traceback"):
        return False

    def format_exc() -> str:
        error = sys.exc_info()[1]
        return str(error) if isinstance(error, expected) else traceback.format_exc()

    host.traceback = types.SimpleNamespace(format_exc=format_exc)  # type: ignore[attr-defined] # the host's own import
    return True
