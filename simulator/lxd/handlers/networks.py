"""Networks: those LXD manages, and the host's interfaces that it merely sees."""

from __future__ import annotations

import secrets
from typing import Any

from aiohttp import web

from .. import answers, machines, netconfig, usage, views
from ..call import Call
from ..errors import bad_request, conflict, internal, not_found
from ..records import Config, Network
from ..store import DEFAULT, url

FIELDS = {"name": "string", "description": "string", "type": "string", "config": "config"}


def listing(call: Call) -> web.Response:
    """GET /1.0/networks: managed ones first, then the host's."""
    home = _home(call)
    managed = call.store.networks(home)
    names = sorted(managed) + [name for name in _host_interfaces(call) if name not in managed]
    if call.recursion:
        return answers.sync([_view(call, name) for name in names])
    return answers.sync([url(f"networks/{name}", home) for name in names])


def show(call: Call) -> web.Response:
    """GET /1.0/networks/NAME."""
    _home(call)
    view = _view(call, call.param("name"))
    return answers.sync(view, etag=_etag(view))


def create(call: Call) -> web.Response:
    """POST /1.0/networks."""
    home = _home(call)
    wanted = call.body("NetworksPost", **FIELDS)
    name, kind = wanted.get("name", ""), wanted.get("type") or "bridge"
    netconfig.check_name(name)
    netconfig.check_type(kind)
    if name in call.store.networks(home):
        raise bad_request("The network already exists")
    config = wanted.get("config", {})
    netconfig.validate(name, kind, config, internal)
    _check_world(call, kind, config)
    if kind == "bridge":
        _refuse_taken(call, config.get("ipv4.address", ""))
        config = netconfig.fill(config, _addresses(call))
    hwaddr = config.get("bridge.hwaddr") or ":".join(["00:16:3e", *(f"{byte:02x}" for byte in secrets.token_bytes(3))])
    network = Network(name=name, type=kind, description=wanted.get("description", ""), config=config, hwaddr=hwaddr)
    call.store.networks(home)[name] = network
    _wire(call)
    call.daemon.lifecycle("network-created", f"networks/{name}", home)
    return answers.created(url(f"networks/{name}", home))


def replace(call: Call) -> web.Response:
    """PUT /1.0/networks/NAME."""
    network = find(call)
    call.match(_etag(_view(call, network.name)))
    wanted = call.body("NetworkPut", **FIELDS)
    return _change(call, network, wanted.get("description", ""), wanted.get("config", {}))


def patch(call: Call) -> web.Response:
    """PATCH /1.0/networks/NAME: adds to the configuration; a description that isn't sent is emptied, as 5.0.2 does."""
    network = find(call)
    call.match(_etag(_view(call, network.name)))
    wanted = call.body("NetworkPut", **FIELDS)
    return _change(call, network, wanted.get("description", ""), network.config | wanted.get("config", {}))


def rename(call: Call) -> web.Response:
    """POST /1.0/networks/NAME."""
    network = find(call)
    name = call.body("NetworkPost", **FIELDS).get("name", "")
    if usage.of_network(call.store, call.project, network.name):
        raise bad_request("Network is currently in use")
    netconfig.check_name(name)
    networks = call.store.networks(call.project)
    if name in networks:
        raise conflict(f'Network "{name}" already exists')
    del networks[network.name]
    network.name = name
    networks[name] = network
    return answers.created(url(f"networks/{name}", _home(call)))


def remove(call: Call) -> web.Response:
    """DELETE /1.0/networks/NAME."""
    network = find(call)
    if usage.of_network(call.store, call.project, network.name):
        raise bad_request("The network is currently in use")
    del call.store.networks(call.project)[network.name]
    call.daemon.lifecycle("network-deleted", f"networks/{network.name}", _home(call))
    return answers.done()


def state(call: Call) -> web.Response:
    """GET /1.0/networks/NAME/state."""
    name = call.param("name")
    managed = call.store.networks(_home(call)).get(name)
    seen = machines.interface(call.daemon, name)
    if managed is None and seen is None and name != "lo":
        raise not_found(f'Network interface "{name}" not found')
    if name == "lo":
        return answers.sync(_loopback())
    addresses, hwaddr = _state_of(managed.config, managed.hwaddr) if managed else ([], seen.mac if seen else "")
    if seen and seen.address:
        addresses.append(_address(seen.address))
    bridge = _bridge(call, managed) if managed and managed.type == "bridge" else None
    view = {"addresses": addresses, "counters": _counters(), "hwaddr": hwaddr, "mtu": 1500, "state": "up", "type": "broadcast"}
    return answers.sync({**view, "bond": None, "bridge": bridge, "vlan": None, "ovn": None})


def leases(call: Call) -> web.Response:
    """GET /1.0/networks/NAME/leases: the gateway and who has asked for an address."""
    network = find(call)
    found = []
    address = network.config.get("ipv4.address", "none")
    if address != "none":
        found.append(_lease(f"{network.name}.gw", "", address, "gateway", ""))
    for instance in call.store.all_instances():
        for name, device in machines.nics(call.daemon, instance).items():
            mac = machines.hwaddr(instance, name, device)
            leased = views.leased(call.daemon, network.name, mac)
            if leased and usage.on_network(device, network.name) and machines.is_running(call.daemon, instance):
                kind = "static" if device.get("ipv4.address") else "dynamic"
                found.append(_lease(instance.name, mac, device.get("ipv4.address") or leased, kind, "none"))
    return answers.sync(found)


def peers(call: Call) -> web.Response:
    """GET /1.0/networks/NAME/peers: only OVN networks have peers, and this host has no OVN."""
    network = find(call)
    raise bad_request(f'Network driver "{network.type}" does not support peering')


