"""What an instance looks like from outside."""

from __future__ import annotations

from typing import Any

from clients import lxd as client

from ._power import addresses

OF_POWER = ("status", "interfaces", "ipv4_address", "ipv6_address")
"""Outputs that come and go with the power."""
OUTPUTS = (*OF_POWER, "mac_address", "location")


def outputs(actual: client.Object, state: client.InstanceState) -> dict[str, Any]:
    """The outputs of an instance: where it is reached, by which MAC address, and how it is."""
    nic = actual.config.get("user.access_interface")
    return {
        "status": state.status,
        "interfaces": {name: _interface(found) for name, found in state.interfaces.items() if found.type != "loopback"},
        "ipv4_address": next(iter(addresses(state, "inet", nic)), ""),
        "ipv6_address": next(iter(addresses(state, "inet6", nic)), ""),
        "mac_address": _mac(actual, nic),
        "location": "" if actual.body.get("location") in (None, "none") else actual.body["location"],
    }


def _interface(found: client.Interface) -> dict[str, Any]:
    ips = [{"address": a.address, "family": a.family, "scope": a.scope} for a in found.addresses]
    return {"name": found.name, "type": found.type, "state": found.state, "ips": ips}


def _mac(actual: client.Object, nic: str | None) -> str:
    devices = actual.body.get("expanded_devices") or actual.devices
    nics = {name: device for name, device in sorted(devices.items()) if device.get("type") == "nic"}
    name = nic if nic in nics else next(iter(nics), None)
    return "" if name is None else nics[name].get("hwaddr") or actual.config.get(f"volatile.{name}.hwaddr", "")
