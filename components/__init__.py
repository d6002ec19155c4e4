"""The program's components: wiring only."""

from __future__ import annotations

from .plan import SitePlan, read
from .site import Site

__all__ = ["Site", "SitePlan", "read"]
