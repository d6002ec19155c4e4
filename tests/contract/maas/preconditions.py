"""What a recording found when it began: read off the first sight of everything that it did not make itself.

The recordings' notes say the rest: users admin and bob, a rack at 10.20.0.2 on the default fabric's untagged VLAN, images of
focal and jammy unless the note says there are none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from simulator.maas import scriptsets, seed
from simulator.maas.records import images, network, node, people, storage
from simulator.maas.region import Region
from simulator.maas.status import Status
from simulator.world import Bmc, Machine, Nic

from .aligning import kind_of, objects
from .exchange import ROOT, Exchange

RACK = "ykbgb6"
_OWNED = frozenset({"Interface", "Address", "BlockDevice", "Partition", "Group", "CacheSet", "ScriptSet", "ScriptResult"})
_MODES = {"auto": network.AUTO, "dhcp": network.DHCP, "static": network.STATIC, "link_up": network.STATIC}
_CUSTOM = re.compile(r"'custom/(\w+)'")
_NODE_PATH = re.compile(ROOT + r"(?:nodes|machines)/([a-z0-9]{6})/")
_ON = re.compile(r"\(?(\w{6}) \((\w+)\) already has|\(physical\) on (\w+)\.")


def arrange(region: Region, exchanges: list[Exchange], note: str) -> None:
    """Puts a freshly installed region into the state in which a recording began."""
    _networks(region, exchanges)
    _images(region, exchanges, note)
    _settings(region, exchanges)
    _users(region, exchanges)
    inserters: dict[str, Callable[[Region, dict[str, Any]], None]] = {
        "Zone": lambda region, each: _plain(region.store.zones, node.Zone, each),
        "Pool": lambda region, each: _plain(region.store.pools, node.Pool, each),
        "Domain": lambda region, each: _plain(region.store.domains, network.Domain, each),
        "IpRange": _iprange,
        "StaticRoute": _route,
        "Vlan": _vlan,
        "Subnet": _subnet,
        "Space": _space,
        "Repository": _repository,
        "Notification": _notification,
        "Fabric": _fabric,
    }
    for kind, each in _found(exchanges):
        if kind in inserters:
            inserters[kind](region, each)
    _addresses(region, exchanges)
    _rack(region)
    _machines(region, exchanges)
    _tags(region, exchanges)
    for table in (getattr(region.store, name) for name in type(region.store).model_fields):
        if isinstance(table, dict) and table and all(isinstance(key, int) for key in table):
            kind = type(next(iter(table.values()))).__name__
            region.store.next_ids[kind] = max(*table, region.store.next_ids.get(kind, 1) - 1) + 1


def _tags(region: Region, exchanges: list[Exchange]) -> None:
    made = {str(e.request["name"]) for e in exchanges if e.path == ROOT + "tags/" and e.method == "POST" and e.status == 200}
    made |= {
        str(e.request["name"]) for e in exchanges if "/tags/" in e.path and e.method == "PUT" and "name" in (e.request or {})
    }
    for exchange in exchanges:
        found = re.fullmatch(ROOT + r"tags/([^/]+)/", exchange.path)
        if found and exchange.status < 300 and found[1] not in made:
            made.add(found[1])
            region.store.add(region.store.tags, node.Tag(name=found[1]))


def host(region: Region, each: dict[str, Any], exchanges: list[Exchange]) -> None:
    """A host of virtual machines that the recorder put into the database."""
    fields = {key: each[key] for key in node.VmHost.model_fields if key in each and key not in ("zone", "pool")}
    given = next((e.response for e in exchanges if e.path == each["resource_uri"] and e.query.get("op") == "parameters"), {})
    region.store.vmhosts[each["id"]] = node.VmHost(power_parameters=given, **fields)


def _found(exchanges: list[Exchange]) -> list[tuple[str, dict[str, Any]]]:
    """Objects at first sight that the recording did not make, with their kinds."""
    seen: set[tuple[str, int]] = set()
    found = []
    for exchange in exchanges:
        if exchange.status >= 300:
            continue
        made = exchange.method == "POST"
        for depth, each in enumerate(objects(exchange.response)):
            kind, number = kind_of(each), each.get("id")
            if not kind or not isinstance(number, int) or number < 0 or (kind, number) in seen:
                continue
            seen.add((kind, number))
            inside_fabric = made and kind == "Vlan" and kind_of(exchange.response) == "Fabric"
            if not (made and depth == 0) and not inside_fabric and kind not in _OWNED:
                found.append((kind, each))
    return found


def _networks(region: Region, exchanges: list[Exchange]) -> None:
    store = region.store
    for table in (store.fabrics, store.vlans, store.subnets, store.addresses, store.interfaces):
        table.clear()
    first = next((e.response for e in exchanges if e.method == "GET" and e.path == ROOT + "fabrics/" and e.status == 200), None)
    if first != []:
        store.fabrics[0] = network.Fabric(id=0, name="fabric-0")
        store.vlans[2] = network.Vlan(id=2, vid=0, fabric=0, name="untagged")
        store.subnets[1] = network.Subnet(id=1, name="10.20.0.0/24", cidr="10.20.0.0/24", vlan=2)


def _plain(table: dict[int, Any], kind: type[Any], each: dict[str, Any]) -> None:
    """A row whose fields are shown under their own names."""
    table.setdefault(each["id"], kind(**{key: each[key] for key in kind.model_fields if key in each}))


def _iprange(region: Region, each: dict[str, Any]) -> None:
    user = (each.get("user") or {}).get("username", "admin")
    fields = {key: each[key] for key in ("id", "type", "start_ip", "end_ip", "comment")}
    region.store.ipranges[each["id"]] = network.IpRange(subnet=each["subnet"]["id"], user=user, **fields)


def _route(region: Region, each: dict[str, Any]) -> None:
    fields = {key: each[key] for key in ("id", "gateway_ip", "metric")}
    row = network.StaticRoute(source=each["source"]["id"], destination=each["destination"]["id"], **fields)
    region.store.routes[row.id] = row


def _users(region: Region, exchanges: list[Exchange]) -> None:
    """Users that a list shows and the recording did not make."""
    made = {e.request["username"] for e in exchanges if e.path == ROOT + "users/" and e.method == "POST" and e.status == 200}
    known = {row.username for row in region.store.users.values()} | made
    for exchange in exchanges:
        listed = exchange.response if exchange.path == ROOT + "users/" and isinstance(exchange.response, list) else []
        for each in (each for each in listed if isinstance(each, dict) and each.get("username") not in known):
            known.add(each["username"])
            row = people.User(username=each["username"], email=each["email"], is_superuser=each["is_superuser"])
            region.store.add(region.store.users, row)


def _fabric(region: Region, each: dict[str, Any]) -> None:
    made = network.Fabric(id=each["id"], name=each["name"], class_type=each["class_type"])
    region.store.fabrics[made.id] = made


def _vlan(region: Region, each: dict[str, Any]) -> None:
    fabric = each["fabric_id"]
    region.store.fabrics.setdefault(fabric, network.Fabric(id=fabric, name=each["fabric"]))
    fields = {key: each[key] for key in ("id", "vid", "name", "mtu", "dhcp_on", "primary_rack", "secondary_rack")}
    region.store.vlans[each["id"]] = network.Vlan(fabric=fabric, **fields)


def _subnet(region: Region, each: dict[str, Any]) -> None:
    if each["vlan"]["id"] not in region.store.vlans:
        _vlan(region, each["vlan"])
    fields = {key: each[key] for key in network.Subnet.model_fields if key in each and key != "vlan"}
    region.store.subnets[each["id"]] = network.Subnet(vlan=each["vlan"]["id"], **fields)


def _space(region: Region, each: dict[str, Any]) -> None:
    region.store.spaces[each["id"]] = network.Space(id=each["id"], name=each["name"], description=each["description"])


def _repository(region: Region, each: dict[str, Any]) -> None:
    fields = {key: each[key] for key in images.Repository.model_fields if key in each}
    default = each["name"] in ("main_archive", "ports_archive")
    region.store.repositories[each["id"]] = images.Repository(**fields | {"default": default})


def _notification(region: Region, each: dict[str, Any]) -> None:
    region.store.notifications[each["id"]] = people.Notification(
        **{key: each[key] for key in people.Notification.model_fields if key != "user"}
    )


def _addresses(region: Region, exchanges: list[Exchange]) -> None:
    """Addresses that a list shows and no earlier answer gave."""
    given = set()
    for exchange in exchanges:
        for each in objects(exchange.response):
            if "alloc_type_name" not in each or each["ip"] in given:
                continue
            given.add(each["ip"])
            if exchange.method == "GET" and not each["interface_set"]:
                subnet = each["subnet"]["id"] if each["subnet"] else None
                row = network.Address(alloc_type=4, ip=each["ip"], subnet=subnet, user=(each["owner"] or {}).get("username"))
                region.store.add(region.store.addresses, row)


def _rack(region: Region) -> None:
    store = region.store
    rack = next(row for row in store.nodes.values() if row.node_type == node.REGION_AND_RACK)
    rack.system_id, rack.hostname = RACK, "region1"
    if 2 not in store.vlans:
        return
    row = node.Interface(id=1, node=RACK, name="eth0", mac="52:54:00:00:00:01", vlan=2)
    store.interfaces[1] = row
    store.addresses[1] = network.Address(id=1, alloc_type=network.STATIC, ip="10.20.0.2", subnet=1, interface=1)


def _images(region: Region, exchanges: list[Exchange], note: str) -> None:
    store = region.store
    listed = next(
        (e.response for e in exchanges if e.path == ROOT + "boot-resources/" and e.method == "GET" and not e.query), None
    )
    store.bootresources.clear()
    store.sources.clear()
    store.selections.clear()
    if "NO boot resources" not in note:
        store.next_ids["BootResource"] = 1
        for image in ("ubuntu/focal", "ubuntu/jammy"):
            seed.import_image(region, image)
    text = str([e.response for e in exchanges])
    if found := _CUSTOM.search(text):
        made = images.BootResource(type="Uploaded", name=found[1], architecture="amd64/generic", sha256="0", size=1, uploaded=1)
        store.add(store.bootresources, made)
    if listed is not None:
        known = {each["id"] for each in listed}
        store.bootresources = {key: row for key, row in store.bootresources.items() if key in known}


def _settings(region: Region, exchanges: list[Exchange]) -> None:
    done: set[str] = set()
    for exchange in exchanges:
        name = exchange.query.get("name") or (exchange.request or {}).get("name") if exchange.path == ROOT + "maas/" else None
        if not isinstance(name, str) or name in done:
            continue
        if exchange.status != 200:
            continue
        done.add(name)
        if exchange.method == "GET" and name in region.store.settings:
            region.store.settings[name] = exchange.response


def _machines(region: Region, exchanges: list[Exchange]) -> None:
    made = {e.response["system_id"] for e in exchanges if _makes_machine(e)}
    for exchange in exchanges:
        found = _NODE_PATH.match(exchange.path)
        known = {row.system_id for row in region.store.nodes.values()}
        if found and found[1] not in made | known and _exists(found[1], exchanges):
            _machine(region, found[1], exchanges)


def _makes_machine(exchange: Exchange) -> bool:
    made = exchange.method == "POST" and exchange.status == 200 and isinstance(exchange.response, dict)
    return made and exchange.path == ROOT + "machines/" and not exchange.query and "system_id" in exchange.response


def _exists(system_id: str, exchanges: list[Exchange]) -> bool:
    return any(f"/{system_id}/" in e.path and e.status in (200, 204) for e in exchanges)


def _machine(region: Region, system_id: str, exchanges: list[Exchange]) -> None:
    about = [e for e in exchanges if f"/{system_id}/" in e.path]
    names = {found[1]: found[2] for e in about if (found := _ON.search(str(e.response))) and found[1]}
    row = node.Node(
        system_id=system_id, hostname=names.get(system_id, f"host-{system_id}"), power_type="virsh", commissioned=True
    )
    row.commissioning_set = _passed(region, row)
    row.status = Status.NEW if "NEW" in about[0].label else Status.READY
    row.power_parameters = {"power_address": "qemu+ssh://10.0.0.1/system", "power_id": system_id, "power_pass": ""}
    store = region.store
    store.nodes[max(store.nodes, default=0) + 1] = row
    row.id = max(store.nodes)
    first = next((e.response for e in about if e.path.endswith("/interfaces/") and e.method == "GET"), [])
    for each in first:
        _interface(region, each)
    if not first:
        made = store.add(
            store.interfaces, node.Interface(node=system_id, name="enp1s0", mac=f"52:54:01:{row.id:02x}:00:01", vlan=2)
        )
        store.add(store.addresses, network.Address(alloc_type=network.AUTO, subnet=1, interface=made.id))
    mine = store.interfaces_of(row)
    row.boot_interface = mine[0].id
    _put_in_rack(region, row, mine)
    disks = next((e.response for e in about if e.path.endswith("/blockdevices/") and e.method == "GET"), [])
    for each in disks:
        _disk(region, each)
    row.boot_disk = disks[0]["id"] if disks else None


def _passed(region: Region, row: node.Node) -> int:
    made = scriptsets.begin(region, row, scriptsets.COMMISSIONING, [("50-maas-01-commissioning", None)])
    scriptsets.finish(region, made.id, scriptsets.PASSED)
    return made.id


def _put_in_rack(region: Region, row: node.Node, interfaces: list[node.Interface]) -> None:
    nics = [
        Nic(name=each.name, mac=each.mac, network="management" if n == 0 else f"other-{each.mac}")
        for n, each in enumerate(interfaces)
    ]
    bmc = Bmc(
        power_type="virsh", address="qemu+ssh://10.0.0.1/system", network="management", parameters={"power_id": row.system_id}
    )
    region.world.add(Machine(key=row.system_id, nics=nics, bmc=bmc))


def _interface(region: Region, each: dict[str, Any]) -> None:
    fields = {key: each[key] for key in node.Interface.model_fields if key in each and key not in ("vlan", "parents")}
    vlan = each["vlan"]["id"] if each["vlan"] else None
    made = node.Interface(node=each["system_id"], mac=each["mac_address"], vlan=vlan, **fields)
    store = region.store
    store.interfaces[made.id] = made
    for seen in each["discovered"] or []:
        number = 9000 + len(store.addresses)
        row = network.Address(id=number, alloc_type=network.DISCOVERED, ip=seen["ip_address"], subnet=seen["subnet"]["id"])
        row.interface = made.id
        store.addresses[number] = row
    for link in each["links"]:
        subnet = link["subnet"]["id"] if "subnet" in link else None
        row = network.Address(id=link["id"], alloc_type=_MODES[link["mode"]], ip=link.get("ip_address"), subnet=subnet)
        row.interface = made.id
        store.addresses[link["id"]] = row


def _disk(region: Region, each: dict[str, Any]) -> None:
    store = region.store
    fields = {key: each[key] for key in ("id", "name", "size", "block_size", "model", "serial", "id_path", "tags")}
    made = storage.BlockDevice(node=each["system_id"], partition_table=each["partition_table_type"], **fields)
    store.blockdevices[made.id] = made
    for part in each["partitions"]:
        filesystem = storage.Filesystem(**part["filesystem"]) if part["filesystem"] else None
        row = storage.Partition(id=part["id"], device=made.id, uuid=part["uuid"], size=part["size"], index=0)
        row.filesystem = filesystem
        store.partitions[row.id] = row
