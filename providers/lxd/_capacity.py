"""Whether an instance fits on its host, asked before anything is made.

Memory and the room in a pool are never promised twice; threads may be, `lxd:cpuOvercommit` times over. What the program plans
besides counts as well, so that ten VMs which fit one by one but not together are refused at preview.
"""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping

from clients import lxd as client

from . import _sizes

VM = "virtual-machine"
VM_MEMORY = 2**30
VM_DISK = 10 * 2**30
"""What LXD gives a VM that says nothing."""
FRESH = 5.0
"""Seconds for which what a server has is not asked again: a preview checks all its instances at once."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Need:
    """What an instance takes: threads, bytes of memory, and bytes of its root disk in a pool."""

    cpus: int = 0
    memory: int = 0
    disk: int = 0
    pool: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Stock:
    """What a server has, and what its instances take, by (project, name)."""

    host: client.Host
    taken: Mapping[tuple[str, str], Need]


def need(kind: str, config: Mapping[str, str], devices: Mapping[str, Mapping[str, str]], whole: int) -> Need:
    """What an instance of this kind with this config takes; `whole` is the host's memory.

    An instance without a limit takes nothing that could be counted, but for a VM, which has LXD's defaults.
    """
    is_vm = kind == VM
    root = next((d for d in devices.values() if d.get("type") == "disk" and d.get("path") == "/"), None)
    disk = _sizes.parse_bytes((root or {}).get("size", "")) if root else None
    return Need(
        cpus=_sizes.parse_cpus(config.get("limits.cpu", "")) or (1 if is_vm else 0),
        memory=_sizes.parse_bytes(config.get("limits.memory", ""), whole) or (VM_MEMORY if is_vm else 0),
        disk=disk or (VM_DISK if is_vm and root else 0),
        pool=(root or {}).get("pool"),
    )


class Ledger:
    """What the instances of one server take and what this program plans."""

    def __init__(self, lxd: client.Lxd, now: Callable[[], float] = time.monotonic) -> None:
        self._lxd, self._now = lxd, now
        self._lock = threading.Lock()
        self._planned: dict[tuple[str, str], Need] = {}
        self._stock: Stock | None = None
        self._asked = float("-inf")

    def objections(self, who: tuple[str, str], wants: Callable[[int], Need], overcommit: float) -> Iterator[str]:
        """Plans an instance and yields why it doesn't fit; one that doesn't is not counted for those after it.

        Args:
            who: its project and name.
            wants: what it takes on a host with so many bytes of memory.
            overcommit: how many times over the host's threads may be promised.
        """
        with self._lock:
            stock = self._fresh()
            whole_wish = wants(stock.host.memory)
            self._planned[who] = whole_wish
            taken = {**stock.taken, **self._planned}
        wish = _more(whole_wish, stock.taken.get(who, Need()))
        limits = _limits(stock.host, overcommit, taken.values())
        reasons = list(_too_much(f"{who[1]}'s", self._lxd.remote.where, wish, limits))
        if wish.pool and wish.disk:
            reasons += self._no_room(who[1], wish, [n for n in taken.values() if n.pool == wish.pool])
        if reasons:
            self.forget(who)
        yield from reasons

    def forget(self, who: tuple[str, str]) -> None:
        """Takes a plan back, and asks again what there is the next time."""
        with self._lock:
            self._planned.pop(who, None)
            self._stock = None

    def _fresh(self) -> Stock:
        if self._stock is None or self._now() - self._asked > FRESH:
            host = self._lxd.host()
            rows = self._lxd.objects("instances", everywhere=True)
            taken = {(str(row.body.get("project", "default")), row.name): _need_of(row, host.memory) for row in rows}
            self._stock, self._asked = Stock(host=host, taken=taken), self._now()
        return self._stock

    def _no_room(self, name: str, wish: Need, others: list[Need]) -> Iterator[str]:
        try:
            total = self._lxd.space(str(wish.pool)).total
        except client.NotFoundError:  # the pool is made by the same program
            return
        promised = sum(other.disk for other in others)
        if total and promised > total:
            yield (
                f"{name}'s root disk of {_sizes.words(wish.disk)} doesn't fit: pool {wish.pool} of LXD at"
                f" {self._lxd.remote.where} has {_sizes.words(total)}, and {_sizes.words(promised)} would be promised;"
                " make disks smaller or the pool larger"
            )


def _more(wish: Need, has: Need) -> Need:
    """The parts of a wish that go beyond what the instance has: that a host is too full already refuses nothing else."""
    return Need(
        cpus=wish.cpus if wish.cpus > has.cpus else 0,
        memory=wish.memory if wish.memory > has.memory else 0,
        disk=wish.disk if wish.disk > has.disk or wish.pool != has.pool else 0,
        pool=wish.pool,
    )


def _need_of(row: client.Object, whole: int) -> Need:
    body = row.body
    config = body.get("expanded_config") or row.config
    return need(str(body.get("type", "container")), config, body.get("expanded_devices") or row.devices, whole)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Limits:
    """What a host has, what would be promised of it, and how many times over its threads may be."""

    host: client.Host
    memory: int
    cpus: int
    overcommit: float


def _limits(host: client.Host, overcommit: float, taken: Iterable[Need]) -> Limits:
    needs = list(taken)
    return Limits(host=host, memory=sum(n.memory for n in needs), cpus=sum(n.cpus for n in needs), overcommit=overcommit)


def _too_much(whose: str, where: str, wish: Need, limits: Limits) -> Iterator[str]:
    host = limits.host
    if wish.memory and limits.memory > host.memory:
        yield (
            f"{whose} memory of {_sizes.words(wish.memory)} doesn't fit: LXD's host at {where} has"
            f" {_sizes.words(host.memory)}, and {_sizes.words(limits.memory)} would be promised; make instances smaller or fewer"
        )
    if wish.cpus > host.cpus:
        yield f"{whose} {wish.cpus} threads are more than LXD's host at {where} has, which is {host.cpus}; lower limits.cpu"
    elif wish.cpus and limits.cpus > host.cpus * limits.overcommit:
        yield (
            f"{whose} {wish.cpus} threads don't fit: LXD's host at {where} has {host.cpus}, {limits.overcommit:g} times as many"
            f" may be promised, and {limits.cpus} would be; make instances smaller or fewer, or raise lxd:cpuOvercommit"
        )


_ledgers: dict[client.Remote, Ledger] = {}
_guard = threading.Lock()


def ledger(lxd: client.Lxd) -> Ledger:
    """The ledger of a server, one in this process."""
    with _guard:
        if lxd.remote not in _ledgers:
            _ledgers[lxd.remote] = Ledger(lxd)
        return _ledgers[lxd.remote]