def find(call: Call) -> Network:
    """A managed network."""
    try:
        return call.store.networks(_home(call))[call.param("name")]
    except KeyError:
        raise not_found("Failed loading network: Network not found") from None


def _change(call: Call, network: Network, description: str, config: Config) -> web.Response:
    netconfig.validate(network.name, network.type, config, bad_request)
    for name in usage.split(config.get("security.acls", "")):
        if name not in call.store.acls(call.project):
            raise bad_request(f'Network ACL "{name}" does not exist')
    _check_world(call, network.type, config)
    network.description = description
    network.config = dict(sorted(config.items()))
    _wire(call)
    call.daemon.lifecycle("network-updated", f"networks/{network.name}", _home(call))
    return answers.done()


def _check_world(call: Call, kind: str, config: Config) -> None:
    """A port that carries an address can't join a bridge (one that isn't there is passed over); a parent has to be there."""
    for name in usage.split(config.get("bridge.external_interfaces", "")):
        seen = machines.interface(call.daemon, name)
        if seen and seen.address:
            raise internal("Only unconfigured network interfaces can be bridged")
    parent = config.get("parent", "")
    if kind == "physical" and not machines.interface(call.daemon, parent) and parent not in call.store.networks(call.project):
        raise internal(f'Parent interface "{parent}" not found')


def _refuse_taken(call: Call, address: str) -> None:
    """Two DNS and DHCP servers can't listen on one address."""
    ip = address.partition("/")[0]
    if any(ip == other.partition("/")[0] for other in _addresses(call)):
        raise internal(
            "The DNS and DHCP service exited prematurely: Process exited with non-zero value 2 "
            f'("dnsmasq: failed to create listening socket for {ip}: Address already in use")'
        )


def _loopback() -> dict[str, Any]:
    addresses = [
        {"family": "inet", "address": "127.0.0.1", "netmask": "8", "scope": "local"},
        {"family": "inet6", "address": "::1", "netmask": "128", "scope": "local"},
    ]
    view = {"addresses": addresses, "counters": _counters(), "hwaddr": "", "mtu": 65536, "state": "up", "type": "loopback"}
    return view | dict.fromkeys(("bond", "bridge", "vlan", "ovn"))


def _counters() -> dict[str, int]:
    return dict.fromkeys(("bytes_received", "bytes_sent", "packets_received", "packets_sent"), 0)


def _wire(call: Call) -> None:
    """A bridge's ports decide which layer-2 network its VMs are on."""
    for instance in call.store.all_instances():
        if instance.is_vm:
            machines.put(call.daemon, instance)


def _home(call: Call) -> str:
    call.store.project(call.project, f'Failed to load project "{call.project}": ')
    return call.store.home(call.project, "networks")


def _host_interfaces(call: Call) -> list[str]:
    """The host is seen from its own project only."""
    return [*(i.name for i in call.daemon.host.interfaces), "lo"] if _home(call) == DEFAULT else []


def _addresses(call: Call) -> list[str]:
    managed = [n.config.get("ipv4.address", "none") for nets in call.store.state.networks.values() for n in nets.values()]
    own = [i.address for i in call.daemon.host.interfaces if i.address]
    return [address for address in managed if address != "none"] + own


def _view(call: Call, name: str) -> dict[str, Any]:
    network = call.store.networks(_home(call)).get(name)
    used_by = usage.of_network(call.store, call.project, name)
    if network:
        return {
            "config": dict(sorted(network.config.items())) if call.caller.is_admin else {},
            "description": network.description,
            "name": name,
            "type": network.type,
            "used_by": used_by or None,
            "managed": True,
            "status": "Created",
            "locations": ["none"],
        }
    if name not in _host_interfaces(call):
        raise not_found("Network not found")
    return {
        "config": {},
        "description": "",
        "name": name,
        "type": _kind_of(name),
        "used_by": used_by,
        "managed": False,
        "status": "",
        "locations": None,
    }


def _kind_of(name: str) -> str:
    if name == "lo":
        return "loopback"
    return "bridge" if name.startswith(("br", "virbr", "lxdbr")) else "physical"


def _etag(view: dict[str, Any]) -> list[Any]:
    return [view["name"], view["managed"], view["type"], view["description"], view["config"]]


def _state_of(config: Config, hwaddr: str) -> tuple[list[dict[str, str]], str]:
    addresses = [config.get(f"{family}.address", "none") for family in ("ipv4", "ipv6")]
    return [_address(address) for address in addresses if address != "none"], hwaddr


def _address(cidr: str) -> dict[str, str]:
    address, _, prefix = cidr.partition("/")
    return {"family": "inet6" if ":" in address else "inet", "address": address, "netmask": prefix, "scope": "global"}


def _bridge(call: Call, network: Network) -> dict[str, Any]:
    hosts = [
        instance.config.get(f"volatile.{name}.host_name", "")
        for instance in call.store.all_instances()
        for name, device in machines.nics(call.daemon, instance).items()
        if usage.on_network(device, network.name)
    ]
    return {
        "id": f"8000.{network.hwaddr.replace(':', '')}",
        "stp": False,
        "forward_delay": 1500,
        "vlan_default": 0,
        "vlan_filtering": False,
        "upper_devices": [*usage.split(network.config.get("bridge.external_interfaces", "")), *filter(None, hosts)],
    }


def _lease(hostname: str, hwaddr: str, address: str, kind: str, location: str) -> dict[str, str]:
    ip = address.partition("/")[0]
    return {"hostname": hostname, "hwaddr": hwaddr, "address": ip, "type": kind, "location": location}
