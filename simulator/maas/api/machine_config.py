"""machines/{system_id}/?op=…: what a machine's disks, network and notes are to be."""

from __future__ import annotations

import re
from typing import Any

from .. import commissioning, layouts, lookups, scriptsets
from ..call import Call
from ..errors import FieldErrors, Refused
from ..forms import Form
from ..records.node import Node
from ..region import Region
from ..render import nodes
from ..status import Status
from . import machines
from .machines import own

one = machines.one
RESOURCES = ()


def _admin(region: Region, call: Call) -> Node:
    return lookups.editable(region, call.who, call.params["system_id"], "Machine")


@one.op("POST", "set_owner_data")
def set_owner_data(region: Region, call: Call) -> Any:
    """Sets the owner's notes; an empty value takes one away."""
    node = own(region, call)
    if node.owner is None:
        raise Refused(409, "Cannot set workload annotation: it hasn't been acquired.")
    for key, values in call.body.items():
        if key == "op":
            continue
        if values[-1]:
            node.owner_data[key] = values[-1]
        else:
            node.owner_data.pop(key, None)
    return nodes.machine(region, node)


one.op("POST", "set_workload_annotations")(set_owner_data)


@one.op("POST", "set_storage_layout")
def set_storage_layout(region: Region, call: Call) -> Any:
    """Partitions the disks anew. Fields: storage_layout, and those of the layout."""
    node = _admin(region, call)
    if node.status != Status.READY:
        raise Refused(409, "Cannot change the storage layout on a machine that is not Ready.")
    layouts.apply(region, node, layouts.required(call.body), call.body)
    return nodes.machine(region, node)


@one.op("POST", "restore_storage_configuration")
def restore_storage_configuration(region: Region, call: Call) -> Any:
    """Partitions the disks as after commissioning."""
    return _restore(region, call, storage=True, network=False)


@one.op("POST", "restore_networking_configuration")
def restore_networking_configuration(region: Region, call: Call) -> Any:
    """Configures the interfaces as after commissioning."""
    return _restore(region, call, storage=False, network=True)


@one.op("POST", "restore_default_configuration")
def restore_default_configuration(region: Region, call: Call) -> Any:
    """Does both."""
    return _restore(region, call, storage=True, network=True)


def _restore(region: Region, call: Call, *, storage: bool, network: bool) -> Any:
    node = _admin(region, call)
    if node.status not in (Status.READY, Status.FAILED_TESTING):
        what = "default networking and storage" if storage and network else "storage" if storage else "networking"
        raise Refused(409, f"Machine must be in a ready or failed testing state to restore {what} configuration.")
    if scriptsets.status_of(region, node.commissioning_set) != scriptsets.PASSED:
        raise Refused(500, "No resources found from commissioning output")
    if storage:
        layouts.clear(region, node)
        layouts.apply_default(region, node)
    machine = region.lifecycle.machine(node)
    if network and machine:
        boot = region.store.interfaces.get(node.boot_interface) if node.boot_interface is not None else None
        commissioning.network(region, node, machine, boot.mac if boot else None)
    return nodes.machine(region, node)


@one.op("POST", "clear_default_gateways")
def clear_default_gateways(region: Region, call: Call) -> Any:
    """Lets MAAS choose the default gateways again."""
    node = _admin(region, call)
    node.gateway_link_ipv4 = node.gateway_link_ipv6 = None
    return nodes.machine(region, node)


@one.op("POST", "mount_special")
def mount_special(region: Region, call: Call) -> Any:
    """Mounts a file system in memory. Fields: fstype, mount_point, mount_options."""
    node, form = own(region, call), Form(call.body)
    _require_mountable(node, "mount")
    fstype = form.choice("fstype", "", ("tmpfs", "ramfs"), required=True)
    point = form.text("mount_point", required=True)
    if point and not re.fullmatch(r"/.*", point):
        form.error("mount_point", "Enter a valid value.")
    form.check()
    node.special_filesystems.append(
        layouts.formatted(region, fstype, mount_point=point, mount_options=form.text("mount_options")).model_dump(
            include={"fstype", "label", "uuid", "mount_point", "mount_options"}
        )
    )
    return nodes.machine(region, node)


@one.op("POST", "unmount_special")
def unmount_special(region: Region, call: Call) -> Any:
    """Takes such a file system away. Field: mount_point."""
    node, form = own(region, call), Form(call.body)
    _require_mountable(node, "unmount")
    point = form.text("mount_point", required=True)
    form.check()
    kept = [each for each in node.special_filesystems if each["mount_point"] != point]
    if len(kept) == len(node.special_filesystems):
        raise FieldErrors({"__all__": [f"No special filesystem is mounted at {point}."]})
    node.special_filesystems = kept
    return nodes.machine(region, node)


def _require_mountable(node: Node, verb: str) -> None:
    if node.status not in (Status.READY, Status.ALLOCATED):
        raise Refused(409, f"Cannot {verb} the filesystem because the machine is not Ready or Allocated.")
