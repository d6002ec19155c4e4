"""Machines, devices and controllers in JSON."""

from __future__ import annotations

from typing import Any

from .. import scriptsets
from ..records.network import Domain
from ..records.node import DEVICE, MACHINE, Node, Pool, Zone
from ..region import Region
from ..status import Status
from . import interfaces, storage

Json = dict[str, Any]
KINDS = {
    0: ("Machine", "machines"),
    1: ("Device", "devices"),
    2: ("Rack controller", "rackcontrollers"),
    3: ("Region controller", "regioncontrollers"),
    4: ("Region and rack controller", "rackcontrollers"),
}
_HARDWARE = [
    "system_vendor",
    "system_product",
    "system_family",
    "system_version",
    "system_sku",
    "system_serial",
    "cpu_model",
    "mainboard_vendor",
    "mainboard_product",
    "mainboard_serial",
    "mainboard_version",
    "mainboard_firmware_vendor",
    "mainboard_firmware_date",
    "mainboard_firmware_version",
    "chassis_vendor",
    "chassis_type",
    "chassis_serial",
    "chassis_version",
]
_TESTS = ("cpu", "memory", "storage", "network", "interface", "other")


def zone(row: Zone) -> Json:
    """A physical zone."""
    uri = f"/MAAS/api/2.0/zones/{row.name}/"
    return {"name": row.name, "description": row.description, "id": row.id, "resource_uri": uri}


def pool(row: Pool) -> Json:
    """A resource pool."""
    uri = f"/MAAS/api/2.0/resourcepool/{row.id}/"
    return {"name": row.name, "description": row.description, "id": row.id, "resource_uri": uri}


def domain(region: Region, row: Domain) -> Json:
    """A DNS zone."""
    return {
        "authoritative": row.authoritative,
        "ttl": row.ttl,
        "id": row.id,
        "resource_record_count": sum(_records(region, name.id) for name in _names(region, row)),
        "is_default": row.id == 0,
        "name": row.name,
        "resource_uri": f"/MAAS/api/2.0/domains/{row.id}/",
    }


def _names(region: Region, row: Domain) -> list[Any]:
    return [name for name in region.store.dnsresources.values() if name.domain == row.id]


def _records(region: Region, resource: int) -> int:
    addresses = len(region.store.dnsresources[resource].addresses)
    return addresses + sum(1 for record in region.store.dnsdata.values() if record.resource == resource)


def fqdn(region: Region, row: Node) -> str:
    """A node's full name."""
    return f"{row.hostname}.{region.store.domains[row.domain].name}"


def brief(region: Region, row: Node) -> Json:
    """What every node shows."""
    kind, folder = KINDS[row.node_type]
    return {
        "system_id": row.system_id,
        "hostname": row.hostname,
        "fqdn": fqdn(region, row),
        "node_type": row.node_type,
        "node_type_name": kind,
        "description": row.description,
        "zone": zone(region.store.zones[row.zone]),
        "domain": domain(region, region.store.domains[row.domain]),
        "tag_names": sorted(region.store.tags[number].name for number in row.tags if number in region.store.tags),
        "interface_set": [interfaces.interface(region, each) for each in region.store.interfaces_of(row)],
        "ip_addresses": ip_addresses(region, row),
        "resource_uri": f"/MAAS/api/2.0/{folder}/{row.system_id}/",
    }


def ip_addresses(region: Region, row: Node) -> list[str]:
    """A node's addresses; those that were only seen when there are no others."""
    links = [link for each in region.store.interfaces_of(row) for link in region.store.links_of(each) if link.ip]
    assigned = [link.ip for link in links if link.alloc_type != 6]
    return [ip for ip in assigned or [link.ip for link in links] if ip]


def any_node(region: Region, row: Node) -> Json:
    """A node as its kind shows it."""
    if row.node_type == MACHINE:
        return machine(region, row)
    return device(region, row) if row.node_type == DEVICE else controller(region, row)


def device(region: Region, row: Node) -> Json:
    """A device (a container, a switch): something with addresses that MAAS does not deploy."""
    return brief(region, row) | {
        "owner": row.owner,
        "owner_data": row.owner_data,
        "workload_annotations": row.owner_data,
        "parent": row.parent,
        "address_ttl": None,
    }


def controller(region: Region, row: Node) -> Json:
    """A controller."""
    return brief(region, row) | {"version": row.hwe_kernel or "", "service_set": _services(region)}


def _services(region: Region) -> list[Json]:
    """A controller's services: nobody reports how they do, but a rack that isn't connected is found dead."""
    down = any(fault.strikes("rack-down", ("maas",)) for fault in region.world.data.faults)
    names = "reverse_proxy ntp_region proxy bind9 syslog_region regiond rackd proxy_rack dhcpd http tftp syslog_rack ntp_rack"
    states = {"rackd": "dead"} if down else {}
    return [
        {"name": name, "status": states.get(name, "unknown"), "status_info": ""}
        for name in [*names.split(), "dhcpd6", "dns_rack"]
    ]


def machine(region: Region, row: Node) -> Json:
    """A machine, whole."""
    return (
        brief(region, row)
        | _state(region, row)
        | _system(region, row)
        | _hardware(row)
        | _storage(region, row)
        | _tests(region, row)
    )


