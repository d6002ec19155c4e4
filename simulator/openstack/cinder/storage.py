"""What Cinder's handlers work on: its database, the cloud around it, and the look-ups that all of them need."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from ..faults import not_found
from ..routes import Request
from .records import Service, Snapshot, Store, Volume, VolumeType

if TYPE_CHECKING:
    from ..cloud import Cloud

OWN_TYPE = "__DEFAULT__"
SILENCE = 60.0
"""Seconds after which a daemon counts as down."""


class Storage:
    """One cloud's Cinder.

    Args:
        cloud: the other services, the facts and the clock.
    """

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.store = Store()
        self._heard: set[str] = set()
        own = VolumeType(id=new_id(), name=OWN_TYPE, description="Default Volume Type")
        self.store.types[own.id] = own

    def now(self) -> float:
        """The rack's time in POSIX seconds."""
        return self.cloud.now()

    def report(self) -> None:
        """Lets every daemon that runs report itself."""
        self._heard = set()
        for backend in self.cloud.facts.volume_backends():
            host = backend.partition("#")[0]
            self._hear("cinder-scheduler", host.partition("@")[0])
            self._hear("cinder-volume", host)

    def _hear(self, binary: str, host: str) -> None:
        found = next((each for each in self.store.services.values() if (each.binary, each.host) == (binary, host)), None)
        if found is None:
            found = Service(id=new_id(), binary=binary, host=host, seen=self.now())
            self.store.services[found.id] = found
        found.seen = self.now()
        self._heard.add(found.id)

    def up(self, service: Service) -> bool:
        """Whether a daemon counts as up."""
        return service.id in self._heard or self.now() - service.seen <= SILENCE

    def default_type(self) -> VolumeType:
        """The type of a volume that asks for none."""
        return self.type_named(self.cloud.facts.default_volume_type()) or self._own_type()

    def _own_type(self) -> VolumeType:
        return next(each for each in self.store.types.values() if each.name == OWN_TYPE)

    def type_named(self, name: str) -> VolumeType | None:
        """A type by name or id."""
        return next((each for each in self.store.types.values() if name in (each.id, each.name)), None)

    def volume(self, volume_id: str, request: Request) -> Volume:
        """The volume that a caller names.

        Raises:
            Fault: 404, there is none that the caller may see.
        """
        found = self.store.volumes.get(volume_id)
        if found is None or not (request.admin or found.project_id == request.project):
            raise not_found(f"Volume {volume_id} could not be found.")
        return found

    def snapshot(self, snapshot_id: str, request: Request) -> Snapshot:
        """The snapshot that a caller names.

        Raises:
            Fault: 404, there is none that the caller may see.
        """
        found = self.store.snapshots.get(snapshot_id)
        if found is None or not (request.admin or found.project_id == request.project):
            raise not_found(f"Snapshot {snapshot_id} could not be found.")
        return found


def new_id() -> str:
    """A fresh UUID."""
    return str(uuid.uuid4())
