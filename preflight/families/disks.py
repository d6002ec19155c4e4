"""Disks of the workers against their roles, as commissioning has found them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import config
from clients.maas import Status
from clients.maas.storage import BlockDevice

from ..checks import Check
from ..outcome import Finding, failed, ok, skipped, warning
from ..region import Node, Region

_GIB: Final = 2**30
LEAST_ROOT, SMALL_ROOT = 40 * _GIB, 100 * _GIB
LEAST_OSD: Final = 20 * _GIB

Worker = tuple[str, config.WorkerSpec, Node]


def commissioned(site: config.SiteSpec, region: Region) -> tuple[list[Worker], list[Finding]]:
    """The workers whose hardware MAAS knows, and a word on the others."""
    seen, unseen = [], []
    for index, worker in enumerate(site.workers):
        node = region.by_mac(worker.mac)
        if node is None or not node.disks:
            unseen.append(worker.hostname)
        else:
            seen.append((f"workers[{index}]", worker, node))
    return seen, [skipped("workers", f"{', '.join(unseen)}: seen when commissioned")] if unseen else []


def _disk(node: Node, path: str) -> BlockDevice | None:
    """The disk that a device path means: by name, by the path that the system will have, or by id."""
    name = path.removeprefix("/dev/")
    return next((disk for disk in node.disks if name == disk.name or path in (disk.path, disk.id_path)), None)


def _disks_of(node: Node) -> str:
    return ", ".join(f"/dev/{disk.name} {disk.size / _GIB:.4g} GiB" for disk in node.disks) or "none"


def root_disk(site: config.SiteSpec, region: Region) -> Iterator[Finding]:
    """The system goes where the site says, and fits."""
    seen, rest = commissioned(site, region)
    yield from rest
    for place, worker, node in seen:
        path, disk = f"{place}.root_disk", _disk(node, worker.root_disk)
        where = f"{worker.hostname}'s {worker.root_disk}"
        if disk is None:
            yield failed(path, f"{where} is not there (it has {_disks_of(node)})", "name the disk that it boots from")
        elif node.machine.boot_disk not in (None, disk.id):
            boot = next((other.name for other in node.disks if other.id == node.machine.boot_disk), "another")
            yield failed(
                path, f"{where} is not its boot disk: MAAS installs on /dev/{boot}", "name that one, or set the boot disk in MAAS"
            )
        elif disk.size < LEAST_ROOT:
            yield failed(path, f"{where} has {disk.size / _GIB:.4g} GiB", f"the system needs {LEAST_ROOT // _GIB} GiB")
        elif disk.size < SMALL_ROOT:
            yield warning(path, f"{where} has {disk.size / _GIB:.4g} GiB", f"logs and images like {SMALL_ROOT // _GIB} GiB")
        elif "rotary" in disk.tags:
            yield warning(path, f"{where} is a spinning disk", "monitors and logs want an SSD; expect it to be slow")
        else:
            yield ok(path, f"{where}: {disk.size / _GIB:.4g} GiB")


def osd_disks(site: config.SiteSpec, region: Region) -> Iterator[Finding]:
    """Every OSD has a whole disk of its own, which isn't the system's."""
    seen, rest = commissioned(site, region)
    yield from rest
    for place, worker, node in seen:
        bad = [
            finding for index, path in enumerate(worker.osd_disks) for finding in _osd(f"{place}.osd_disks[{index}]", path, node)
        ]
        yield from bad
        if not bad:
            yield ok(f"{place}.osd_disks", f"{worker.hostname}: {', '.join(worker.osd_disks)}")


def _osd(place: str, path: str, node: Node) -> Iterator[Finding]:
    disk, host = _disk(node, path), node.machine.hostname
    if disk is None:
        yield _absent(place, path, node)
        return
    if disk.id == node.machine.boot_disk:
        yield failed(place, f"{path} is {host}'s boot disk", "name another: an OSD takes its disk whole")
    elif mounted := _mounts(disk):
        yield failed(place, f"{path} of {host} holds {mounted} in MAAS's layout", "take it out of the storage layout in MAAS")
    elif disk.size < LEAST_OSD:
        yield failed(place, f"{path} of {host} has {disk.size / _GIB:.4g} GiB", f"an OSD needs {LEAST_OSD // _GIB} GiB")


def _absent(place: str, path: str, node: Node) -> Finding:
    """A disk that MAAS doesn't know: one that was put into a machine that is deployed can't be known to it."""
    said = f"{path} is not among {node.machine.hostname}'s disks ({_disks_of(node)})"
    if node.machine.status == Status.DEPLOYED:
        return warning(place, f"{said}, as MAAS found them before it was deployed", "make sure that it is in the machine now")
    mend = "name one of them, or add the disk and commission again"
    return warning(place, said, mend) if path.startswith("/dev/disk/") else failed(place, said, mend)


def _mounts(disk: BlockDevice) -> str:
    systems = [disk.filesystem, *(part.filesystem for part in disk.partitions)]
    return ", ".join(found.mount_point or found.fstype for found in systems if found)


CHECKS = (
    Check(name="root-disk", title="root disks are there and large enough", needs=("site", "region"), judge=root_disk),
    Check(name="osd-disks", title="OSD disks are there, whole and free", needs=("site", "region"), judge=osd_disks),
)
