"""What Ceph needs of a bundle so that it ever serves its clients."""

from __future__ import annotations

from collections.abc import Iterator

from . import model, problems

_REPLICAS = "ceph-osd-replication-count"
_DEFAULT_REPLICAS = 3


def check(bundle: model.Bundle, report: problems.Report) -> None:
    """Checks counts of OSDs and replicas against the OSD units of the bundle."""
    hosts = sum(app.num_units or 0 for app in _running(bundle, "ceph-osd"))
    if not hosts:
        return
    disks = [len(str(app.options.get("osd-devices", "")).split()) for app in _running(bundle, "ceph-osd")]
    for application in _running(bundle, "ceph-mon"):
        _expected(application, hosts, max(disks), report)
    users = [app for app in bundle.applications.values() if _REPLICAS in app.options]
    for application in users:
        _too_many(application, hosts, report)
    _too_few(users, hosts, report)


def _running(bundle: model.Bundle, charm: str) -> Iterator[model.Application]:
    return (app for app in bundle.applications.values() if app.charm.name == charm)


def _expected(application: model.Application, hosts: int, disks: int, report: problems.Report) -> None:
    """Monitors serve nobody until as many OSDs are there as they expect; more than there can be means never."""
    expected = _number(application, "expected-osd-count", 3)
    # osd-devices lists candidates, and a folder or a storage directive counts as at least one
    most = hosts * max(disks, 1)
    if expected > most:
        place = application.where("options", "expected-osd-count")
        report.error(
            place,
            f'application "{application.name}" expects {expected} OSDs, and {hosts} ceph-osd unit(s) with {max(disks, 1)} '
            f"device(s) each make {most} at most: its clients would wait for ever; set expected-osd-count: {most} or less",
        )


def _too_many(application: model.Application, hosts: int, report: problems.Report) -> None:
    count = _number(application, _REPLICAS, _DEFAULT_REPLICAS)
    if count > hosts:
        report.error(
            application.where("options", _REPLICAS),
            f'application "{application.name}" wants {count} copies on different hosts, and there are {hosts} ceph-osd '
            f"unit(s): its pools would never be healthy; set {_REPLICAS}: {hosts}, before the pools are made",
        )


def _too_few(users: list[model.Application], hosts: int, report: problems.Report) -> None:
    possible = min(hosts, _DEFAULT_REPLICAS)
    few = [app for app in users if _number(app, _REPLICAS, _DEFAULT_REPLICAS) < possible]
    if few:
        report.warn(
            few[0].where("options", _REPLICAS),
            f"{', '.join(app.name for app in few)} keep fewer copies than {hosts} ceph-osd units allow; a new cloud can "
            f"have {_REPLICAS}: {possible} (pools that exist keep their number)",
        )


def _number(application: model.Application, option: str, default: int) -> int:
    value = str(application.options.get(option, default))
    return int(value) if value.isdigit() else default
