"""Sizes: cores and memory for what lives on a machine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import config

from ..checks import Check
from ..outcome import Finding, failed, ok, skipped, warning
from ..region import Region

_GIB: Final = 2**30


_MIB: Final = 2**20


LEAST_CORES, FEW_CORES = 4, 16


LEAST_MEMORY, LITTLE_MEMORY = 16 * _GIB, 32 * _GIB


LEAST_JUJU_CORES, LEAST_JUJU_MEMORY = 2, int(3.5 * _GIB)


def sizes(site: config.SiteSpec, region: Region) -> Iterator[Finding]:
    """Cores and memory for what lives on them."""
    vm, control = site.controller.juju_vm, site.controller.control_vms
    yield from _size("controller.juju_vm", vm.cores, vm.memory, (LEAST_JUJU_CORES, LEAST_JUJU_MEMORY), (2, 4 * _GIB))
    yield from _size("controller.control_vms", control.cores, control.memory, (2, 8 * _GIB), (4, LEAST_MEMORY))
    unknown = []
    for index, worker in enumerate(site.workers):
        node = region.by_mac(worker.mac)
        if node is None or not node.machine.cpu_count:
            unknown.append(worker.hostname)
            continue
        there = node.machine.cpu_count, node.machine.memory * _MIB
        place = f"workers[{index}] {worker.hostname}"
        yield from _size(place, *there, (LEAST_CORES, LEAST_MEMORY), (FEW_CORES, LITTLE_MEMORY))
    if unknown:
        yield skipped("workers", f"{', '.join(unknown)}: seen when commissioned")


def _size(place: str, cores: int, memory: int, least: tuple[int, int], fair: tuple[int, int]) -> Iterator[Finding]:
    said = f"{cores} cores, {memory / _GIB:.4g} GiB"
    if cores < least[0] or memory < least[1]:
        yield failed(place, said, f"it needs {least[0]} cores and {least[1] / _GIB:g} GiB at the very least")
    elif cores < fair[0] or memory < fair[1]:
        yield warning(place, said, f"it will be slow: {fair[0]} cores and {fair[1] / _GIB:g} GiB are advised")
    else:
        yield ok(place, said)


CHECKS = (Check(name="machine-sizes", title="machines have cores and memory enough", needs=("site", "region"), judge=sizes),)
