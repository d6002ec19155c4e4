"""Ceph as its charms let one ask it: which OSDs are where, how the cluster is, and how an OSD leaves without losing data."""

from __future__ import annotations

import dataclasses
import json
import re
import time
from collections.abc import Iterable
from typing import Any

from clients import juju

from .._base import ExpectedError
from ..juju._common import say, span
from . import _tasks


@dataclasses.dataclass(frozen=True, kw_only=True)
class Osd:
    """An OSD by its number, on a host; `up` says whether its daemon runs."""

    number: int
    host: str
    up: bool


@dataclasses.dataclass(frozen=True, kw_only=True)
class Ceph:
    """The storage of a model, asked through its monitors."""

    model: juju.Model
    monitors: str = "ceph-mon"

    def _monitor(self) -> str:
        """A monitor that can be asked; the leader may be the one that is down.

        Raises:
            ExpectedError: when there is none.
        """
        units = self.model.status().units_of(self.monitors)
        found = next((unit.name for unit in units if not unit.dying and unit.agent.current not in _tasks.DEAD), None)
        if found is None:
            raise ExpectedError(f"no unit of {self.monitors} answers: the storage can't be asked")
        return found

    def osds(self) -> list[Osd]:
        """All OSDs.

        Raises:
            ExpectedError: when the monitors can't tell.
        """
        text = _tasks.execute(self.model, self._monitor(), "ceph osd tree --format json")
        try:
            return list(_osds(json.loads(text)))
        except (ValueError, KeyError, TypeError) as error:
            raise ExpectedError(f"{self.monitors} tells nothing readable about its OSDs: {error!r}") from None

    def on(self, host: str) -> list[Osd]:
        """The OSDs of a host, whose name may be given with its domain."""
        short = host.partition(".")[0]
        return [osd for osd in self.osds() if osd.host.partition(".")[0] == short]

    def health(self) -> str:
        """Ceph's word, such as HEALTH_OK, and what it says with it."""
        output = _tasks.run(self.model, self._monitor(), "get-health")
        text = " ".join(str(value) for value in output.values())
        found = re.search(r"HEALTH_\w+.*", text, re.DOTALL)
        return found[0].strip() if found else text.strip() or "no health told"

    def await_health(self, what: str, seconds: float, pause: float) -> None:
        """Waits until all data has its copies.

        Raises:
            ExpectedError: when it takes too long; says how the cluster is.
        """
        began, told = time.monotonic(), ""
        while not (health := self.health()).startswith("HEALTH_OK"):
            if health != told:
                say(f"storage: {health.splitlines()[0]} ({span(time.monotonic() - began)})")
                told = health
            if time.monotonic() - began > seconds:
                raise ExpectedError(f"{what}: the storage is still {health} after {span(seconds)}; mend it and run again")
            time.sleep(pause)
        if told:
            say(f"storage: HEALTH_OK ({span(time.monotonic() - began)})")

    def remove(self, unit: str, numbers: Iterable[int], seconds: float, force: bool) -> None:
        """Takes OSDs out for good, one after another: by their own unit while that lives, by the monitors when it doesn't.

        With `force` nobody waits until the other OSDs hold what these hold.
        """
        if _tasks.lives(self.model, unit):
            for number in numbers:
                parameters = {"osd-ids": f"osd.{number}", "purge": True, "force": force, "timeout": max(1, int(seconds // 60))}
                _tasks.run(self.model, unit, "remove-disk", parameters, seconds=seconds)
            return
        for number in numbers:
            _tasks.run(self.model, self._monitor(), "purge-osd", {"osd": str(number), "i-really-mean-it": True})


def _osds(tree: dict[str, Any]) -> Iterable[Osd]:
    nodes = {node["id"]: node for node in tree["nodes"]}
    for host in tree["nodes"]:
        if host["type"] == "host":
            for child in host.get("children") or ():
                yield Osd(number=int(child), host=str(host["name"]), up=nodes[child].get("status") == "up")
