"""Networks' settings: the keys of each type, the addresses LXD picks itself."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Callable

from .errors import LxdError, bad_request, internal
from .records import Config
from .values import Check, any_text, check, cidr_or, is_boolean, is_integer, is_mac, is_mtu, is_ranges, one_of

_BRIDGE: dict[str, Check] = {
    "bgp.ipv4.nexthop": any_text,
    "bgp.ipv6.nexthop": any_text,
    "bridge.driver": one_of("native", "openvswitch"),
    "bridge.external_interfaces": any_text,
    "bridge.hwaddr": is_mac,
    "bridge.mode": one_of("standard", "fan"),
    "bridge.mtu": is_mtu,
    "dns.domain": any_text,
    "dns.mode": one_of("dynamic", "managed", "none"),
    "dns.search": any_text,
    "dns.zone.forward": any_text,
    "dns.zone.reverse.ipv4": any_text,
    "dns.zone.reverse.ipv6": any_text,
    "fan.overlay_subnet": any_text,
    "fan.type": one_of("vxlan", "ipip"),
    "fan.underlay_subnet": any_text,
    "ipv4.address": cidr_or("none", "auto"),
    "ipv4.dhcp": is_boolean,
    "ipv4.dhcp.expiry": any_text,
    "ipv4.dhcp.gateway": any_text,
    "ipv4.dhcp.ranges": is_ranges,
    "ipv4.firewall": is_boolean,
    "ipv4.nat": is_boolean,
    "ipv4.nat.address": any_text,
    "ipv4.nat.order": one_of("before", "after"),
    "ipv4.ovn.ranges": any_text,
    "ipv4.routes": any_text,
    "ipv4.routing": is_boolean,
    "ipv6.address": cidr_or("none", "auto"),
    "ipv6.dhcp": is_boolean,
    "ipv6.dhcp.expiry": any_text,
    "ipv6.dhcp.ranges": any_text,
    "ipv6.dhcp.stateful": is_boolean,
    "ipv6.firewall": is_boolean,
    "ipv6.nat": is_boolean,
    "ipv6.nat.address": any_text,
    "ipv6.nat.order": one_of("before", "after"),
    "ipv6.ovn.ranges": any_text,
    "ipv6.routes": any_text,
    "ipv6.routing": is_boolean,
    "maas.subnet.ipv4": any_text,
    "maas.subnet.ipv6": any_text,
    "raw.dnsmasq": any_text,
    "security.acls": any_text,
    "security.acls.default.egress.action": one_of("allow", "drop", "reject"),
    "security.acls.default.egress.logged": is_boolean,
    "security.acls.default.ingress.action": one_of("allow", "drop", "reject"),
    "security.acls.default.ingress.logged": is_boolean,
}
_PORT: dict[str, Check] = {
    "gvrp": is_boolean,
    "maas.subnet.ipv4": any_text,
    "maas.subnet.ipv6": any_text,
    "mtu": is_integer,
    "parent": any_text,
    "vlan": is_integer,
}
_PHYSICAL = _PORT | {
    "dns.nameservers": any_text,
    "ipv4.gateway": cidr_or(),
    "ipv4.ovn.ranges": any_text,
    "ipv4.routes": any_text,
    "ipv4.routes.anycast": is_boolean,
    "ipv6.gateway": cidr_or(),
    "ipv6.ovn.ranges": any_text,
    "ipv6.routes": any_text,
    "ipv6.routes.anycast": is_boolean,
    "ovn.ingress_mode": any_text,
}
TYPES: dict[str, dict[str, Check]] = {"bridge": _BRIDGE, "macvlan": _PORT, "sriov": _PORT, "physical": _PHYSICAL}
_LONGEST_NAME = 15
_PREFIXES = ("user.", "bgp.peers.", "tunnel.")


def check_name(name: str) -> None:
    """Refuses what can't be the name of a network interface."""
    if not name:
        raise bad_request("No name provided")
    if len(name) < 2:
        raise bad_request("Network interface is too short (minimum 2 characters)")
    if len(name) > _LONGEST_NAME:
        raise bad_request(f"Network interface is too long (maximum {_LONGEST_NAME} characters)")
    if "/" in name or name in (".", "..") or any(character.isspace() for character in name):
        raise bad_request("Network interface contains invalid characters")


def check_type(kind: str) -> None:
    """Refuses a type that LXD doesn't have, or that this host can't run."""
    if kind == "ovn":
        raise internal('Option "network" is required')
    if kind not in TYPES:
        raise bad_request("Unknown driver")


def validate(name: str, kind: str, config: Config, refuse: Callable[[str], LxdError]) -> None:
    """Refuses unknown keys and bad values; `refuse` makes the error, for its status differs between POST and PATCH."""
    for key, value in config.items():
        checker = TYPES[kind].get(key)
        if checker is None and not key.startswith(_PREFIXES):
            raise refuse(f'Invalid option for network "{name}" option "{key}"')
        try:
            check(value, checker or any_text)
        except LxdError as exc:
            raise refuse(f'Invalid value for network "{name}" option "{key}": {exc}') from exc
    if kind != "bridge" and not config.get("parent"):
        raise refuse(f'Invalid value for network "{name}" option "parent": Required value')


def fill(config: Config, taken: list[str]) -> Config:
    """A bridge's settings with the addresses that LXD picks: the unset are "auto", and "auto" brings NAT with it."""
    filled = dict(config)
    for family, pick in (("ipv4", _pick_ipv4), ("ipv6", _pick_ipv6)):
        if filled.setdefault(f"{family}.address", "auto") == "auto":
            filled.setdefault(f"{family}.nat", "true")
            filled[f"{family}.address"] = pick(taken)
    return dict(sorted(filled.items()))


def _pick_ipv4(taken: list[str]) -> str:
    used = [ipaddress.ip_interface(address).network for address in taken if "." in address]
    while True:
        network = ipaddress.IPv4Network((f"10.{secrets.randbelow(256)}.{secrets.randbelow(256)}.0", 24))
        if not any(isinstance(other, ipaddress.IPv4Network) and network.overlaps(other) for other in used):
            return f"{network[1]}/24"


def _pick_ipv6(_: list[str]) -> str:
    groups = [secrets.token_hex(2) for _ in range(3)]
    return f"{ipaddress.IPv6Address(f'fd42:{groups[0]}:{groups[1]}:{groups[2]}::1')}/64"
