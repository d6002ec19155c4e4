"""What Juju makes of MAAS's answers, and of its own wishes for MAAS: constraints, statuses, hardware, addresses."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from typing import Any

from .errors import ApiError
from .maasclient import Maas
from .records import Machine, Model, Space

NONCE = "juju-nonce="
SERIES = {"18.04": "bionic", "20.04": "focal", "22.04": "jammy", "24.04": "noble"}
_STATUSES = {
    "Deployed": "running",
    "Deploying": "allocating",
    "Allocated": "allocating",
    "Ready": "allocating",
    "Failed deployment": "provisioning error",
    "Broken": "provisioning error",
}
_MEBIBYTE = 1 << 20


def series(base: str) -> str:
    """MAAS's word for a base."""
    return SERIES.get(base.partition("@")[2], base)


async def allocation(maas: Maas, model: Model, machine: Machine) -> list[tuple[str, str]]:
    """The fields that ask MAAS for a machine as constraints and placement want it."""
    wanted = machine.constraints
    fields = [("agent_name", model.uuid), ("name", "")][:1]
    fields += [("arch", wanted["arch"])] if wanted.get("arch") else []
    fields += [("cpu_count", str(wanted["cores"]))] if wanted.get("cores") else []
    fields += [("mem", str(wanted["mem"]))] if wanted.get("mem") else []
    tags = wanted.get("tags") or []
    yes, no = [t for t in tags if not t.startswith("^")], [t[1:] for t in tags if t.startswith("^")]
    fields += [("tags", ",".join(yes))] if yes else []
    fields += [("not_tags", ",".join(no))] if no else []
    spaces = [space for space in wanted.get("spaces") or [] if not space.startswith("^")]
    ids = {space.name: space.provider_id for space in model.spaces}
    links = [f"{index}:space={ids[space]}" for index, space in enumerate(spaces) if ids.get(space)]
    fields += [("interfaces", ";".join(links))] if links else []
    if wanted.get("root-disk"):
        fields.append(("storage", f"root:{-(-int(wanted['root-disk']) * _MEBIBYTE // 10**9)}"))
    zones = wanted.get("zones") or []
    return fields + (_placement(machine.placement) or ([("zone", zones[0])] if zones else []))


def _placement(directive: str) -> list[tuple[str, str]]:
    key, equals, value = directive.partition("=")
    if not directive:
        return []
    if not equals:
        return [("name", directive)]
    return [({"system-id": "system_id", "zone": "zone", "subnet": "subnets"}[key], value)]


