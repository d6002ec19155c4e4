"""What the cloud itself says about a machine that Juju has lost sight of.

Juju keeps calling a machine "down", whether it reboots or was given back to MAAS. Only MAAS knows, and replacing a machine that
merely reboots would wipe it; so MAAS is asked before a machine counts as gone.
"""

from __future__ import annotations

from typing import Any

from clients import juju, maas
from clients.maas import errors

from .. import _base, _settings

HELD = frozenset({"Deployed", "Deploying", "Allocated", "Failed deployment", "Rescue mode", "Entering rescue mode"})
"""States of a MAAS machine that somebody still has."""

BY_HAND = "manual:"
"""Begins the instance id of a machine that was added over SSH: no cloud gave it."""


def instance_is_gone(provider: _base.Provider[Any], machine: juju.Machine) -> bool:
    """Whether MAAS no longer has the machine deployed; False when MAAS can't be asked, or never had it."""
    if machine.parent is not None or not machine.instance_id or machine.instance_id.startswith(BY_HAND):
        return False
    settings = _settings.section(provider.setting, "maas")
    if not settings.get("url") or not settings.get("api_key"):
        return False
    try:
        found = maas.connect(settings["url"], settings["api_key"], settings.get("ca_file")).machines.read(machine.instance_id)
    except errors.MaasError:
        return False
    return found is None or found.status_name not in HELD
