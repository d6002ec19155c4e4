"""What Neutron leaves to chance: ids, addresses, segments, hosts of gateways.

Ids are random. The other choices follow from an id, or from how many there are, so that a state has one continuation.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Sequence


class Chance:
    """Chooses; a test may put another one in its place."""

    def id(self, table: str) -> str:
        """The id of a new row of a table."""
        return str(uuid.uuid4())

    def mac(self, port_id: str) -> str:
        """The MAC address of a new port, from OpenStack's range."""
        return ":".join(["fa", "16", "3e", port_id[0:2], port_id[2:4], port_id[4:6]])

    def address(self, free: Iterable[str]) -> str | None:
        """One of the free addresses, which come scattered already; None when there is none."""
        return next(iter(free), None)

    def segment(self, free: Sequence[int], key: str) -> int:
        """One of the free segmentation ids."""
        return free[scatter(key, len(free))]

    def host(self, hosts: Sequence[str], port_id: str) -> str:
        """One of the hosts that may carry a router's gateway."""
        return hosts[scatter(port_id, len(hosts))]


def scatter(key: str, size: int) -> int:
    """A number below `size` that looks like chance, the same for the same key."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8]) % size
