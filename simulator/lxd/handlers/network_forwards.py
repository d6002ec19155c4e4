"""Network forwards: addresses of the host whose traffic goes to instances of a managed bridge."""

from __future__ import annotations

import ipaddress
from typing import Any

from aiohttp import web

from .. import answers
from ..call import Call
from ..errors import bad_request, conflict, internal, not_found
from ..records import Forward, Network
from ..store import url
from . import networks

_FIELDS = {"listen_address": "string", "description": "string", "config": "config"}
_PORT = ("description", "protocol", "listen_port", "target_port", "target_address")


def listing(call: Call) -> web.Response:
    """GET /1.0/networks/NAME/forwards."""
    network = _network(call)
    records = [record for _, record in sorted(network.forwards.items())]
    return answers.sync([_view(r) if call.recursion else _url(call, network, r.listen_address) for r in records])


def show(call: Call) -> web.Response:
    """GET /1.0/networks/NAME/forwards/ADDRESS."""
    view = _view(_find(call))
    return answers.sync(view, etag=_etag(view))


def create(call: Call) -> web.Response:
    """POST /1.0/networks/NAME/forwards."""
    network = _network(call)
    wanted = call.body("NetworkForwardsPost", **_FIELDS)
    address = wanted.get("listen_address", "")
    _check_address(address, "Failed parsing address")
    if any(address in other.forwards for networks in call.store.state.networks.values() for other in networks.values()):
        raise conflict("Failed creating forward: A forward for that listen address already exists")
    record = Forward(listen_address=address)
    _fill(network, record, wanted)
    network.forwards[address] = record
    return answers.created(_url(call, network, address))


def replace(call: Call) -> web.Response:
    """PUT /1.0/networks/NAME/forwards/ADDRESS."""
    record = _find(call)
    call.match(_etag(_view(record)))
    _fill(_network(call), record, call.body("NetworkForwardPut", **_FIELDS))
    return answers.done()


def patch(call: Call) -> web.Response:
    """PATCH /1.0/networks/NAME/forwards/ADDRESS: adds to the configuration; ports are replaced where they are sent."""
    record = _find(call)
    call.match(_etag(_view(record)))
    wanted = call.body("NetworkForwardPut", **_FIELDS)
    now = {"description": record.description, "ports": record.ports}
    _fill(_network(call), record, {**now, **wanted, "config": record.config | wanted.get("config", {})})
    return answers.done()


def remove(call: Call) -> web.Response:
    """DELETE /1.0/networks/NAME/forwards/ADDRESS."""
    record = _find(call)
    del _network(call).forwards[record.listen_address]
    return answers.done()


def _fill(network: Network, record: Forward, wanted: dict[str, Any]) -> None:
    config = wanted.get("config", {})
    for key in config:
        if key != "target_address" and not key.startswith("user."):
            raise internal(f'Failed creating forward: Invalid option "{key}"')
    if config.get("target_address"):
        _check_target(network, config["target_address"], "Invalid default target address")
    ports = [_port(network, at, port) for at, port in enumerate(wanted.get("ports") or [])]
    record.description, record.config, record.ports = wanted.get("description", ""), config, ports


def _port(network: Network, at: int, port: dict[str, str]) -> dict[str, str]:
    where = f"in port specification {at}"
    if port.get("protocol") not in ("tcp", "udp"):
        raise internal(f"Failed creating forward: Invalid port protocol {where}, protocol must be one of: tcp, udp")
    if not port.get("listen_port"):
        raise internal(f"Failed creating forward: Missing listen port {where}")
    _check_target(network, port.get("target_address", ""), f"Invalid target address {where}")
    return {key: port.get(key, "") for key in _PORT if key == "description" or port.get(key)}


def _check_target(network: Network, text: str, what: str) -> None:
    address = _check_address(text, f"Failed creating forward: {what}")
    own = network.config.get(f"ipv{address.version}.address", "none")
    if own != "none" and address not in ipaddress.ip_interface(own).network:
        raise internal(f"Failed creating forward: {what}: Target address is not within the network subnet")


def _check_address(text: str, what: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        raise bad_request(f"{what}: {text!r} is not an IP address".replace("'", '"')) from None


def _network(call: Call) -> Network:
    network = networks.find(call)
    if network.type != "bridge":
        raise bad_request(f'Network driver "{network.type}" does not support forwards')
    return network


def _find(call: Call) -> Forward:
    try:
        return _network(call).forwards[call.param("address")]
    except KeyError:
        raise not_found("Network forward not found") from None


def _view(record: Forward) -> dict[str, Any]:
    return {
        "description": record.description,
        "config": dict(sorted(record.config.items())),
        "ports": record.ports,
        "listen_address": record.listen_address,
        "location": "none",
    }


def _etag(view: dict[str, Any]) -> list[Any]:
    return [view["listen_address"], view["description"], view["config"], view["ports"]]


def _url(call: Call, network: Network, address: str) -> str:
    return url(f"networks/{network.name}/forwards/{address}", call.store.home(call.project, "networks"))
