"""Storage pools. The host has the dir driver; the others lack their kernel modules or tools."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp import web

from .. import answers, machines, usage, values
from ..call import Call
from ..daemon import POOLS
from ..errors import LxdError, bad_request, conflict, internal
from ..records import Config, Pool
from .server import KERNEL_VERSION

_FIELDS = {"name": "string", "driver": "string", "description": "string", "config": "config"}
_KEYS: dict[str, values.Check] = {
    "rsync.bwlimit": values.any_text,
    "rsync.compression": values.is_boolean,
    "source": values.any_text,
    "volatile.initial_source": values.any_text,
    "volume.size": values.is_size,
    "volume.snapshots.expiry": values.any_text,
    "volume.snapshots.pattern": values.any_text,
    "volume.snapshots.schedule": values.any_text,
    "volume.security.shifted": values.is_boolean,
    "volume.security.unmapped": values.is_boolean,
}
_MISSING = {
    "zfs": f'Error loading "zfs" module: Failed to run: modprobe -b zfs: exit status 1 (modprobe: FATAL: Module zfs not found '
    f"in directory /lib/modules/{KERNEL_VERSION})",
    "btrfs": 'Required tool "btrfs" is missing',
    "lvm": 'Required tool "lvm" is missing',
    "ceph": "Required tool 'ceph' is missing",
    "cephfs": "Required tool 'ceph' is missing",
}
INODES = 16_777_216


def listing(call: Call) -> web.Response:
    """GET /1.0/storage-pools."""
    pools = [pool for _, pool in sorted(call.store.state.pools.items())]
    return answers.sync([_view(call, pool) if call.recursion else f"/1.0/storage-pools/{pool.name}" for pool in pools])


def show(call: Call) -> web.Response:
    """GET /1.0/storage-pools/NAME; 5.0.2 sends no tag, though it checks one."""
    return answers.sync(_view(call, call.store.pool(call.param("pool"))))


def create(call: Call) -> web.Response:
    """POST /1.0/storage-pools."""
    wanted = call.body("StoragePoolsPost", **_FIELDS)
    name, driver = wanted.get("name", ""), wanted.get("driver", "")
    if not name:
        raise bad_request("No name provided")
    if "/" in name:
        raise bad_request("Storage pool names may not contain slashes")
    if not driver:
        raise bad_request("No driver provided")
    if name in call.store.state.pools:
        raise conflict("The storage pool already exists: The record already exists")
    if driver != "dir":
        raise internal(_MISSING.get(driver, "Unknown driver"))
    config = wanted.get("config", {})
    _validate(config, internal)
    own = str(POOLS / name)
    if config.get("source", own) != own:
        raise internal(f"Source path '{config['source']}' doesn't exist")
    config = dict(sorted({**config, "source": own}.items()))
    pool = Pool(name=name, driver=driver, description=wanted.get("description", ""), config=config)
    call.store.state.pools[name] = pool
    call.daemon.lifecycle("storage-pool-created", f"storage-pools/{name}")
    return answers.created(f"/1.0/storage-pools/{name}")


def replace(call: Call) -> web.Response:
    """PUT /1.0/storage-pools/NAME."""
    pool = call.store.pool(call.param("pool"))
    call.match(_etag(pool))
    wanted = call.body("StoragePoolPut", **_FIELDS)
    return _change(call, pool, wanted.get("description", ""), wanted.get("config", {}))


def patch(call: Call) -> web.Response:
    """PATCH /1.0/storage-pools/NAME: adds to the configuration; a description that isn't sent is emptied, as 5.0.2 does."""
    pool = call.store.pool(call.param("pool"))
    call.match(_etag(pool))
    wanted = call.body("StoragePoolPut", **_FIELDS)
    return _change(call, pool, wanted.get("description", ""), pool.config | wanted.get("config", {}))


def remove(call: Call) -> web.Response:
    """DELETE /1.0/storage-pools/NAME."""
    pool = call.store.pool(call.param("pool"))
    if usage.of_pool(call.store, pool.name):
        raise bad_request("The storage pool is currently in use")
    del call.store.state.pools[pool.name]
    call.daemon.lifecycle("storage-pool-deleted", f"storage-pools/{pool.name}")
    return answers.done()


def resources(call: Call) -> web.Response:
    """GET /1.0/storage-pools/NAME/resources: the space of the file system it is on; 500 where there is none, as in 5.0.2."""
    try:
        pool = call.store.pool(call.param("pool"))
    except LxdError as exc:
        raise internal(str(exc)) from exc
    used = sum(size for _, size in volumes_on(call, pool.name))
    space = {"used": used, "total": call.daemon.host.pool_size}
    return answers.sync({"space": space, "inodes": {"used": 1000, "total": INODES}})


def volumes_on(call: Call, pool: str) -> list[tuple[str, int]]:
    """What is allotted on a pool: instances' roots and custom volumes, with their sizes in bytes."""
    roots = [
        (instance.name, machines.root_size(call.daemon, instance))
        for instance in call.store.all_instances()
        if instance.is_vm and usage.root_pool(call.store, instance) == pool
    ]
    custom = [(v.name, values.size(v.config.get("size") or "0")) for v in call.store.state.volumes if v.pool == pool]
    return roots + custom


def _change(call: Call, pool: Pool, description: str, config: Config) -> web.Response:
    if config.get("source") != pool.config["source"]:
        raise internal("Pool source cannot be changed when not in pending state")
    _validate(config, bad_request)
    pool.description = description
    pool.config = dict(sorted({**config, "source": pool.config["source"]}.items()))
    call.daemon.lifecycle("storage-pool-updated", f"storage-pools/{pool.name}")
    return answers.done()


def _validate(config: Config, refuse: Callable[[str], LxdError]) -> None:
    """`refuse` makes the error, for its status differs between POST and PATCH."""
    for key, value in config.items():
        checker = _KEYS.get(key)
        if checker is None and not key.startswith("user."):
            raise refuse(f'Invalid option "{key}"')
        try:
            values.check(value, checker or values.any_text)
        except LxdError as exc:
            raise refuse(f'Invalid value for option "{key}": {exc}') from exc


def _view(call: Call, pool: Pool) -> dict[str, Any]:
    return {
        "config": pool.config if call.caller.is_admin else {},
        "description": pool.description,
        "name": pool.name,
        "driver": pool.driver,
        "used_by": usage.of_pool(call.store, pool.name) or None,
        "status": "Created",
        "locations": ["none"],
    }


def _etag(pool: Pool) -> list[Any]:
    return [pool.name, pool.driver, pool.config]
