"""Names and addresses that must be one machine's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..errors import Problem
from ..machine import WorkerSpec
from ..network import NetworksSpec
from ..virtual_machine import ControllerSpec

Place = tuple[str, str]


def macs_apart(workers: tuple[WorkerSpec, ...], controller: ControllerSpec) -> Iterator[Problem]:
    """A MAC address belongs to one port."""
    places: list[Place] = [(f"controller.mac_base (VM {name})", mac) for name, _, mac in controller.vms()]
    places += [(f"workers[{i}].mac", worker.mac) for i, worker in enumerate(workers)]
    yield from _twice(places, "a port has a MAC address of its own; copy it from the machine's label or BMC")


def hostnames_apart(workers: tuple[WorkerSpec, ...], controller: ControllerSpec) -> Iterator[Problem]:
    """A hostname belongs to one machine."""
    places: list[Place] = [("controller.hostname", controller.hostname)]
    places += [(f"controller VM {name}", name) for name, _, _ in controller.vms()]
    places += [(f"workers[{i}].hostname", worker.hostname) for i, worker in enumerate(workers)]
    yield from _twice(places, "choose another name")


def bmcs_apart(workers: tuple[WorkerSpec, ...]) -> Iterator[Problem]:
    """Two machines behind one BMC would be powered together."""
    places = [(f"workers[{i}].bmc.address", str(worker.bmc.address)) for i, worker in enumerate(workers)]
    yield from _twice(places, "each worker has its own BMC; give this one its address")


def bmcs_on_their_network(networks: NetworksSpec, workers: tuple[WorkerSpec, ...]) -> Iterator[Problem]:
    """MAAS reaches the BMCs over the BMC network."""
    for index, worker in enumerate(workers):
        if worker.bmc.address not in networks.bmc.cidr:
            mend = f"lies outside networks.bmc.cidr {networks.bmc.cidr}, where MAAS looks for it; correct one of the two"
            yield Problem(f"workers[{index}].bmc.address", str(worker.bmc.address), mend)


def fabrics_apart(networks: NetworksSpec) -> Iterator[Problem]:
    """A VLAN id is unique in its fabric."""
    places = [(f"networks.{name}.vid", f"{net.fabric or name}/{net.vid}") for name, net in networks.items()]
    yield from _twice(places, "two networks can't be the same VLAN of one fabric; change vid or fabric")


def _twice(places: Iterable[Place], mend: str) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for path, value in places:
        if value in first:
            yield Problem(path, value, f"is {first[value]} already; {mend}")
        first.setdefault(value, path)
