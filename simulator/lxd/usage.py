"""Who uses what: LXD's `used_by` lists, and with them what cannot be removed."""

from __future__ import annotations

from .records import Devices, Instance
from .store import DEFAULT, Store, url


def of_project(store: Store, project: str) -> list[str]:
    """Everything in a project; its default profile is in the list, though it does not keep the project from being removed."""
    state = store.state
    return [
        *(url(f"instances/{name}", project) for name in sorted(state.instances.get(project, {}))),
        *(url(f"profiles/{name}", project) for name in sorted(state.profiles.get(project, {}))),
        *(url(f"images/{name}", project) for name in sorted(state.images.get(project, {}))),
        *(_volume_url(v.pool, v.name, project) for v in state.volumes if v.project == project),
        *(url(f"networks/{name}", project) for name in sorted(state.networks.get(project, {}))),
        *(url(f"network-acls/{name}", project) for name in sorted(state.acls.get(project, {}))),
        *(url(f"network-zones/{name}", project) for name in sorted(state.zones.get(project, {}))),
    ]


def is_empty(store: Store, project: str) -> bool:
    """Whether a project holds nothing but its default profile."""
    return all(user == url(f"profiles/{DEFAULT}", project) for user in of_project(store, project))


def of_profile(store: Store, project: str, name: str) -> list[str]:
    """The instances that have a profile."""
    home = store.home(project, "profiles")
    return [
        url(f"instances/{i.name}", i.project)
        for i in store.all_instances()
        if name in i.profiles and store.home(i.project, "profiles") == home
    ]


def of_network(store: Store, project: str, name: str) -> list[str]:
    """Profiles and instances with a NIC on a network (profiles first), and networks that have it as their parent."""
    home = store.home(project, "networks")
    profiles = [
        url(f"profiles/{profile.name}", owner)
        for owner, records in sorted(store.state.profiles.items())
        for _, profile in sorted(records.items())
        if store.home(owner, "networks") == home and any(on_network(device, name) for device in profile.devices.values())
    ]
    instances = [
        url(f"instances/{i.name}", i.project)
        for i in store.all_instances()
        if store.home(i.project, "networks") == home and any(on_network(device, name) for device in store.expanded(i)[1].values())
    ]
    return profiles + instances


def of_acl(store: Store, project: str, name: str) -> list[str]:
    """Networks, profiles and instances that name an ACL."""
    home = store.home(project, "networks")
    networks = [
        url(f"networks/{network.name}", home)
        for network in store.networks(project).values()
        if name in split(network.config.get("security.acls", ""))
    ]
    profiles = [
        url(f"profiles/{profile.name}", owner)
        for owner, records in sorted(store.state.profiles.items())
        for profile in records.values()
        if store.home(owner, "networks") == home and _names_acl(profile.devices, name)
    ]
    instances = [
        url(f"instances/{i.name}", i.project)
        for i in store.all_instances()
        if store.home(i.project, "networks") == home and _names_acl(i.devices, name)
    ]
    return networks + profiles + instances


def of_pool(store: Store, name: str) -> list[str]:
    """Instances with their root on a pool, profiles that say so, and its custom volumes."""
    instances = [url(f"instances/{i.name}", i.project) for i in store.all_instances() if root_pool(store, i) == name]
    profiles = [
        url(f"profiles/{profile.name}", owner)
        for owner, records in store.state.profiles.items()
        for profile in records.values()
        if any(device.get("type") == "disk" and device.get("pool") == name for device in profile.devices.values())
    ]
    volumes = [
        _volume_url(v.pool, part, v.project)
        for v in store.state.volumes
        if v.pool == name
        for part in (v.name, *(f"{v.name}/snapshots/{snapshot}" for snapshot in v.snapshots))
    ]
    return sorted(instances) + sorted(profiles) + sorted(volumes)


def of_volume(store: Store, pool: str, project: str, name: str) -> list[str]:
    """Instances and profiles with a disk that is this custom volume."""
    home = store.home(project, "storage.volumes")

    def has(devices: Devices) -> bool:
        return any((d.get("pool"), d.get("source")) == (pool, name) for d in devices.values() if d.get("type") == "disk")

    instances = [
        url(f"instances/{i.name}", i.project)
        for i in store.all_instances()
        if store.home(i.project, "storage.volumes") == home and has(store.expanded(i)[1])
    ]
    profiles = [
        url(f"profiles/{profile.name}", owner)
        for owner, records in sorted(store.state.profiles.items())
        for profile in records.values()
        if store.home(owner, "storage.volumes") == home and has(profile.devices)
    ]
    return instances + profiles


def root_pool(store: Store, instance: Instance) -> str:
    """The pool of an instance's root disk."""
    return (root_disk(store.expanded(instance)[1]) or {}).get("pool", "")


def root_disk(devices: Devices) -> dict[str, str] | None:
    """The root disk among expanded devices."""
    return next((d for d in devices.values() if d.get("type") == "disk" and d.get("path") == "/"), None)


def on_network(device: dict[str, str], network: str) -> bool:
    """Whether a device is a NIC on a managed network, named as such or as its bridge."""
    return device.get("type") == "nic" and network in (device.get("network"), device.get("parent"))


def split(value: str) -> list[str]:
    """A comma-separated setting as a list."""
    return [part.strip() for part in value.split(",") if part.strip()]


def _names_acl(devices: Devices, name: str) -> bool:
    return any(name in split(device.get("security.acls", "")) for device in devices.values())


def _volume_url(pool: str, name: str, project: str) -> str:
    return url(f"storage-pools/{pool}/volumes/custom/{name}", project)
