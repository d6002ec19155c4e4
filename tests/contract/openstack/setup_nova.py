"""Nova's recording: made in a cloud with an image, networks and volumes, on two computes of which one is stopped for a while."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import ClassVar

from simulator.openstack.facts import Compute
from simulator.openstack.neutron.chance import Chance
from simulator.openstack.nova.identifiers import new_id

from . import setups
from .bench import Answer, Bench
from .exchange import Exchange
from .furniture import Furniture

IMAGE = "bf50dc59-b289-4b38-80af-ecd818261d68"
PRIVATE, PUBLIC = "54b37c07-a060-4773-aa0b-02d596b14e73", "76f84732-c9ee-428f-9853-c7aa5bc80c8a"
SUBNET = "6d67666e-0936-41b8-9aed-efc5cd7432df"
SMOKE_VOLUME, BOOT_VOLUME = "c54fb3cf-a9e0-4b36-af0d-85ee5b1e9744", "dc6a0f0f-34dc-4bf3-a5cf-d9f988c70388"
SDK_VOLUME = "107278d1-f628-4d9d-b2a6-5c216860c703"
_PAUSES = {
    125: 0.0,  # scheduling
    126: 0.7,  # has a zone
    127: 0.6,  # spawning, its network isn't there yet
    128: 5.0,
    151: 5.0,
    154: 5.0,
    156: 0.2,
    157: 0.2,
    158: 5.0,
    176: 0.0,
    177: 1.0,
    178: 0.8,
    179: 5.0,
    182: 0.0,
    188: 0.1,
    192: 0.1,
    227: 5.0,
    235: 0.1,
    240: 5.0,
    244: 0.1,
    268: 65.0,
    276: 5.0,
}
_MEASURED = ("total_hours", "total_local_gb_usage", "total_vcpus_usage", "total_memory_mb_usage")
_FLOATING = {147: ("192.168.0.120", "10.20.0.220"), 276: ("192.168.0.23", "10.20.0.207")}
_STOPPED, _STARTED = 268, 274


class Recorded(Chance):
    """Gives the servers the recorded addresses, in the order in which their ports are made."""

    def __init__(self) -> None:
        self.addresses: list[str | None] = ["192.168.0.120", "192.168.0.230", None, None, "192.168.0.23"]
        self.macs = {
            "192.168.0.120": "fa:16:3e:20:a8:cb",
            "192.168.0.230": "fa:16:3e:63:41:d5",
            "192.168.0.23": "fa:16:3e:99:ef:a2",
        }
        self.serving = False

    def mac(self, port_id: str) -> str:
        wanted = self.addresses[0] if self.serving and self.addresses else None
        return self.macs.get(wanted or "", super().mac(port_id))

    def address(self, free: Iterable[str]) -> str | None:
        found = list(free)
        wanted = self.addresses.pop(0) if self.serving and self.addresses else None
        kept = {*self.addresses, *(floating for _, floating in _FLOATING.values())}
        return wanted if wanted in found else super().address(each for each in found if each not in kept)


class Setup(setups.Setup):
    """Furnishes the cloud, lets time pass as it did, stops and starts a compute."""

    area = "compute"
    port = 8774
    loose: ClassVar[frozenset[str]] = frozenset({"adminPass", "OS-EXT-SRV-ATTR:reservation_id", "details", *_MEASURED})

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._furniture = Furniture(bench)
        self._chance = Recorded()
        self._flavor = ""
        self._up = {"earlier": True}

    def prepare(self) -> None:
        """Two computes and a control host of the recorded names."""
        super().prepare()
        self.bench.facts.computes = self._computes
        self.bench.facts.hosts = lambda charm: []
        self.bench.tokens["1902e3"] = "bad"
        self.bench.cloud.compute.compute.new_flavor_id = self._flavor_id
        self.bench.facts.volume_backends = lambda: ["cinder@fake#fake"]
        self.bench.facts.default_volume_type = lambda: ""

    def pause(self, exchange: Exchange) -> float:
        """As long as the recorder waited, where that shows."""
        if exchange.number == _STOPPED:
            self._up["node-2.maas"] = False
        return _PAUSES.get(exchange.number, 1.0)

    async def before(self, exchange: Exchange) -> None:
        """Does what the recorder did off the record."""
        made = exchange.response.get("flavor") if isinstance(exchange.response, dict) else None
        self._flavor = made["id"] if made else ""
        if exchange.number == 0:
            await self._furnish()
        if exchange.number in _FLOATING:
            await self._furniture.floating_address(*_FLOATING[exchange.number])
        if exchange.number == _STARTED:
            self._up["node-2.maas"] = True

    async def _register(self) -> None:
        """Lets the daemons register, after one that has gone again before the recording."""
        rows = await self._furniture.ask("compute", "GET", "/v2.1/os-services")
        self._up = {"node-2.maas": True, "node-1.maas": True}
        self.bench.facts.hosts = lambda charm: ["controller"]
        await self._furniture.ask("compute", "DELETE", f"/v2.1/os-services/{rows['services'][0]['id']}")

    async def _furnish(self) -> None:
        await self._register()
        made = self._furniture
        self.bench.cloud.network.plant.chance = self._chance
        await made.image(IMAGE, "jammy", min_ram=512, min_disk=1)
        await made.network(PUBLIC, "public", external=True)
        await made.subnet("", PUBLIC, "10.20.0.0/24")
        await made.network(PRIVATE, "private")
        await made.subnet(SUBNET, PRIVATE, "192.168.0.0/24")
        await made.router(PUBLIC, SUBNET)
        await made.security_rule("icmp", None)
        await made.security_rule("tcp", 80, "10.1.2.3/8")
        await made.volume(SMOKE_VOLUME, "alice", "smoke-vol")
        await made.volume(BOOT_VOLUME, "alice", "boot2", image=IMAGE)
        await made.volume(SDK_VOLUME, "admin", "sdk-v")
        self.bench.clock.advance(10)
        self._chance.serving = True

    def recorded(self, exchange: Exchange, answer: Answer) -> object:
        """Keys that were made by chance are anything."""
        text = json.dumps(exchange.response)
        text = re.sub(r'"<RSA PRIVATE KEY PEM>"', '"<private key>"', text)
        text = re.sub(r'"ssh-rsa [^"]+", "fingerprint": "[^"]+"', '"<public key>", "fingerprint": "<public key>"', text)
        return json.loads(text)

    def _flavor_id(self) -> str:
        """The recorded one: lists are in the order of ids."""
        return self._flavor or new_id()

    def _computes(self) -> list[Compute]:
        return [Compute(hostname=name, vcpus=1000, memory_mib=800000, disk_gib=600000, up=up) for name, up in self._up.items()]
