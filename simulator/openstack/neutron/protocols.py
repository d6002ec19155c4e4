"""Protocols and port ranges of security group rules."""

from __future__ import annotations

from typing import Any

from .errors import Refused, invalid

NUMBERS = {
    "ah": 51,
    "dccp": 33,
    "egp": 8,
    "esp": 50,
    "gre": 47,
    "hopopt": 0,
    "icmp": 1,
    "igmp": 2,
    "ip": 0,
    "ipip": 4,
    "ipv6-encap": 41,
    "ipv6-frag": 44,
    "ipv6-icmp": 58,
    "icmpv6": 58,
    "ipv6-nonxt": 59,
    "ipv6-opts": 60,
    "ipv6-route": 43,
    "ospf": 89,
    "pgm": 113,
    "rsvp": 46,
    "sctp": 132,
    "tcp": 6,
    "udp": 17,
    "udplite": 136,
    "vrrp": 112,
}
"""In the order in which Neutron lists them."""
WITH_PORTS = frozenset({6, 17, 33, 132, 136})
ICMP = frozenset({1, 58})


def number(protocol: str | None) -> int | None:
    """The protocol's number; None stands for all of them."""
    if protocol is None or protocol.lower() in {"any", "ip"}:
        return None
    return int(protocol) if protocol.isdecimal() else NUMBERS[protocol.lower()]


def checked_protocol(value: Any) -> str | None:
    """A protocol as rules keep it: a name in small letters or the digits of a number, None for all."""
    said = None if value is None else str(value).lower()
    if said in {None, "any"}:
        return None
    if said in NUMBERS or (said is not None and said.isdecimal() and int(said) <= 255):
        return said
    known = f"[None, {', '.join(repr(name) for name in NUMBERS)}]"
    message = (
        f"Security group rule protocol {value} not supported. Only protocol values {known} "
        "and integer representations [0 to 255] are supported."
    )
    raise Refused(400, "SecurityGroupRuleInvalidProtocol", message)


def checked_range(values: dict[str, Any]) -> tuple[int | None, int | None]:
    """First and last port of a rule (type and code in ICMP)."""
    low, high = _port(values["port_range_min"]), _port(values["port_range_max"])
    if low is None and high is None:
        return None, None
    protocol = number(values["protocol"])
    if protocol is None:
        message = "Must also specify protocol if port range is given."
        raise Refused(400, "SecurityGroupProtocolRequiredWithPorts", message)
    if protocol in ICMP:
        return _icmp(low, high)
    if protocol not in WITH_PORTS:
        message = f"Port ranges are not allowed for protocol {values['protocol']}"
        raise Refused(400, "SecurityGroupInvalidProtocolForPort", f"{message}.")
    if low is None or high is None or low > high:
        message = "For TCP/UDP protocols, port_range_min must be <= port_range_max"
        raise Refused(400, "SecurityGroupInvalidPortRange", message)
    return low, high


def _icmp(kind: int | None, code: int | None) -> tuple[int | None, int | None]:
    for field, value in (("type", kind), ("code", code)):
        if value is not None and value > 255:
            message = f"Invalid value for ICMP {field} ({'port_range_min' if field == 'type' else 'port_range_max'}) {value}."
            raise Refused(400, "SecurityGroupInvalidIcmpValue", f"{message} It must be 0 to 255.")
    if kind is None:
        message = f"ICMP code (port-range-max) {code} is provided but ICMP type (port-range-min) is missing."
        raise Refused(400, "SecurityGroupMissingIcmpType", message)
    return kind, code


def _port(value: Any) -> int | None:
    if value is None:
        return None
    try:
        port = int(value)
    except (ValueError, TypeError):
        raise invalid(f"'{value}' is not a valid port number") from None
    if not 0 <= port <= 65535:
        message = f"Invalid port: {value}"
        raise Refused(400, "SecurityGroupInvalidPortValue", message)
    return port
