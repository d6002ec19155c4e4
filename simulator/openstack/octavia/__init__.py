"""Simulated Octavia: load balancers whose addresses are Neutron's ports."""

from __future__ import annotations

from .area import Area

__all__ = ["Area"]
