"""What a project allows: its limits.* against what is in it."""

from __future__ import annotations

from collections.abc import Callable

from . import machines
from .daemon import Daemon
from .errors import LxdError, internal
from .records import Config, Instance
from .values import cpus, size

COUNTS = {
    "limits.instances": None,
    "limits.containers": "container",
    "limits.virtual-machines": "virtual-machine",
}
_SUMS: dict[str, Callable[[str], int]] = {"limits.memory": size, "limits.cpu": cpus}


def check_new(daemon: Daemon, instance: Instance) -> None:
    """Refuses an instance that its project has no room for."""
    config = daemon.store.project(instance.project).config
    for key, kind in COUNTS.items():
        if config.get(key) and kind in (None, instance.type) and _count(daemon, instance.project, kind) >= int(config[key]):
            of_type = f' of type "{kind}"' if kind else ""
            raise internal(f'Reached maximum number of instances{of_type} in project "{instance.project}"')
    check_sums(daemon, instance, "creation")


def check_sums(daemon: Daemon, instance: Instance, change: str) -> None:
    """Refuses an instance with which a project's CPUs, memory or disk would be overdrawn; `change` is what is asked for."""
    try:
        _check_sums(daemon, instance)
    except LxdError as exc:
        raise exc.within(f"Failed checking if instance {change} allowed") from exc


def _check_sums(daemon: Daemon, instance: Instance) -> None:
    config = daemon.store.project(instance.project).config
    others = [i for i in daemon.store.instances(instance.project).values() if i.name != instance.name]
    for key, number in _SUMS.items():
        if not config.get(key):
            continue
        total = sum(_needed(daemon, i, key, number) for i in [*others, instance])
        _refuse_above(total, config, key, instance.project)
    if config.get("limits.disk"):
        roots = sum(machines.root_size(daemon, i) for i in [*others, instance])
        volumes = [v for v in daemon.store.state.volumes if v.project == instance.project]
        total = roots + sum(size(v.config.get("size", "0")) for v in volumes)
        _refuse_above(total, config, "limits.disk", instance.project)


def check_change(daemon: Daemon, project: str, config: Config) -> None:
    """Refuses limits below what the project holds already."""
    for key, kind in COUNTS.items():
        if not config.get(key):
            continue
        count = _count(daemon, project, kind)
        if int(config[key]) < count:
            subject = f'"{key}"' if kind else key
            what = f"{count} instances of type {kind}" if kind else f"{count} total instances"
            raise internal(
                f'Can\'t change {subject} in project "{project}": "{key}" is too low: there currently are {what} '
                f'in project "{project}"'
            )
    for key, number in _SUMS.items():
        total = sum(number(daemon.store.expanded(i)[0].get(key) or "0") for i in daemon.store.instances(project).values())
        if config.get(key) and number(config[key]) < total:
            shown = f"{total / 2**20:.1f}MiB" if key == "limits.memory" else str(total)
            raise internal(f'"{key}" is too low: current total is "{shown}"')


def _count(daemon: Daemon, project: str, kind: str | None) -> int:
    return sum(kind in (None, i.type) for i in daemon.store.instances(project).values())


def _needed(daemon: Daemon, instance: Instance, key: str, number: Callable[[str], int]) -> int:
    """What an instance of a limited project has to say it needs; a percentage is no number of bytes."""
    failing = "Failed getting usage of project entities"
    value = daemon.store.expanded(instance)[0].get(key)
    if not value:
        where = f'Instance "{instance.name}" in project "{instance.project}"'
        raise internal(f'{failing}: {where} has no "{key}" config, either directly or via a profile')
    try:
        return number(value)
    except ValueError:
        where = f'instance "{instance.name}" in project "{instance.project}"'
        raise internal(f'{failing}: Failed parsing "{key}" for {where}') from None


def _refuse_above(total: int, config: Config, key: str, project: str) -> None:
    if total > _SUMS.get(key, size)(config[key]):
        raise internal(f'Reached maximum aggregate value "{config[key]}" for "{key}" in project "{project}"')
