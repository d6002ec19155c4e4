"""Simulated Placement."""

from __future__ import annotations

from .area import Area

__all__ = ["Area"]
