"""What Cinder does beyond keeping fields: volumes' lives, keys of types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from . import types
from .errors import FailedError, NotFoundError

if TYPE_CHECKING:
    from .cloud import Cloud

_FAILED = ("error", "error_deleting", "error_attaching", "error_detaching")


class Volumes:
    """Cinder's operations, in the project that we are in."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def list(self) -> list[types.Volume]:
        """The project's volumes."""
        return self._cloud.call("list the volumes", lambda c: [types.Volume.of(v) for v in c.block_storage.volumes(details=True)])

    def read(self, id_: str) -> types.Volume | None:
        """A volume, None when there is none."""
        try:
            return self._cloud.call(f"read the volume {id_}", lambda c: types.Volume.of(c.block_storage.get_volume(id_)))
        except NotFoundError:
            return None

    def create(self, name: str, size: int, metadata: Mapping[str, str], volume_type: str | None = None) -> types.Volume:
        """Makes a volume of `size` GiB; it is `available` some time later."""
        fields = {"name": name, "size": size, "metadata": dict(metadata), **({"volume_type": volume_type} if volume_type else {})}
        return self._cloud.call(f"create the volume {name}", lambda c: types.Volume.of(c.block_storage.create_volume(**fields)))

    def await_status(self, id_: str, status: str, *, seconds: float) -> None:
        """Waits until a volume has a status.

        Raises:
            FailedError: when it failed instead.
        """

        def ready(seen: types.Volume | None) -> bool:
            if seen is None:
                raise NotFoundError(f"{self._cloud.where}: the volume {id_} is gone")
            if seen.status in _FAILED and seen.status != status:
                raise FailedError(f"{self._cloud.where}: the volume {id_} is in the state {seen.status}: see cinder-volume's log")
            return seen.status == status

        self._cloud.wait(f"the volume {id_} to be {status}", lambda: self.read(id_), ready, seconds=seconds)

    def delete(self, id_: str, *, seconds: float = 300) -> None:
        """Deletes a volume and waits until it is gone."""
        what = f"delete the volume {id_}"
        self._cloud.call(what, lambda c: c.block_storage.delete_volume(id_, ignore_missing=True))
        self._cloud.until_gone(f"the volume {id_}", lambda: self.read(id_), seconds=seconds)

    def set_extra_specs(self, type_id: str, old: Mapping[str, str], new: Mapping[str, str]) -> None:
        """Brings a volume type's extra specs from `old` to `new`."""
        changed = {key: value for key, value in new.items() if old.get(key) != value}
        gone = sorted(old.keys() - new.keys())
        what = f"change the extra specs of the volume type {type_id}"
        if changed:
            self._cloud.call(what, lambda c: c.block_storage.update_type_extra_specs(type_id, **changed))
        if gone:
            self._cloud.call(what, lambda c: c.block_storage.delete_type_extra_specs(type_id, gone))
