"""How long things take, in seconds of virtual time (measured and published figures; sources in the time model)."""

from __future__ import annotations

from ..world import Machine

POWER = 1.0
"""From the answer to a request until the BMC does it."""
POWER_RETRIES = (1.0, 2.0, 2.0, 4.0, 6.0, 8.0, 12.0)
"""Pauses between attempts on a BMC that fails."""
EPHEMERAL = 22.0
"""From the boot request until the ephemeral system runs."""
TEST = 4.0
"""A disk's self test."""
ENLIST = 60.0
QUICK_ERASE, ERASE = 60.0, 600.0
RELEASE_TIMEOUT = 300.0
_COMMISSION = {"vm": 162.0, "physical": 420.0}
_DEPLOY = {"vm": 180.0, "physical": 480.0}


def gather(machine: Machine) -> float:
    """From the boot request until commissioning scripts are done, so that all of it takes what it takes in life."""
    return max(EPHEMERAL, _COMMISSION[machine.kind] - POWER - machine.boot_seconds - TEST)


def install(machine: Machine) -> float:
    """From the boot request until the installed system is rebooted into."""
    return max(EPHEMERAL, _DEPLOY[machine.kind] - POWER - 2 * machine.boot_seconds)
