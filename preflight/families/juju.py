"""Juju: the command that bootstraps, and whether the names are free or ours."""

from __future__ import annotations

import ipaddress
import re
import urllib.parse
from collections.abc import Iterator, Mapping
from typing import Any, Final

import config

from .. import settings
from ..checks import Check
from ..juju_side import JujuClient, JujuController
from ..outcome import Finding, failed, ok, warning
from ..stack import Stack

WANTED: Final = (3, 6)
HARMFUL: Final = (3, 6, 24)
"""Deletes virtual machines that it did not make together with their model."""


def number(text: str) -> tuple[int, ...]:
    """The numbers at the start of a version such as `3.6.9-ubuntu-amd64`."""
    match = re.match(r"\d+(?:\.\d+)*", text.strip())
    return tuple(int(part) for part in match[0].split(".")) if match else ()


def command(found: JujuClient, site: config.SiteSpec) -> Iterator[Finding]:
    """A `juju` of the right release."""
    yield from _release(f"`{found.binary}`", found.version, "`sudo snap refresh juju --channel 3.6/stable`", site)
    if found.bootstrapping:
        said = f"a bootstrap that an earlier run began goes on (process {found.bootstrapping})"
        yield warning(found.binary, said, "nothing: the next `up` follows it")


def _release(what: str, version: str, mend: str, site: config.SiteSpec) -> Iterator[Finding]:
    release, vms = number(version), len(site.controller.vms())
    if release[:3] == HARMFUL and vms:
        said = f"{what} is Juju {version}, which deletes virtual machines it did not make when a model goes; the site has {vms}"
        yield failed("juju", said, mend)
    elif release[:2] != WANTED:
        yield failed("juju", f"{what} is Juju {version or 'of no known version'}, and 3.6 is needed", mend)
    else:
        yield ok("juju", f"{what} is Juju {version}")


def controller(found: JujuController, site: config.SiteSpec) -> Iterator[Finding]:
    """The controller's name is free, or it is the one of this site and answers."""
    name, cloud = site.juju.controller, site.juju.cloud
    place = "juju.controller"
    if not found.known:
        yield ok(place, f"{name} is free and will be bootstrapped")
        return
    if found.cloud and found.cloud != cloud:
        said = f"the client store has a controller {name} on the cloud {found.cloud}, not {cloud}"
        yield failed(place, said, f"choose another name, or `juju unregister {name}` when it is of no use any more")
        return
    if found.unreachable:
        mend = (
            f"see that its machine runs (`juju status -m {name}:controller`); nothing in the model can change before it answers"
        )
        yield warning(place, f"{name} does not answer: {found.unreachable}", mend)
        return
    yield from _release(f"the controller {name}", found.version, f"`juju upgrade-controller -c {name}`", site)


def model(found: JujuController, site: config.SiteSpec) -> Iterator[Finding]:
    """The model's name is free, or the model is alive and on the site's cloud."""
    name, place = site.juju.model, "juju.model"
    there = next((m for m in found.models if m.name == name and not m.is_controller), None)
    if there is None:
        yield ok(place, f"{name} is free and will be made")
    elif there.cloud and there.cloud != site.juju.cloud:
        yield failed(place, f"{name} is there already, on the cloud {there.cloud}", "choose another name for the model")
    elif there.life:
        mend = f"wait until it is gone, or look at what keeps it: `juju status -m {site.juju.controller}:{name}`"
        yield failed(place, f"{name} is {there.life}", mend)
    elif there.status == "suspended":
        said = f"{name} is suspended: {there.message or 'its credential does not work'}"
        yield warning(place, said, "a new maas:apiKey is given to Juju by the next `up`")
    else:
        yield ok(place, f"{name} is there, on {there.cloud or site.juju.cloud}")


def endpoint(stack: Stack, found: Mapping[str, Any], site: config.SiteSpec) -> Iterator[Finding]:
    """MAAS's address is one that Juju's machines reach, which are not this one."""
    named = site.juju.endpoint or found.get("cloud_endpoint")
    url = str(named or settings.maas_access(stack)[0])
    host, place = urllib.parse.urlsplit(url).hostname or "", "juju.endpoint" if named else "maas:apiUrl"
    if not named and (host == "localhost" or host.startswith("127.")):
        mend = "set juju.endpoint to MAAS's URL on the management network"
        yield failed(place, f"{url} is this machine itself, and Juju's machines would ask themselves", mend)
        return
    management = site.networks.management
    try:
        inside = ipaddress.ip_address(host) in management.cidr
    except ValueError:
        inside = True  # a name: who can tell from here
    if not inside and not named and management.gateway is None:
        said = f"{url} is outside {management.cidr}, which has no gateway"
        yield warning(place, said, "set juju.endpoint to MAAS's URL on the management network, or give that a gateway")
    yield ok(place, f"Juju reaches MAAS at {url}")


CHECKS = (
    Check(
        name="juju-client",
        title="the juju command is there and of the right release",
        needs=("juju_client", "site"),
        judge=command,
        owns=("juju_settings", "juju_client"),
    ),
    Check(
        name="juju-endpoint",
        title="Juju's machines reach MAAS",
        needs=("stack", "juju_settings", "site", "maas_client"),
        judge=lambda stack, found, site, _: endpoint(stack, found, site),
    ),
    Check(
        name="juju-controller",
        title="the controller's name is free, or it is ours and answers",
        needs=("controller", "site"),
        judge=controller,
        owns=("controller",),
        hint="see to the files in Juju's client store",
    ),
    Check(name="juju-model", title="the model's name is free, or it is ours", needs=("controller", "site"), judge=model),
)
