"""TCP ports that stay the same over restarts.

Owns: which label has which port, in a file of the simulator's folder. A port is chosen once, below the range from which Linux
takes ports for outgoing connections, so that nobody else's connection sits on it while the simulator is down.
"""

from __future__ import annotations

import json
import pathlib
import random
import socket

from . import files

FIRST, LAST = 20000, 32767
ATTEMPTS = 200


class Ports:
    """Remembers a port for each label in `path` (JSON, mode 0600)."""

    def __init__(self, path: pathlib.Path) -> None:
        self._path = path
        self._ports: dict[str, int] = json.loads(path.read_text()) if path.exists() else {}

    def get(self, label: str) -> int:
        """The port of this label; the first call chooses a free one and writes it down."""
        if label not in self._ports:
            self._ports[label] = self._choose()
            files.write(self._path, json.dumps(self._ports, indent=1))
        return self._ports[label]

    def _choose(self) -> int:
        chooser = random.SystemRandom()
        for _ in range(ATTEMPTS):
            port = chooser.randint(FIRST, LAST)
            if port not in self._ports.values() and _free(port):
                return port
        raise OSError(f"no free TCP port on 127.0.0.1 between {FIRST} and {LAST} after {ATTEMPTS} attempts")


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
