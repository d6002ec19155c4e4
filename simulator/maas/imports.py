"""Fetching images: what is selected arrives after a while."""

from __future__ import annotations

from . import seed
from .region import Region

SECONDS = 300.0


class Imports:
    """Fetches a region's wanted images on its clock; a later start or a stop makes an earlier one void."""

    def __init__(self, region: Region) -> None:
        self._region = region
        region.clock.on("maas.imported", self._imported)

    @property
    def running(self) -> bool:
        """Whether images are being fetched."""
        return self._region.store.importing

    def start(self) -> None:
        """Begins to fetch."""
        store = self._region.store
        store.importing, store.import_step = True, store.import_step + 1
        self._region.clock.after(SECONDS, "maas.imported", step=store.import_step)

    def stop(self) -> None:
        """Stops fetching."""
        store = self._region.store
        store.importing, store.import_step = False, store.import_step + 1

    def _imported(self, step: int) -> None:
        store = self._region.store
        if step != store.import_step:
            return
        store.importing = False
        wanted = {f"{row.os}/{row.release}" for row in store.selections.values()}
        for image in sorted(wanted):
            seed.import_image(self._region, image)
        gone = [key for key, row in store.bootresources.items() if row.type == "Synced" and row.name not in wanted]
        for key in gone:
            del store.bootresources[key]
