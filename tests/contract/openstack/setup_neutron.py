"""Neutron's recording: what chance chose there is chosen again, and what the recorder did off the record is done."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from simulator.openstack.facts import Chassis
from simulator.openstack.neutron.chance import Chance

from . import setups
from .bench import Answer, Bench
from .recording import Exchange

MANY = 300
"""More addresses than any recorded pool has."""
NUMBERED = ("networks", "subnets", "ports", "routers", "floatingips", "security-groups", "security-group-rules")
"""Collections whose new rows get the recorded id."""


class Recorded(Chance):
    """Chooses as the recorded answer says, where it may."""

    def __init__(self) -> None:
        self.ids: dict[str, str] = {}
        self.wishes: set[Any] = set()

    def wish(self, exchange: Exchange) -> None:
        """Takes the choices of an exchange's answer."""
        self.ids, self.wishes = {}, set()
        if exchange.status >= 300 or not isinstance(exchange.response, dict):
            return
        self.wishes = set(_leaves(exchange.response))
        collection = exchange.path.removeprefix("/v2.0/")
        made = next(iter(exchange.response.values()))
        if exchange.method == "POST" and collection in NUMBERED and isinstance(made, dict):
            self.ids = {collection.replace("-", "_"): made["id"]}

    def id(self, table: str) -> str:
        return self.ids.pop(table, None) or super().id(table)

    def mac(self, port_id: str) -> str:
        return next((one for one in self.wishes if str(one).startswith("fa:16:3e")), None) or super().mac(port_id)

    def address(self, free: Iterable[str]) -> str | None:
        found = list(itertools.islice(free, MANY))
        return next((one for one in found if one in self.wishes), None) or super().address(found)

    def segment(self, free: Sequence[int], key: str) -> int:
        return next((one for one in free if one in self.wishes), None) or super().segment(free, key)

    def host(self, hosts: Sequence[str], port_id: str) -> str:
        return next((one for one in hosts if one in self.wishes), None) or super().host(hosts, port_id)


class Setup(setups.Setup):
    """Does what the recorder did off the record."""

    area = "network"
    port = 9696
    loose: ClassVar[frozenset[str]] = frozenset({"standard_attr_id"})

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._chance = Recorded()
        self._up = {"1": True, "2": True}

    def prepare(self) -> None:
        """Two chassis that are called otherwise than Nova's computes."""
        super().prepare()
        self.bench.facts.chassis = self._chassis
        self.bench.cloud.network.plant.chance = self._chance

    async def before(self, exchange: Exchange) -> None:
        """Lets chance choose as it did."""
        self._chance.wish(exchange)

    async def after(self, exchange: Exchange, answer: Answer) -> None:
        """Nothing is wished for between exchanges."""
        self._chance.wishes = set()

    def _chassis(self) -> list[Chassis]:
        names = self._up.items()
        return [Chassis(hostname=f"node-{n}.maas", name=f"chassis-{n}", mappings=("physnet1",), up=up) for n, up in names]


def _leaves(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    else:
        yield value
