"""Simulated Vault 1.8: the HTTP API of a vault unit, over the state that its application keeps in the simulated Juju."""

from __future__ import annotations

from .behind import answer, listens, opened

__all__ = ["answer", "listens", "opened"]
