"""What a hypervisor's restart does to its servers: they are off, and Nova leaves them so unless it was told to start them.

Nova sees it at its next look at their power (`sync_power_state_interval`, ten minutes); here it has looked when it is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import daemons
from .transitions import arrive

if TYPE_CHECKING:
    from ..facts import Compute as Running
    from .compute import Compute


def follow(compute: Compute) -> None:
    """Takes note of hosts that were started anew since they were last asked after."""
    for running in compute.cloud.facts.computes():
        worker = daemons.worker(compute, running.hostname)
        if worker is None or not running.up or worker.boots == running.boots:
            continue
        if worker.boots is not None and not running.resumes_guests:
            _shut_down(compute, running)
        worker.boots = running.boots


def _shut_down(compute: Compute, running: Running) -> None:
    for server in daemons.guests(compute, running.hostname):
        if server.host == running.hostname and server.vm_state == "active" and server.task_state is None:
            arrive(compute, server, "stopped")
