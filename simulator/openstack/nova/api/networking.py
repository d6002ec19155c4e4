"""A server's addresses, interfaces and security groups, as Nova repeats what Neutron knows."""

from __future__ import annotations

from typing import Any

from ...call import Reply
from ...faults import Fault, bad_request, not_found
from ...neutron import errors as network_errors
from ...routes import Request
from .. import building, history, transitions, views
from ..compute import Compute
from ..records import Nic
from ..table import ROUTES

_INTERFACES = "/servers/{server_id}/os-interface"
_STATES = frozenset({"active", "paused", "stopped"})
_UUID = {"type": "string", "format": "uuid"}
_ATTACH = {
    "type": "object",
    "properties": {
        "interfaceAttachment": {
            "type": "object",
            "properties": {
                "net_id": _UUID,
                "port_id": _UUID,
                "fixed_ips": {"type": "array", "items": {"type": "object", "properties": {"ip_address": {"type": "string"}}}},
                "tag": {"type": "string"},
            },
            "additionalProperties": False,
        }
    },
}
_GONE = (
    "/os-networks",
    "/os-floating-ips",
    "/os-security-groups",
    "/os-fixed-ips",
    "/os-floating-ip-pools",
    "/os-tenant-networks",
)


def _never(compute: Compute, request: Request) -> Reply:
    raise not_found("The resource could not be found.")


for path in _GONE:
    ROUTES.on("GET", path)(_never)
    ROUTES.on("POST", path)(_never)


@ROUTES.on("GET", "/servers/{server_id}/ips")
def addresses(compute: Compute, request: Request) -> Reply:
    """Answers the addresses by network."""
    found = views.addresses(compute, compute.server(request.params["server_id"], request))
    return Reply(status=200, body={"addresses": {name: _short(every) for name, every in found.items()}})


@ROUTES.on("GET", "/servers/{server_id}/ips/{network}")
def addresses_of(compute: Compute, request: Request) -> Reply:
    """Answers the addresses on one network."""
    found = views.addresses(compute, compute.server(request.params["server_id"], request))
    if request.params["network"] not in found:
        raise not_found("Instance is not a member of specified network")
    return Reply(status=200, body={request.params["network"]: _short(found[request.params["network"]])})


def _short(every: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"version": each["version"], "addr": each["addr"]} for each in every]


@ROUTES.on("GET", _INTERFACES)
def interfaces(compute: Compute, request: Request) -> Reply:
    """Answers all ports of a server."""
    server = compute.server(request.params["server_id"], request)
    shown = [_interface(port, request) for port in compute.cloud.network.ports(server.id)]
    return Reply(status=200, body={"interfaceAttachments": shown})


@ROUTES.on("GET", _INTERFACES + "/{port_id}")
def interface(compute: Compute, request: Request) -> Reply:
    """Answers one port of a server."""
    return Reply(status=200, body={"interfaceAttachment": _interface(_port(compute, request), request)})


@ROUTES.on("POST", _INTERFACES, schema=_ATTACH)
def attach(compute: Compute, request: Request) -> Reply:
    """Connects a server to one more network."""
    server = compute.server(request.params["server_id"], request)
    transitions.require(server, "attach_interface", _STATES)
    given = request.body.get("interfaceAttachment") or {}
    fixed = (given.get("fixed_ips") or [{}])[0].get("ip_address")
    if not given.get("net_id") and not given.get("port_id"):
        raise bad_request("Must input network_id when request IP address" if fixed else "Either net_id or port_id is needed")
    nic = Nic(network_id=given.get("net_id", ""), port_id=given.get("port_id", ""), fixed_ip=fixed, tag=given.get("tag"))
    try:
        port = building.connect(compute, server, nic)
    except network_errors.Refused as refused:
        raise Fault(refused.status if refused.status in (403, 404, 409) else 400, refused.message) from None
    server.nics.append(nic)
    history.note(compute, server, "attach_interface", request.caller)
    return Reply(status=200, body={"interfaceAttachment": _interface(port, request)})


@ROUTES.on("DELETE", _INTERFACES + "/{port_id}")
def detach(compute: Compute, request: Request) -> Reply:
    """Takes a port off a server."""
    server = compute.server(request.params["server_id"], request)
    transitions.require(server, "detach_interface", _STATES)
    port = _port(compute, request)
    compute.cloud.network.delete_port(port["id"])
    history.note(compute, server, "detach_interface", request.caller)
    return Reply(status=202)


def _port(compute: Compute, request: Request) -> dict[str, Any]:
    server = compute.server(request.params["server_id"], request)
    port: dict[str, Any] | None = compute.cloud.network.port(request.params["port_id"])
    if port is None or port["device_id"] != server.id:
        raise not_found(f"Port id {request.params['port_id']} could not be found.")
    return port


def _interface(port: dict[str, Any], request: Request) -> dict[str, Any]:
    shown = {
        "net_id": port["network_id"],
        "port_id": port["id"],
        "mac_addr": port["mac_address"],
        "port_state": port["status"],
        "fixed_ips": [{"subnet_id": each["subnet_id"], "ip_address": each["ip_address"]} for each in port["fixed_ips"]],
    }
    return shown | ({"tag": None} if request.version >= 70 else {})


@ROUTES.on("GET", "/servers/{server_id}/os-security-groups")
def security_groups(compute: Compute, request: Request) -> Reply:
    """Answers the security groups of a server's ports with their rules for what comes in."""
    server = compute.server(request.params["server_id"], request)
    ids = {each for port in compute.cloud.network.ports(server.id) for each in port["security_groups"]}
    found = [compute.cloud.network.security_group(server.project_id, each) for each in sorted(ids)]
    return Reply(status=200, body={"security_groups": [_group(compute, each) for each in found if each]})


def _group(compute: Compute, group: dict[str, Any]) -> dict[str, Any]:
    rules = [each for each in group["security_group_rules"] if each["direction"] == "ingress"]
    return {
        "id": group["id"],
        "description": group["description"],
        "name": group["name"],
        "tenant_id": group["project_id"],
        "rules": [_rule(compute, each, group) for each in sorted(rules, key=lambda each: str(each["id"]))],
    }


def _rule(compute: Compute, rule: dict[str, Any], group: dict[str, Any]) -> dict[str, Any]:
    whole = rule["protocol"] == "icmp" and rule["port_range_min"] is None
    remote = rule["remote_group_id"] and compute.cloud.network.security_group(group["project_id"], rule["remote_group_id"])
    prefix = rule["remote_ip_prefix"] or ("0.0.0.0/0" if rule["ethertype"] == "IPv4" else "::/0")
    return {
        "id": rule["id"],
        "parent_group_id": group["id"],
        "ip_protocol": rule["protocol"],
        "from_port": -1 if whole else rule["port_range_min"],
        "to_port": -1 if whole else rule["port_range_max"],
        "group": {"name": remote["name"], "tenant_id": remote["project_id"]} if remote else {},
        "ip_range": {} if remote else {"cidr": prefix},
    }
