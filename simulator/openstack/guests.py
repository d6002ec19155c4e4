"""What the cloud's own servers answer: those that packets from outside get to greet as sshd does.

Not one of OpenStack's services, but behind the same gateway: so a client that has no way to the floating addresses can still ask
whether a server answers there.
"""

from __future__ import annotations

from typing import Any

from .call import Call, Reply
from .cloud import Cloud

PORT = 22
_GREETING = "SSH-2.0-OpenSSH_9.6p1 Ubuntu-3ubuntu13.5\r\n"


class Area:
    """The servers of a cloud, seen from outside."""

    def __init__(self, cloud: Cloud) -> None:
        """Keeps nothing."""

    async def answer(self, call: Call) -> Reply:
        """Greets, whatever it is asked: sshd speaks first."""
        return Reply(status=200, body=_GREETING, headers={"Content-Type": "text/plain"})

    def dump(self) -> dict[str, Any]:
        """There is no state."""
        return {}

    def load(self, data: dict[str, Any]) -> None:
        """There is no state."""


def answers(cloud: Cloud, host: str, port: int) -> bool:
    """Whether a server of the cloud answers at an address and port."""
    return port == PORT and cloud.has("network") and bool(cloud.network.reachable(host, "tcp", port))
