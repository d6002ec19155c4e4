"""What an edit of a cloud that is up must not do by accident."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import Problem
from ..machine import WorkerSpec
from ..openstack import OpenStackSpec


def workers_enough(workers: tuple[WorkerSpec, ...], openstack: OpenStackSpec) -> Iterator[Problem]:
    """With a single worker nothing survives its loss: no copy of the data, no other place for the instances."""
    if len(workers) == 1 and not openstack.allow_single_worker:
        mend = (
            f"only {workers[0].hostname} is left: its loss would take all data and all instances with it; keep two workers, "
            "or set openstack.allow_single_worker to true"
        )
        yield Problem("workers", "1 worker", mend)


def services_complete(openstack: OpenStackSpec) -> Iterator[Problem]:
    """A service comes with those that it needs, and with the values that only the site knows."""
    on = dict(openstack.services.on())
    for name, service in on.items():
        for other in service.needs:
            if other not in on:
                yield Problem(f"openstack.services.{name}", "true", f"needs {other}; set openstack.services.{other} to true too")
        for value in service.values:
            if not openstack.values.get(value):
                mend = f"is missing, and the service {name} takes it; bundles/overlays/{service.overlay} says what it is"
                yield Problem(f"openstack.values.{value}", "", mend)


def cloud_opens(openstack: OpenStackSpec) -> Iterator[Problem]:
    """While Vault is closed there is no cloud to put anything into."""
    if openstack.vault.manage:
        return
    for name in ("day_one", "smoke_test"):
        if getattr(openstack, name) is not None:
            mend = "needs a cloud that is open, and openstack.vault.manage leaves that to you; remove this, or set manage to true"
            yield Problem(f"openstack.{name}", "", mend)


def overlays_once(openstack: OpenStackSpec) -> Iterator[Problem]:
    """A switch brings its overlay by itself."""
    for name, service in openstack.services.on():
        for index, overlay in enumerate(openstack.overlays):
            if overlay.rpartition("/")[2] == service.overlay:
                mend = f"comes with openstack.services.{name} already, which also makes the service ready; remove it here"
                yield Problem(f"openstack.overlays[{index}]", overlay, mend)
