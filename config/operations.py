"""What is done to a cloud that is up, each as an edit of the site: see docs/operations.md."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .vocabulary import Name, Spec

Removing = Literal["migrate", "refuse"]
Erasing = Literal["quick", "full", "no"]


class AccessSpec(Spec):
    """The way in: `name` is the cloud's in clouds.yaml, which is written with openrc into `directory`, readable by you only.

    Without a directory no file is written; the stack's secret outputs have both.
    """

    name: Name = "openstack"
    directory: Name | None = None
    region: Name = "RegionOne"


class RotationsSpec(Spec):
    """A new word, such as a date, rotates. Certificates are rotated by `openstack.vault`."""

    admin_password: Name | None = None


class OperationsSpec(Spec):
    """How the cloud is operated.

    `removing` is what happens to the instances of a worker that is taken out: they move away while they run, or the worker
    is not taken out. `drain_timeout` is the seconds that this may take, `health_timeout` those until the storage has its
    copies again. `erase` is how the disks of a machine are emptied when MAAS gets it back: their beginning and end only, all of
    them, or not at all; OSDs that are found on a disk later keep it from being used again.
    """

    removing: Removing = "migrate"
    erase: Erasing = "quick"
    drain_timeout: float = Field(default=3600, gt=0)
    health_timeout: float = Field(default=14400, gt=0)
