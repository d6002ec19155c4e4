"""Simulated Vault 1.8: the HTTP API of a vault unit, over the state that its application keeps in the simulated Juju."""

from __future__ import annotations

from .area import Area
from .behind import opened

__all__ = ["Area", "opened"]
