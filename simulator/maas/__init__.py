"""MAAS: a region controller with its rack controller, behind the 2.0 REST API.

HTTP comes in at `dispatch`, which finds a method in the route table (`routing`, `api/`) and calls it with the `region`; rows
(`records/`) live in tables of the `store` and are shown by `render/`. What takes time is in `lifecycle`, on the rack's clock.
"""

from __future__ import annotations

from .service import Service

__all__ = ["Service"]
