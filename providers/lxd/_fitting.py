"""What is asked of the server about an instance before it is made or changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from clients import lxd as client

from .._base import Props, is_unknown
from . import _capacity, _devices, _sizes
from ._cluster import NO_CLUSTER

Config = dict[str, str]
Devices = dict[str, dict[str, str]]


def objections(lxd: client.Lxd, news: Props) -> Iterator[tuple[str, str]]:
    """Yields (input, reason): what this server can't do, and what can't be done while the instance runs."""
    if news.get("target"):
        yield "target", NO_CLUSTER
    kinds = lxd.reach().instance_types
    if kinds and news.get("type") not in kinds and not is_unknown(news.get("type")):
        yield "type", f"LXD at {lxd.remote.where} can't run a {news['type']}; it can run {' and '.join(kinds)}"
    yield from _while_running(lxd, news)


def wants(lxd: client.Lxd, news: Props) -> Callable[[int], _capacity.Need]:
    """What the instance takes, by the memory of the host that a percentage refers to."""
    config, devices = _profiled(lxd, news)
    config |= news.get("config", {})
    devices |= {} if is_unknown(news.get("devices")) else _by_name(news.get("devices", []))
    return lambda memory: _capacity.need(str(news.get("type")), config, devices, memory)


def _profiled(lxd: client.Lxd, news: Props) -> tuple[Config, Devices]:
    """What the profiles give; one that is still to be made gives nothing yet."""
    config, devices = Config(), Devices()
    project = news.get("project")
    if is_unknown(project) or is_unknown(news.get("profiles")):
        return config, devices
    for name in news.get("profiles", []):
        profile = lxd.find("profiles", name, project=project)
        config |= dict(profile.config) if profile else {}
        devices |= {n: dict(d) for n, d in profile.devices.items()} if profile else {}
    return config, devices


def _by_name(devices: list[dict[str, Any]]) -> Devices:
    return _devices.to_lxd(_devices.Device.model_validate(device) for device in devices)


def _while_running(lxd: client.Lxd, news: Props) -> Iterator[tuple[str, str]]:
    """A running VM takes no more memory and no other number of threads without a restart."""
    if news.get("allow_restart") or news.get("type") != _capacity.VM or is_unknown([news.get("config"), news.get("project")]):
        return
    name, project = str(news["name"]), str(news.get("project"))
    actual = lxd.find("instances", name, project=project)
    if actual is None or actual.body.get("status") != client.RUNNING:
        return
    for key in _refused_live(actual.config, news.get("config", {})):
        yield (
            "config",
            f"{name} is running, and {key} of a running VM can't go from {actual.config.get(key, 'its default')} to"
            f" {news['config'].get(key, 'its default')}: stop it first, or set allow_restart=True",
        )


def _refused_live(has: Any, asked: Config) -> Iterator[str]:
    if asked.get("limits.cpu") != has.get("limits.cpu"):
        yield "limits.cpu"
    sizes = [_sizes.parse_bytes(config.get("limits.memory", "")) or _capacity.VM_MEMORY for config in (has, asked)]
    if sizes[1] > sizes[0]:
        yield "limits.memory"
