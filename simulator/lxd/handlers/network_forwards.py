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
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
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
    if _address(address) is None:
        what = f'Failed parsing address forward listen address "{address}": invalid CIDR address: {address}/32'
        raise internal(f"Failed creating forward: {what}")
    if any(address in other.forwards for networks in call.store.state.networks.values() for other in networks.values()):
        raise conflict("Failed creating forward: A forward for that listen address already exists")
    record = Forward(listen_address=address)
    _fill(network, record, wanted, "Failed creating forward")
    network.forwards[address] = record
    return answers.created(_url(call, network, address))


def replace(call: Call) -> web.Response:
    """PUT /1.0/networks/NAME/forwards/ADDRESS."""
    record = _find(call, "Failed updating forward: ")
    call.match(_etag(_view(record)))
    _fill(_network(call), record, call.body("NetworkForwardPut", **_FIELDS), "Failed updating forward")
    return answers.done()


def patch(call: Call) -> web.Response:
    """PATCH /1.0/networks/NAME/forwards/ADDRESS: adds to the configuration; a description that isn't sent is emptied."""
    record = _find(call, "Failed updating forward: ")
    call.match(_etag(_view(record)))
    wanted = call.body("NetworkForwardPut", **_FIELDS)
    merged = {"ports": record.ports, **wanted, "config": record.config | wanted.get("config", {})}
    _fill(_network(call), record, merged, "Failed updating forward")
    return answers.done()


def remove(call: Call) -> web.Response:
    """DELETE /1.0/networks/NAME/forwards/ADDRESS."""
    record = _find(call, "Failed deleting forward: ")
    del _network(call).forwards[record.listen_address]
    return answers.done()


def _fill(network: Network, record: Forward, wanted: dict[str, Any], failing: str) -> None:
    config = wanted.get("config", {})
    for key in config:
        if key != "target_address" and not key.startswith("user."):
            raise internal(f'{failing}: Invalid option "{key}"')
    if config.get("target_address"):
        _check_target(network, config["target_address"], failing)
    ports = [_port(network, at, port, failing) for at, port in enumerate(wanted.get("ports") or [])]
    record.description, record.config, record.ports = wanted.get("description", ""), config, ports


def _check_target(network: Network, text: str, failing: str) -> None:
    address = _address(text)
    if address is None:
        raise internal(f"{failing}: Invalid default target address")
    if not _within(network, address):
        raise internal(f"{failing}: Default target address is not within the network subnet")


def _port(network: Network, at: int, port: dict[str, str], failing: str) -> dict[str, str]:
    where = f"in port specification {at}"
    if port.get("protocol") not in ("tcp", "udp"):
        raise internal(f"{failing}: Invalid port protocol {where}, protocol must be one of: tcp, udp")
    address = _address(port.get("target_address", ""))
    if address is None:
        raise internal(f"{failing}: Invalid target address {where}")
    if not _within(network, address):
        raise internal(f"{failing}: Target address is not within the network subnet {where}")
    for number in port.get("listen_port", "").replace("-", ",").split(","):
        if not number.strip().isdigit():
            parsing = f'strconv.ParseInt: parsing "{number}": invalid syntax'
            raise internal(f"{failing}: Invalid listen port {where}: {parsing}")
    return {key: port.get(key, "") for key in _PORT}


def _within(network: Network, address: _Address) -> bool:
    own = network.config.get(f"ipv{address.version}.address", "none")
    return own == "none" or address in ipaddress.ip_interface(own).network


def _address(text: str) -> _Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _network(call: Call) -> Network:
    network = networks.find(call)
    if network.type != "bridge":
        raise bad_request(f'Network driver "{network.type}" does not support forwards')
    return network


def _find(call: Call, failing: str = "") -> Forward:
    try:
        return _network(call).forwards[call.param("address")]
    except KeyError:
        raise not_found(f"{failing}Network forward not found") from None


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
