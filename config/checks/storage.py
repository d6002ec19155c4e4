"""Disks and the OSDs on them."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import Problem
from ..machine import WorkerSpec
from ..openstack import OpenStackSpec


def disks_for_osds(workers: tuple[WorkerSpec, ...]) -> Iterator[Problem]:
    """Every worker stores; one without a disk for it would be a hole in the replication."""
    if not workers:
        yield Problem("workers", "[]", "there is no worker; OpenStack needs at least one to compute and store on")
    for index, worker in enumerate(workers):
        if not worker.osd_disks:
            mend = f"{worker.hostname} has no disk for an OSD; name at least one, e.g. /dev/sdb"
            yield Problem(f"workers[{index}].osd_disks", "[]", mend)


def disks_apart(workers: tuple[WorkerSpec, ...]) -> Iterator[Problem]:
    """An OSD takes its whole disk, so it can't be the one the system is on, nor another OSD's."""
    for index, worker in enumerate(workers):
        seen = {worker.root_disk: "the root disk"}
        for position, disk in enumerate(worker.osd_disks):
            if disk in seen:
                yield Problem(f"workers[{index}].osd_disks[{position}]", disk, f"is {seen[disk]} already; name another disk")
            seen.setdefault(disk, f"osd_disks[{position}]")


def osds_expected(workers: tuple[WorkerSpec, ...], openstack: OpenStackSpec) -> Iterator[Problem]:
    """Ceph serves nobody before the expected number of OSDs is up."""
    there = sum(len(worker.osd_disks) for worker in workers)
    if openstack.expected_osd_count > there > 0:
        mend = f"the workers have {there} OSD disks, so Ceph would wait for ever; set it to {there} or less, or add disks"
        yield Problem("openstack.expected_osd_count", str(openstack.expected_osd_count), mend)


def copies_fit(workers: tuple[WorkerSpec, ...], openstack: OpenStackSpec) -> Iterator[Problem]:
    """Each copy is on a worker of its own."""
    wanted = openstack.ceph_replication_count
    if wanted is not None and wanted > len(workers) > 0:
        mend = f"there are {len(workers)} workers for the copies, so no write would ever be whole; lower it or add workers"
        yield Problem("openstack.ceph_replication_count", str(wanted), mend)
