"""Neutron's recording: what chance chose there is chosen again, and what the recorder did off the record is done."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from multidict import CIMultiDict

from simulator.openstack.call import Call
from simulator.openstack.facts import Chassis
from simulator.openstack.neutron.chance import Chance

from . import setups, unrecorded_neutron
from .bench import Answer, Bench
from .exchange import Exchange

NUMBERED = ("networks", "subnets", "ports", "routers", "floatingips", "security-groups", "security-group-rules")
"""Collections whose new rows get the recorded id."""
MANY = 300
"""More addresses than any recorded pool has."""
ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+")
UNUSED = re.compile(r".*\.10\d")
"""Addresses that the recording doesn't have, for ports that it doesn't show."""


class Recorded(Chance):
    """Chooses as the recorded answer says, where it may."""

    def __init__(self) -> None:
        self.ids: dict[str, str] = {}
        self.said = ""

    def wish(self, said: Any, ids: dict[str, str] | None = None) -> None:
        """Takes the choices out of an answer, and the ids of new rows by table."""
        self.said, self.ids = json.dumps(said), dict(ids or {})

    def id(self, table: str) -> str:
        return self.ids.pop(table, None) or super().id(table)

    def mac(self, port_id: str) -> str:
        found = re.search(r"fa:16:3e:[0-9a-f:]{8}", self.said)
        return found[0] if found else super().mac(port_id)

    def address(self, free: Iterable[str]) -> str | None:
        found, wanted = list(itertools.islice(free, MANY)), set(ADDRESS.findall(self.said))
        wished = (one for one in found if one in wanted)
        return next(itertools.chain(wished, filter(UNUSED.fullmatch, found)), None) or super().address(found)

    def segment(self, free: Sequence[int], key: str) -> int:
        found = re.search(r'"provider:segmentation_id": (\d+)', self.said)
        return int(found[1]) if found else super().segment(free, key)

    def host(self, hosts: Sequence[str], port_id: str) -> str:
        return next((one for one in hosts if one in self.said), None) or super().host(hosts, port_id)


class Setup(setups.Setup):
    """Does what the recorder did off the record."""

    area = "network"
    port = 9696
    loose: ClassVar[frozenset[str]] = frozenset({"standard_attr_id", "mac_address"})

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self.chance = Recorded()
        self.up = {"1": True, "2": True}

    def prepare(self) -> None:
        """Two chassis that are called otherwise than Nova's computes; a token that nobody has."""
        super().prepare()
        self.bench.facts.chassis = self._chassis
        self.bench.cloud.network.plant.chance = self.chance
        self.bench.tokens["1902e3"] = "nobody"

    async def before(self, exchange: Exchange) -> None:
        """Does what isn't recorded, then lets chance choose as it did."""
        await unrecorded_neutron.before(self, exchange.number)
        collection, made = exchange.path.removeprefix("/v2.0/"), None
        if exchange.method == "POST" and exchange.status == 201 and collection in NUMBERED:
            made = {collection.replace("-", "_"): next(iter(exchange.response.values()))["id"]}
        if made and exchange.number in unrecorded_neutron.GATEWAYS:
            made["ports"] = unrecorded_neutron.GATEWAYS[exchange.number]
        said = None if collection == "subnets" else exchange.response  # its pools' ends are nobody's wish
        self.chance.wish([said, unrecorded_neutron.HOSTS.get(exchange.number)], made)

    def recorded(self, exchange: Exchange, answer: Answer) -> object:
        """A null of JSON was read by the recorder."""
        return "null" if answer.body == "null" and exchange.response is None else exchange.response

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Sends a request off the record, as the administrator."""
        headers = CIMultiDict({"X-Auth-Token": self.bench.token("admin")})
        sent = b"" if body is None else json.dumps(body).encode()
        answer = await self.bench.ask(self.area, Call(method=method, path=f"/v2.0/{path}", headers=headers, body=sent))
        assert answer.status < 300, f"off the record: {method} {path} answers {answer.status} {answer.body}"
        return answer.body

    def _chassis(self) -> list[Chassis]:
        names = self.up.items()
        return [Chassis(hostname=f"node-{n}.maas", name=f"chassis-{n}", mappings=("physnet1",), up=up) for n, up in names]
