"""What Ceph needs of a bundle so that it ever serves its clients."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from . import model, problems

_REPLICAS = "ceph-osd-replication-count"
_DEFAULT_REPLICAS = 3


Complain = Callable[[problems.Place, str, str], None]
"""Takes what is wrong with an application, and its name: an error where the facts hold for its charm, else a warning."""


def check(bundle: model.Bundle, complain: Complain, report: problems.Report) -> None:
    """Checks counts of OSDs and replicas against the OSD units of the bundle."""
    hosts = sum(app.num_units or 0 for app in _running(bundle, "ceph-osd"))
    if not hosts:
        return
    disks = [_disks(app) for app in _running(bundle, "ceph-osd")]
    for application in _running(bundle, "ceph-mon"):
        _expected(application, hosts, max(disks), complain)
    users = [app for app in bundle.applications.values() if _REPLICAS in app.options]
    for application in users:
        _too_many(application, hosts, complain)
    _too_few(users, hosts, report)


def _running(bundle: model.Bundle, charm: str) -> Iterator[model.Application]:
    return (app for app in bundle.applications.values() if app.charm.name == charm)


def _disks(application: model.Application) -> int:
    """Returns how many OSDs a unit can have at most: its candidates by name, which may be a folder, and what Juju stores."""
    stored = application.storage.get("osd-devices")
    return max(1, len(str(application.options.get("osd-devices", "")).split()) + (stored.count if stored else 0))


def _expected(application: model.Application, hosts: int, disks: int, complain: Complain) -> None:
    """Monitors serve nobody until as many OSDs are there as they expect; more than there can be means never."""
    expected = _number(application, "expected-osd-count", 3)
    most = hosts * disks
    if expected > most:
        complain(
            application.where("options", "expected-osd-count"),
            f'application "{application.name}" expects {expected} OSDs, and {hosts} ceph-osd unit(s) with {disks} '
            f"device(s) each make {most} at most: its clients would wait for ever; set expected-osd-count: {most} or less",
            application.name,
        )


def _too_many(application: model.Application, hosts: int, complain: Complain) -> None:
    count = _number(application, _REPLICAS, _DEFAULT_REPLICAS)
    if count > hosts:
        complain(
            application.where("options", _REPLICAS),
            f'application "{application.name}" wants {count} copies on different hosts, and there are {hosts} ceph-osd '
            f"unit(s): its pools would never be healthy; set {_REPLICAS}: {hosts}, before the pools are made",
            application.name,
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
