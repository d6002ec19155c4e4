"""The site as data: what should be, before anything is touched."""

from __future__ import annotations

from .day_one import DayOneSpec, SmokeTestSpec
from .errors import Problem, SiteError
from .loader import load, raw
from .machine import BmcSpec, WorkerSpec
from .network import NetworkSpec, NetworksSpec, RangeSpec
from .openstack import OpenStackSpec
from .operations import AccessSpec, OperationsSpec, RotationsSpec
from .services import SERVICES, ServicesSpec
from .site import SiteSpec, examine, parse
from .virtual_machine import ControllerSpec

__all__ = [
    "SERVICES",
    "AccessSpec",
    "BmcSpec",
    "ControllerSpec",
    "DayOneSpec",
    "NetworkSpec",
    "NetworksSpec",
    "OpenStackSpec",
    "OperationsSpec",
    "Problem",
    "RangeSpec",
    "RotationsSpec",
    "ServicesSpec",
    "SiteError",
    "SiteSpec",
    "SmokeTestSpec",
    "WorkerSpec",
    "examine",
    "load",
    "parse",
    "raw",
]
