"""Simulated OpenStack and Vault: the APIs of the units of the simulated Juju, each at its unit's address behind one gateway."""

from __future__ import annotations

from .service import Service

__all__ = ["Service"]
