"""Simulated Neutron: ML2 over OVN, as the charms deploy it."""

from __future__ import annotations

from .area import Area
from .errors import Refused

__all__ = ["Area", "Refused"]
