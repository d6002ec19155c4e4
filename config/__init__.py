"""The site as data: what should be, before anything is touched."""

from __future__ import annotations

from .errors import Problem, SiteError
from .loader import load, raw
from .machine import BmcSpec, WorkerSpec
from .network import NetworkSpec, NetworksSpec, RangeSpec
from .openstack import OpenStackSpec
from .site import SiteSpec, examine, parse
from .virtual_machine import ControllerSpec

__all__ = [
    "BmcSpec",
    "ControllerSpec",
    "NetworkSpec",
    "NetworksSpec",
    "OpenStackSpec",
    "Problem",
    "RangeSpec",
    "SiteError",
    "SiteSpec",
    "WorkerSpec",
    "examine",
    "load",
    "parse",
    "raw",
]
