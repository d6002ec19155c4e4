"""Simulated Cinder."""

from __future__ import annotations

from .area import Area

__all__ = ["FAULTS", "Area"]

FAULTS = {"volume-fails": "a volume (its name or id) ends in error while it is made"}
