"""What the LXD server says, in one picture."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping
from typing import Any

import config
from clients import lxd

from . import settings, web
from .stack import Stack


@dataclasses.dataclass(frozen=True, kw_only=True)
class Pool:
    """A storage pool; sizes in bytes."""

    name: str
    driver: str
    space: lxd.Space


@dataclasses.dataclass(frozen=True, kw_only=True)
class Instance:
    """An instance of any project; memory in bytes, 0 when it isn't limited."""

    name: str
    project: str
    memory: int = 0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Network:
    """A network as LXD sees it, also one that it didn't make; `config` is that of a managed one."""

    name: str
    kind: str
    managed: bool = False
    config: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Host:
    """An LXD server and the machine under it; `ahead` is how many seconds its clock is ahead of ours, None when unknown."""

    where: str
    server: lxd.Server
    machine: lxd.Host
    networks: tuple[Network, ...] = ()
    pools: tuple[Pool, ...] = ()
    instances: tuple[Instance, ...] = ()
    ahead: float | None = None

    def network(self, name: str) -> Network | None:
        """The network of this name, None when there is none."""
        return next((network for network in self.networks if network.name == name), None)

    def pool(self, name: str) -> Pool | None:
        """The pool of this name, None when there is none."""
        return next((pool for pool in self.pools if pool.name == name), None)


def read(stack: Stack, site: config.SiteSpec) -> Host:
    """Asks the LXD server that the site names.

    Raises:
        SourceError: when the stack doesn't say where it is.
        LxdError: when it doesn't answer, or doesn't trust us.
    """
    client = lxd.connect(settings.lxd_remote(stack, site.controller.lxd.remote))
    asked = time.time()
    date = client.raw("get").headers.get("Date")
    ahead = web.ahead(date, asked, time.time())
    return Host(
        where=client.remote.where,
        server=client.server(),
        machine=client.host(),
        networks=tuple(map(_network, client.objects("networks"))),
        pools=tuple(_pool(client, pool) for pool in client.objects("storage-pools")),
        instances=tuple(map(_instance, client.objects("instances", everywhere=True))),
        ahead=ahead,
    )


def _network(found: lxd.Object) -> Network:
    return Network(
        name=found.name, kind=str(found.body.get("type", "")), managed=bool(found.body.get("managed")), config=found.config
    )


def _pool(client: lxd.Lxd, found: lxd.Object) -> Pool:
    return Pool(name=found.name, driver=str(found.body.get("driver", "")), space=client.space(found.name))


def _instance(found: lxd.Object) -> Instance:
    expanded: Mapping[str, Any] = found.body.get("expanded_config") or found.config
    return Instance(
        name=found.name,
        project=str(found.body.get("project") or "default"),
        memory=size(str(expanded.get("limits.memory", ""))),
    )


_UNITS = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}


def size(text: str) -> int:
    """A size in LXD's form, in bytes; 0 for one in percent or without meaning."""
    digits = text.rstrip("BkMGTKi")
    unit = text[len(digits) :] or "B"
    return int(digits) * _UNITS.get(unit, 0) if digits.isdigit() else 0
