"""Cinder's handlers; importing the modules fills the route table."""

from __future__ import annotations

from . import attachments, quotas, services, snapshots, types, volumeactions, volumes

__all__ = ["attachments", "quotas", "services", "snapshots", "types", "volumeactions", "volumes"]
