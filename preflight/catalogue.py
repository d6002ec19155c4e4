"""All sources and all checks."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import config

from . import host, juju_side, libraries, region, settings, stack, store
from .checks import Check, Source
from .families import (
    addresses,
    bundle,
    clocks,
    configuration,
    disks,
    first_day,
    juju,
    locks,
    lxd,
    maas,
    machines,
    networks,
    ports,
    power,
    room,
    sizes,
    spaces,
    topology,
)

if TYPE_CHECKING:
    from components.plan import SitePlan

CHECKS: Final[tuple[Check, ...]] = (
    *configuration.CHECKS,
    *locks.CHECKS,
    *bundle.CHECKS,
    *topology.CHECKS,
    *maas.CHECKS,
    *networks.CHECKS,
    *addresses.CHECKS,
    *spaces.CHECKS,
    *machines.CHECKS,
    *sizes.CHECKS,
    *power.CHECKS,
    *disks.CHECKS,
    *ports.CHECKS,
    *lxd.CHECKS,
    *room.CHECKS,
    *juju.CHECKS,
    *first_day.CHECKS,
    *clocks.CHECKS,
)


def _raw(found: stack.Stack) -> Any:
    key = f"{found.project}:site"
    text = found.get(key)
    if text is None:
        raise config.SiteError(
            [config.Problem(key, "", f"is missing from Pulumi.{found.name}.yaml; copy Pulumi.lab.yaml and edit it")]
        )
    try:
        return json.loads(text)
    except ValueError as error:
        raise config.SiteError([config.Problem(key, "", f"is not a structured value: {error}")]) from None


def _stack(name: str, folder: pathlib.Path) -> stack.Stack:
    """Reads the configuration; its command takes as long as the imports, so they share the wait."""
    with libraries.importing():
        return stack.read(name, folder)


def _plan(found: stack.Stack, folder: pathlib.Path) -> SitePlan:
    from components import plan

    return plan.make(_raw(found), folder)


def _clock(who: str) -> Callable[[Any], clocks.Clock]:
    """Takes a server's clock from what it answered."""
    return lambda answer: clocks.Clock(who=who, ahead=answer.ahead)


def sources(folder: pathlib.Path) -> tuple[Source, ...]:
    """Everything that can be found out about the stack whose name is the source `name`, for the program in `folder`."""
    return (
        Source(name="stack", needs=("name",), read=lambda name: _stack(name, folder)),
        Source(name="site", needs=("stack",), read=lambda found: config.parse(_raw(found))),
        Source(name="plan", needs=("stack", "site"), read=lambda found, _: _plan(found, folder)),
        Source(name="locks", needs=("stack",), read=locks.locks),
        Source(name="maas_page", needs=("stack",), read=region.knock),
        Source(name="maas_client", needs=("stack", "maas_page"), read=lambda found, _: region.connect(found)),
        Source(name="region", needs=("maas_client",), read=region.read),
        Source(name="power", needs=("site", "region", "maas_client"), read=power.ask_power),
        Source(name="host", needs=("stack", "site"), read=host.read),
        Source(name="juju_settings", needs=("stack",), read=lambda found: settings.section(found, "juju")),
        Source(name="juju_client", needs=("juju_settings", "site"), read=juju_side.client),
        Source(name="controller", needs=("juju_settings", "site"), read=juju_side.controller),
        Source(
            name="store",
            needs=("juju_settings", "site", "plan"),
            read=lambda found, site, plan: store.read(found, site, plan.plan),
        ),
        Source(name="image_files", needs=("site",), read=lambda site: first_day.find(site, folder)),
        Source(name="maas_clock", needs=("maas_page",), read=_clock("MAAS")),
        Source(name="lxd_clock", needs=("host",), read=_clock("LXD")),
        Source(name="store_clock", needs=("store",), read=_clock("the charm store")),
    )