def _state(region: Region, row: Node) -> Json:
    pool_row = region.store.pools.get(row.pool) if row.pool is not None else None
    return {
        "status": row.status,
        "status_name": Status(row.status).title,
        "status_message": row.status_message,
        "status_action": row.status_action,
        "power_state": row.power_state,
        "power_type": row.power_type,
        "owner": row.owner,
        "owner_data": row.owner_data,
        "workload_annotations": row.owner_data,
        "locked": row.locked,
        "netboot": row.netboot,
        "parent": row.parent,
        "pod": _pod(region, row),
        "virtualmachine_id": None,
        "pool": pool(pool_row) if pool_row else None,
        "current_commissioning_result_id": row.commissioning_set,
        "current_testing_result_id": row.testing_set,
        "current_installation_result_id": row.installation_set,
    }


def _pod(region: Region, row: Node) -> Json | None:
    host = region.store.vmhosts.get(row.pod) if row.pod is not None else None
    return {"id": host.id, "name": host.name, "resource_uri": f"/MAAS/api/2.0/pods/{host.id}/"} if host else None


def _system(region: Region, row: Node) -> Json:
    return {
        "osystem": row.osystem,
        "distro_series": row.distro_series,
        "hwe_kernel": row.hwe_kernel,
        "min_hwe_kernel": row.min_hwe_kernel,
        "ephemeral_deploy": row.ephemeral_deploy,
        "enable_hw_sync": row.enable_hw_sync,
        **({"enable_kernel_crash_dump": row.enable_kernel_crash_dump} if region.since(3, 6) else {}),
        **({"is_dpu": row.is_dpu} if region.since(3, 7) else {}),
        "sync_interval": None,
        "last_sync": None,
        "next_sync": None,
        "disable_ipv4": False,
        "swap_size": row.swap_size,
        "address_ttl": None,
        "bios_boot_method": row.bios_boot_method,
        "default_gateways": {"ipv4": gateway(region, row, 4), "ipv6": gateway(region, row, 6)},
        "boot_interface": _boot_interface(region, row),
    }


def _boot_interface(region: Region, row: Node) -> Json | None:
    found = region.store.interfaces.get(row.boot_interface) if row.boot_interface is not None else None
    return interfaces.interface(region, found) if found else None


def gateway(region: Region, row: Node, version: int) -> Json:
    """A machine's default gateway: the one that was chosen, else the first that its links have."""
    store = region.store
    chosen = row.gateway_link_ipv4 if version == 4 else row.gateway_link_ipv6
    link = store.addresses.get(chosen) if chosen is not None else None
    if link and link.subnet is not None:
        return {"gateway_ip": store.subnets[link.subnet].gateway_ip, "link_id": link.id}
    for each in store.interfaces_of(row):
        for link in store.links_of(each):
            subnet = store.subnets.get(link.subnet) if link.subnet is not None and link.alloc_type in (0, 1) else None
            if subnet and subnet.gateway_ip and (":" in subnet.gateway_ip) == (version == 6):
                return {"gateway_ip": subnet.gateway_ip, "link_id": None}
    return {"gateway_ip": None, "link_id": None}


def _hardware(row: Node) -> Json:
    memory = {"index": 0, "memory": row.memory if row.cores else 0, "cores": list(range(row.cores)), "hugepages_set": []}
    return {
        "architecture": row.architecture,
        "cpu_count": row.cpu_count,
        "cpu_speed": row.cpu_speed,
        "memory": row.memory,
        "hardware_uuid": row.hardware_uuid,
        "hardware_info": {name: row.hardware.get(name, "Unknown") for name in _HARDWARE},
        "numanode_set": [memory],
    }


def _storage(region: Region, row: Node) -> Json:
    store = region.store
    devices = [storage.device(region, each) for each in store.devices_of(row)]
    physical = [each for each in devices if each["type"] == "physical"]
    groups = [each for each in store.groups.values() if each.node == row.system_id]
    boot = next((each for each in physical if each["id"] == row.boot_disk), physical[0] if physical else None)
    return {
        "storage": sum(each["size"] for each in physical) / 1000**2,
        "blockdevice_set": devices,
        "physicalblockdevice_set": physical,
        "virtualblockdevice_set": [each for each in devices if each["type"] == "virtual"],
        "boot_disk": boot,
        "volume_groups": [_stub(each.node, each.id) for each in groups if each.kind == "lvm-vg"],
        "raids": [_stub(each.node, each.id) for each in groups if each.kind.startswith("raid")],
        "bcaches": [_stub(each.node, each.id) for each in groups if each.kind == "bcache"],
        "cache_sets": [_stub(each.node, each.id) for each in store.cachesets.values() if each.node == row.system_id],
        "special_filesystems": row.special_filesystems,
    }


def _stub(node: str, number: int) -> Json:
    return {"system_id": node, "id": number, "__incomplete__": True}


def _tests(region: Region, row: Node) -> Json:
    shown: Json = {}
    whole = scriptsets.status_of(region, row.testing_set)
    for name, code in [("commissioning", scriptsets.status_of(region, row.commissioning_set)), ("testing", whole)]:
        shown |= {f"{name}_status": code, f"{name}_status_name": scriptsets.title(code)}
    for kind in _TESTS:
        code = scriptsets.status_of(region, row.testing_set, kind)
        shown |= {f"{kind}_test_status": code, f"{kind}_test_status_name": scriptsets.title(code)}
    return shown