def learn(machine: Machine, answer: dict[str, Any]) -> None:
    """Takes over what MAAS says of a machine."""
    machine.instance_id = answer["system_id"]
    machine.hostname = answer.get("hostname") or machine.hostname
    machine.zone = (answer.get("zone") or {}).get("name", "default")
    disk = answer.get("boot_disk") or {}
    machine.hardware = {
        "arch": (answer.get("architecture") or "amd64").split("/")[0],
        "cpu-cores": int(answer.get("cpu_count") or 0),
        "mem": int(answer.get("memory") or 0),
        "root-disk": int((disk.get("size") or 0) // _MEBIBYTE),
        "tags": list(answer.get("tag_names") or []),
        "availability-zone": machine.zone,
    }
    boot = (answer.get("boot_interface") or {}).get("id")
    machine.interfaces = {nic["name"]: interface(nic) for nic in answer.get("interface_set") or []}
    nics = sorted(answer.get("interface_set") or [], key=lambda nic: nic.get("id") != boot)
    machine.addresses = [address(ip, machine.interfaces[nic["name"]]["cidr"]) for nic in nics for ip in _ips(nic)]
    if not machine.addresses:
        machine.addresses = [address(ip) for ip in answer.get("ip_addresses") or []]


def interface(nic: dict[str, Any]) -> dict[str, Any]:
    """A network interface as the status shows it, with the subnet's CIDR and space as MAAS names them."""
    subnet: dict[str, Any] = next((link["subnet"] for link in nic.get("links") or [] if link.get("subnet")), {})
    vlan = subnet.get("vlan") or nic.get("vlan") or {}
    return {
        "mac-address": nic.get("mac_address") or "",
        "ip-addresses": _ips(nic),
        "gateway": subnet.get("gateway_ip") or "",
        "dns-nameservers": list(subnet.get("dns_servers") or []),
        "is-up": True,
        "space": _space(subnet.get("space") or vlan.get("space")),
        "cidr": subnet.get("cidr") or "",
        "subnet": subnet.get("id"),
    }


def address(value: str, cidr: str = "") -> dict[str, str]:
    """An address as the controller describes it."""
    parsed = ipaddress.ip_address(value)
    scope = "local-cloud" if parsed.is_private or cidr else "public"
    found = {"value": value, "type": f"ipv{parsed.version}", "scope": scope}
    return found | ({"cidr": cidr} if cidr else {})


def instance_status(answer: dict[str, Any]) -> tuple[str, str]:
    """A machine's status with MAAS's words."""
    name = answer.get("status_name") or ""
    text = answer.get("status_message") or name
    return _STATUSES.get(name, "allocating"), text if name != "Deployed" else "Deployed"


def nonce_of(user_data: Any) -> str:
    """The nonce in a machine's user data, plain or in base64; "" when there is none."""
    text = user_data.decode(errors="replace") if isinstance(user_data, bytes) else str(user_data or "")
    if NONCE not in text:
        try:
            text = base64.b64decode(text, validate=False).decode(errors="replace")
        except (binascii.Error, ValueError):
            return ""
    found = re.search(re.escape(NONCE) + r"(\S+)", text)
    return found.group(1) if found else ""


async def spaces(maas: Maas) -> list[Space]:
    """The spaces that MAAS has, with their subnets; id 0 is Juju's own "alpha" for whatever is in none."""
    found: list[Space] = []
    known = await maas.get("spaces/")
    subnets = await maas.get("subnets/")
    outside = [_subnet(subnet, "alpha") for subnet in subnets if not _space(subnet.get("space"))]
    found.append(Space(id="0", name="alpha", subnets=outside))
    for space in known:
        name = _space(space["name"])
        if name:
            inside = [_subnet(subnet, name) for subnet in subnets if _space(subnet.get("space")) == name]
            found.append(Space(id=str(len(found)), name=name, provider_id=str(space["id"]), subnets=inside))
    return found


def keep_ids(old: list[Space], new: list[Space]) -> list[Space]:
    """The new spaces with the ids that spaces of these names had before."""
    ids = {space.name: space.id for space in old}
    used = {int(number) for number in ids.values()} | {0}
    for space in new:
        if space.name not in ids:
            ids[space.name] = str(max(used) + 1)
            used.add(max(used) + 1)
        space.id = ids[space.name]
    return new


def subnet_for(host: Machine, spaces_wanted: list[str], container: str) -> dict[str, Any]:
    """The host's interface through which a container is reached.

    Raises:
        ApiError: the host has no interface in a space that the container must be in.
    """
    without = {space[1:] for space in spaces_wanted if space.startswith("^")}
    spaces_wanted = [space for space in spaces_wanted if not space.startswith("^")]
    usable = [nic for nic in host.interfaces.values() if nic["subnet"] is not None and nic["space"] not in without]
    for space in spaces_wanted:
        if all(nic["space"] != space for nic in usable):
            raise ApiError(f'unable to find host bridge for space(s) "{space}" for container "{container}"')
    if not usable:
        raise ApiError(f'unable to find host bridge for container "{container}": host has no configured interface')
    wanted = [nic for nic in usable if nic["space"] in spaces_wanted]
    first = host.address
    return (wanted or [nic for nic in usable if first in nic["ip-addresses"]] or usable)[0]


def _subnet(subnet: dict[str, Any], space: str) -> dict[str, Any]:
    vlan = subnet.get("vlan") or {}
    return {
        "cidr": subnet["cidr"],
        "vlan-tag": int(vlan.get("vid") or 0),
        "life": "alive",
        "space-tag": f"space-{space}",
        "zones": ["default"],
        "provider-id": str(subnet["id"]),
        "provider-network-id": str(vlan.get("id") or ""),
        "provider-space-id": "",
        "status": "in-use",
    }


def _space(name: Any) -> str:
    if isinstance(name, dict):
        name = name.get("name")
    return "" if name in (None, "undefined") else str(name)


def _ips(nic: dict[str, Any]) -> list[str]:
    return [link["ip_address"] for link in nic.get("links") or [] if link.get("ip_address")]
