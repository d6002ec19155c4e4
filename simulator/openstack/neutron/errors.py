"""What Neutron refuses, in Neutron's words.

A refusal is a status, the name of Neutron's exception class and its message; on the wire they stand in "NeutronError".
"""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """A request that Neutron refuses.

    Args:
        status: HTTP status of the answer.
        kind: name of Neutron's exception class, "type" on the wire.
        message: the sentence for the user.
    """

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.message = message

    def body(self) -> dict[str, Any]:
        """The body of the answer."""
        return {"NeutronError": {"type": self.kind, "message": self.message, "detail": ""}}


def bad(message: str) -> Refused:
    """A body or a query that breaks the API's own rules."""
    return Refused(400, "HTTPBadRequest", message)


def invalid(message: str) -> Refused:
    """A value that an operation cannot take."""
    return Refused(400, "InvalidInput", f"Invalid input for operation: {message}.")


def bad_resource(resource: str, message: str) -> Refused:
    """A request that the plugin of a resource cannot carry out as it is."""
    return Refused(400, "BadRequest", f"Bad {resource} request: {message}.")


def disallowed(*rules: str) -> Refused:
    """What the policy keeps from the caller; several rules are joined as oslo.policy prints them."""
    said = " and ".join(f"rule:{rule}" for rule in rules)
    return Refused(403, "PolicyNotAuthorized", f"{said if len(rules) == 1 else f'({said})'} is disallowed by policy")


def network_missing(network_id: str) -> Refused:
    """No network of that id that the caller sees."""
    return Refused(404, "NetworkNotFound", f"Network {network_id} could not be found.")


def subnet_missing(subnet_id: str) -> Refused:
    """No subnet of that id that the caller sees."""
    return Refused(404, "SubnetNotFound", f"Subnet {subnet_id} could not be found.")


def port_missing(port_id: str) -> Refused:
    """No port of that id that the caller sees."""
    return Refused(404, "PortNotFound", f"Port {port_id} could not be found.")


def address_taken(address: str, subnet_id: str) -> Refused:
    """The address has a port already."""
    return Refused(409, "IpAddressAlreadyAllocated", f"IP address {address} already allocated in subnet {subnet_id}")


def no_address_left(network_id: str) -> Refused:
    """All pools of the network's subnets are used up."""
    message = f"No more IP addresses available on network {network_id}."
    return Refused(409, "IpAddressGenerationFailure", message)
