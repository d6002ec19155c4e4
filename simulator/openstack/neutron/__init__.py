"""Simulated Neutron: ML2 over OVN, as the charms deploy it."""

from __future__ import annotations

from .area import Area
from .compute import STAYS_DOWN
from .errors import Refused

__all__ = ["FAULTS", "Area", "Refused"]

FAULTS = {STAYS_DOWN: "the port of a server never comes up (targets: port id, hypervisor's host name)"}
"""What may go wrong, by name."""
