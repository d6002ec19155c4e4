"""Cinder's recording: volumes come and go, and servers of Nova's recording have two of them for a while."""

from __future__ import annotations

from typing import Any, ClassVar

from . import setups
from .bench import Bench
from .exchange import Exchange
from .furniture import Furniture

IMAGE = "bf50dc59-b289-4b38-80af-ecd818261d68"
SERVER = "d6f6655e-a77c-415b-84d6-1ed4e5b37629"
SDK_SERVER = "7c0e9fdd-5bba-4ee8-9648-a9b5944e438c"
VOLUME, SDK_VOLUME = "c54fb3cf-a9e0-4b36-af0d-85ee5b1e9744", "107278d1-f628-4d9d-b2a6-5c216860c703"
_ATTACHED = {43: (SERVER, VOLUME, "alice"), 71: (SDK_SERVER, SDK_VOLUME, "admin")}
_DETACHED = {48: (SERVER, VOLUME, "alice"), 73: (SDK_SERVER, SDK_VOLUME, "admin")}
_PAUSES = {
    31: 0.1,  # creating
    32: 2.0,
    36: 0.15,
    37: 0.15,
    38: 0.15,  # creating, on a host already
    39: 2.0,
    41: 0.1,
    42: 2.0,
    55: 0.1,
    66: 0.1,
    67: 2.0,
    75: 0.1,
}


class Setup(setups.Setup):
    """Has Nova attach and detach volumes where it did."""

    area = "volume"
    port = 8776
    loose: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._furniture = Furniture(bench)

    def prepare(self) -> None:
        """One backend, whose type is the default one as soon as there is one of its name."""
        super().prepare()
        self.bench.facts.volume_backends = lambda: ["cinder@fake#fake"]
        self.bench.facts.default_volume_type = lambda: "fake"

    def pause(self, exchange: Exchange) -> float:
        """As long as the recorder waited, where that shows."""
        return _PAUSES.get(exchange.number, 1.0)

    async def before(self, exchange: Exchange) -> None:
        """Does what the recorder did off the record."""
        if exchange.number == 0:
            await self._furnish()
        if exchange.number in _ATTACHED:
            server, volume, who = _ATTACHED[exchange.number]
            body: dict[str, Any] = {"volumeAttachment": {"volumeId": self.bench.ids[volume]}}
            await self._nova("POST", f"/servers/{self.bench.ids[server]}/os-volume_attachments", body, who)
        if exchange.number in _DETACHED:
            server, volume, who = _DETACHED[exchange.number]
            path = f"/servers/{self.bench.ids[server]}/os-volume_attachments/{self.bench.ids[volume]}"
            await self._nova("DELETE", path, None, who)

    async def _nova(self, method: str, path: str, body: Any, who: str = "admin") -> Any:
        return await self._furniture.ask("compute", method, f"/v2.1{path}", body, who)

    async def _furnish(self) -> None:
        await self._furniture.image(IMAGE, "jammy", min_ram=512, min_disk=1)
        flavor = await self._nova("POST", "/flavors", {"flavor": {"name": "m1.small", "ram": 512, "vcpus": 1, "disk": 1}})
        for recorded, who in ((SERVER, "alice"), (SDK_SERVER, "admin")):
            body = {"name": "s", "flavorRef": flavor["flavor"]["id"], "imageRef": self.bench.ids[IMAGE]}
            made = await self._nova("POST", "/servers", {"server": body}, who)
            self.bench.ids[recorded] = made["server"]["id"]
        self.bench.clock.advance(10)
