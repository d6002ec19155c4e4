"""Simulated Octavia: load balancers whose addresses are Neutron's ports."""

from __future__ import annotations

from .area import Area
from .controller import AMPHORA_FAILS

__all__ = ["FAULTS", "Area"]

FAULTS = {AMPHORA_FAILS: "a load balancer ends in ERROR since its amphorae don't boot (targets: its name and id)"}
"""What may go wrong, by name."""
