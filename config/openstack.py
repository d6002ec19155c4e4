"""OpenStack: which release, on what base, from which bundle, and what is made of it."""

from __future__ import annotations

from pydantic import Field

from .day_one import DayOneSpec, SmokeTestSpec
from .operations import AccessSpec, OperationsSpec, RotationsSpec
from .services import ServicesSpec
from .vault import VaultSpec
from .vocabulary import Base, Channel, Count, Name, Spec

Option = str | int | float | bool | None
"""A charm option's value; null sets it back to the charm's default."""


class OpenStackSpec(Spec):
    """What is deployed.

    `bundle` and `overlays` are files beside the program; `options` overrides charm options by application and name, `channels`
    the channels of charms, `units` how many units an application has. A charm follows `release` in its channel unless one of
    these says otherwise. `expected_osd_count` is how many OSDs must be up before the storage serves anybody.
    `ceph_replication_count` is how many copies of each object are kept on different workers; pools keep the number that they
    were made with, so it is said once. `values` fills in the placeholders of overlays, e.g. `dns-domain`.
    """

    release: Name = "caracal"
    base: Base = "ubuntu@24.04/stable"
    bundle: Name = "bundles/openstack-base.yaml"
    overlays: tuple[Name, ...] = ()
    options: dict[Name, dict[Name, Option]] = Field(default_factory=dict)
    channels: dict[Name, Channel] = Field(default_factory=dict)
    units: dict[Name, Count] = Field(default_factory=dict)
    values: dict[Name, str] = Field(default_factory=dict)
    expected_osd_count: int = Field(ge=1)
    ceph_replication_count: int | None = Field(default=None, ge=1)
    services: ServicesSpec = ServicesSpec()
    vault: VaultSpec = VaultSpec()
    access: AccessSpec = AccessSpec()
    day_one: DayOneSpec | None = None
    smoke_test: SmokeTestSpec | None = None
    rotations: RotationsSpec = RotationsSpec()
    operations: OperationsSpec = OperationsSpec()
    allow_single_worker: bool = False
