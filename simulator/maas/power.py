"""Power: which machine of the rack a node's power parameters reach, and switching it.

A BMC must be on a network where the rack has a port, be reachable, and be given the right user, password and ids. A virtual
machine is reached through its LXD host, which must trust the certificate.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import Any, Literal

from ..world import LxdHost, Machine, WorldError
from . import reach
from .records.node import Node, Power
from .region import Region

Action = Literal["on", "off", "cycle"]
UNMANAGED = ("manual", "")
_ADDRESSES = {"webhook": "power_on_uri"}
_CREDENTIALS = {
    "power_user": "Incorrect username.  Check BMC configuration and try again.",
    "power_pass": "Incorrect password.  Check BMC configuration and try again.",
}


class PowerError(Exception):
    """The BMC does not do it; the text is for the node's events."""


def driven(node: Node) -> bool:
    """Whether MAAS can switch a node at all."""
    return node.power_type not in UNMANAGED


def machine(region: Region, node: Node) -> Machine:
    """The machine that a node's power parameters reach; PowerError when they reach none."""
    address = str(node.power_parameters.get(_ADDRESSES.get(node.power_type, "power_address"), ""))
    fault = region.world.fault("bmc-unreachable", node.hostname, node.system_id, address)
    if fault:
        raise PowerError(str(fault.options.get("message", f"Could not connect to the BMC at {address}: timed out")))
    return _find(region, node)


def _find(region: Region, node: Node) -> Machine:
    address = str(node.power_parameters.get(_ADDRESSES.get(node.power_type, "power_address"), ""))
    return _lxd(region, node, address) if node.power_type == "lxd" else _bmc(region, node, address)


def reaches(region: Region, node: Node, candidate: Machine) -> bool:
    """Whether a node's power parameters reach this machine."""
    try:
        return driven(node) and _find(region, node) is candidate
    except PowerError:
        return False


def query(region: Region, node: Node) -> Power:
    """A node's power as its BMC tells it; PowerError when it doesn't."""
    return machine(region, node).power if driven(node) else "unknown"


def switch(region: Region, node: Node, action: Action) -> None:
    """Switches a node; PowerError when its BMC doesn't."""
    key = machine(region, node).key
    try:
        {"on": region.world.power_on, "off": region.world.power_off, "cycle": region.world.power_cycle}[action](key)
    except WorldError as exc:
        raise PowerError(str(exc)) from exc


def _bmc(region: Region, node: Node, address: str) -> Machine:
    networks = {port.network for port in region.world.data.rack.interfaces}
    given = node.power_parameters
    identity = given.get("power_id")
    try:
        found = region.world.by_bmc(node.power_type, address, networks, str(identity) if identity else None)
    except WorldError as exc:
        raise PowerError(f"Could not connect to the BMC: {exc}") from exc
    for key, right in found.bmc.parameters.items() if found.bmc else ():
        if str(given.get(key, "")) != right:
            raise PowerError(_CREDENTIALS.get(key, f"The BMC at {address} refuses {key}."))
    return found


def _lxd(region: Region, node: Node, address: str) -> Machine:
    given = node.power_parameters
    project, instance = str(given.get("project") or "default"), str(given.get("instance_name", ""))
    if not reach.rack_connected(region):
        raise PowerError("No rack controller can reach the LXD host")
    host = lxd_host(region, address)
    if not host:
        raise PowerError(f"Failed to connect to the LXD REST API: no LXD answers at {address}")
    check_trust(region, host, given, project)
    found = region.world.machines.get(f"{host.key}/{project}/{instance}")
    if not found:
        raise PowerError(f"{instance} not found in LXD project {project}")
    return found


def lxd_host(region: Region, address: str) -> LxdHost | None:
    """The host whose LXD answers at an address."""
    wanted, hosts = endpoint(address), region.world.data.lxd_hosts.values()
    host = next((each for each in hosts if wanted in {endpoint(known) for known in each.addresses}), None)
    return host if "lxd" in region.peers else None


def check_trust(region: Region, host: LxdHost, parameters: Mapping[str, Any], project: str) -> None:
    """Refuses, as LXD does, a certificate that it doesn't trust for a project."""
    if not region.peers["lxd"].trusts(host.key, fingerprint(str(parameters.get("certificate", ""))), project):
        raise PowerError("Certificate is not trusted and no password was given")


def endpoint(address: str) -> str:
    """HOST:PORT of an LXD address in any form; the port is 8443 unless it's said."""
    bare = address.removeprefix("https://").rstrip("/")
    return bare if ":" in bare.rpartition("]")[2] else f"{bare}:8443"


def fingerprint(pem: str) -> str:
    """The SHA-256 of a certificate in hexadecimal; empty for what is none."""
    lines = [line.strip() for line in pem.strip().splitlines()]
    body = "".join(line for line in lines if not line.startswith("-----"))
    try:
        return hashlib.sha256(base64.b64decode(body, validate=True)).hexdigest() if body else ""
    except binascii.Error:
        return ""
