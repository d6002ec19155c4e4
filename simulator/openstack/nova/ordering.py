"""A request for servers, checked against everything that it names, and the servers it asks for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..faults import Fault, bad_request, conflict, forbidden
from ..neutron import errors as network_errors
from ..routes import Request
from . import attaching, daemons, identifiers, quotas, zones
from .records import Attached, Flavor, Nic, Server
from .serverschema import NETWORKS_SINCE

if TYPE_CHECKING:
    from .compute import Compute

GIB = 1 << 30


def servers(compute: Compute, request: Request) -> list[Server]:
    """The servers that a request asks for, kept nowhere yet.

    Raises:
        Fault: 400, 403 or 409, something that the request names isn't there, doesn't fit, or exceeds a quota.
    """
    given: dict[str, Any] = request.body["server"]
    low = int(given.get("min_count", 1))
    high = max(low, int(given.get("max_count", low)))
    if int(given.get("max_count", high)) < low:
        raise bad_request("min_count must be <= max_count")
    flavor = _flavor(compute, request, given)
    volumes = _volumes(compute, request, given, flavor)
    _check_image(compute, given, flavor, volumes, request)
    pattern = Server(
        id="",
        name=given["name"],
        hostname=given.get("hostname") or _hostname(given["name"]),
        project_id=request.project,
        user_id=request.caller.user_id,
        flavor=flavor.model_copy(deep=True),
        image_id=given.get("imageRef") or "",
        metadata=given.get("metadata", {}),
        description=given.get("description", given["name"] if request.version < 19 else None),
        key_name=_key(compute, request, given),
        user_data=given.get("user_data"),
        config_drive=str(given.get("config_drive", False)).lower() in ("true", "1", "yes"),
        group_id=_group(compute, request),
        by_admin=request.admin,
        tags=given.get("tags", []),
        security_groups=_security_groups(compute, request, given),
        nics=_nics(compute, request, given),
        volumes=volumes,
        reservation_id=identifiers.reservation(),
        created=compute.now(),
        updated=compute.now(),
        root_device=None,
    )
    pattern.zone, pattern.wanted_host = _place(compute, request, given)
    quotas.require(compute, request.project, flavor, low)
    return [_numbered(pattern, number, high) for number in range(_room(compute, request, flavor, low, high))]


def _room(compute: Compute, request: Request, flavor: Flavor, low: int, high: int) -> int:
    """How many are made: as many as the quotas allow, of those that were asked for."""
    for count in range(high, low, -1):
        try:
            quotas.require(compute, request.project, flavor, count)
        except Fault:
            continue
        return count
    return low


def _numbered(pattern: Server, number: int, count: int) -> Server:
    server = pattern.model_copy(deep=True)
    server.id, server.launch_index = identifiers.new_id(), number
    if count > 1:
        server.name, server.hostname = f"{server.name}-{number + 1}", f"{server.hostname}-{number + 1}"
    for attached in server.volumes:
        attached.bdm_uuid = identifiers.new_id()
    return server


def _hostname(name: str) -> str:
    return re.sub(r"[^a-z0-9-]", "", re.sub(r"[ _.]", "-", name.lower())).strip("-")[:63] or "server"


def _flavor(compute: Compute, request: Request, given: dict[str, Any]) -> Flavor:
    wanted = str(given["flavorRef"]).rsplit("/", 1)[-1]
    try:
        return compute.flavor(wanted, request)
    except Fault:
        raise bad_request(f"Flavor {wanted} could not be found.") from None


def _check_image(compute: Compute, given: dict[str, Any], flavor: Flavor, volumes: list[Attached], request: Request) -> None:
    image_id, from_volume = given.get("imageRef") or "", any(each.boot for each in volumes)
    if not image_id:
        if not from_volume:
            raise bad_request("Invalid imageRef provided.")
        return
    if not compute.cloud.image.sees(request.caller, image_id):
        raise bad_request("Can not find requested image")
    image = compute.cloud.image.record(image_id)
    if image["status"] != "active":
        raise bad_request(f"Image {image_id} is not active.")
    if flavor.ram < int(image.get("min_ram") or 0):
        raise bad_request("Flavor's memory is too small for requested image.")
    if from_volume:
        return
    _check_disk(image, flavor)
    if flavor.disk == 0 and not request.admin:
        raise forbidden("Only volume-backed servers are allowed for flavors with zero disk.")


def _check_disk(image: dict[str, Any], flavor: Flavor) -> None:
    have, minimum, size = flavor.disk * GIB, int(image.get("min_disk") or 0) * GIB, int(image.get("size") or 0)
    if flavor.disk and have < size:
        text = f"Flavor's disk is too small for requested image. Flavor disk is {have} bytes, image is {size} bytes."
        raise bad_request(text)
    if flavor.disk and have < minimum:
        raise bad_request(
            "Flavor's disk is smaller than the minimum size specified in image metadata. "
            f"Flavor disk is {have} bytes, minimum size is {minimum} bytes."
        )


def _volumes(compute: Compute, request: Request, given: dict[str, Any], flavor: Flavor) -> list[Attached]:
    found: list[Attached] = []
    for each in given.get("block_device_mapping_v2", []):
        if each.get("destination_type", "volume") == "local" or each.get("no_device"):
            continue
        boot = str(each.get("boot_index")) == "0"
        source, wanted = each.get("source_type", "volume"), each.get("uuid", "")
        if source == "volume":
            _check_volume(compute, request, wanted)
        if source == "image" and not compute.cloud.image.sees(request.caller, wanted):
            raise bad_request(f"Block Device Mapping is Invalid: failed to get image {wanted}.")
        size = int(each.get("volume_size") or 0)
        if source in ("image", "blank") and not size:
            raise bad_request("Block Device Mapping is Invalid: Image or blank volumes need a volume_size.")
        attached = Attached(
            volume_id=wanted if source == "volume" else "",
            device=attaching.ROOT if boot else attaching.device_after(found, each.get("device_name")),
            delete_on_termination=str(each.get("delete_on_termination", False)).lower() in ("true", "1", "yes"),
            tag=each.get("tag"),
            bdm_uuid="",
            boot=boot,
            image_id=wanted if source == "image" else "",
            snapshot_id=wanted if source == "snapshot" else "",
            size=size,
            volume_type=each.get("volume_type"),
        )
        found.append(attached)
    return found


def _check_volume(compute: Compute, request: Request, volume_id: str) -> None:
    volume = compute.cloud.volume.record(volume_id)
    if volume is None or not (request.admin or volume["project_id"] == request.project):
        raise bad_request(f"Block Device Mapping is Invalid: failed to get volume {volume_id}.")
    if volume["status"] != "available":
        text = f"status must be 'available'. Currently in '{volume['status']}'"
        raise bad_request(f"Invalid volume: Volume {volume_id} {text}")


def _key(compute: Compute, request: Request, given: dict[str, Any]) -> str | None:
    name = given.get("key_name")
    if name and f"{request.caller.user_id}/{name}" not in compute.store.keypairs:
        raise bad_request("Invalid key_name provided.")
    return str(name) if name else None


def _security_groups(compute: Compute, request: Request, given: dict[str, Any]) -> list[str]:
    names = [str(each["name"]) for each in given.get("security_groups", []) if each.get("name")]
    for name in names:
        if name == "default":
            continue  # every project gets it at the latest with its first port
        try:
            compute.cloud.network.check_security_groups(request.project, [name])
        except network_errors.Refused:
            raise bad_request(f"Unable to find security_group with name or id '{name}'") from None
    return names


def _group(compute: Compute, request: Request) -> str | None:
    hints: dict[str, Any] = request.body.get("os:scheduler_hints") or request.body.get("OS-SCH-HNT:scheduler_hints") or {}
    wanted = hints.get("group") or request.body["server"].get("os:scheduler_hints", {}).get("group")
    if wanted is None:
        return None
    if wanted not in compute.store.groups:
        raise bad_request(f"Instance group {wanted} could not be found.")
    return str(wanted)


def _place(compute: Compute, request: Request, given: dict[str, Any]) -> tuple[str | None, str | None]:
    """The availability zone and the host that were asked for; `ZONE:HOST` is the old way to say both."""
    zone, _, host = (given.get("availability_zone") or "").partition(":")
    host = given.get("host") or given.get("hypervisor_hostname") or host.strip(":")
    if host and not request.admin:
        raise forbidden("Policy doesn't allow compute:servers:create:requested_destination to be performed.")
    if host and daemons.worker(compute, host) is None:
        raise bad_request(f"Compute host {host} could not be found.")
    if zone and zone not in {zones.of(compute, each) for each in daemons.workers(compute)}:
        raise bad_request("The requested availability zone is not available")
    return zone or None, host or None


def _nics(compute: Compute, request: Request, given: dict[str, Any]) -> list[Nic]:
    wanted = given.get("networks", "auto" if request.version < NETWORKS_SINCE else [])
    if wanted == "none":
        return []
    if wanted in ("auto", []):
        return _default_nics(compute, request)
    return [_nic(compute, request, each) for each in wanted]


def _default_nics(compute: Compute, request: Request) -> list[Nic]:
    found = compute.cloud.network.networks_for(request.project)
    if len(found) > 1:
        raise conflict("Multiple possible networks found, use a Network ID to be more specific.")
    return [Nic(network_id=each["id"]) for each in found]


def _nic(compute: Compute, request: Request, given: dict[str, Any]) -> Nic:
    network = compute.cloud.network
    if given.get("port"):
        port = network.port(given["port"])
        if port is None or not (request.admin or port["project_id"] == request.project):
            raise bad_request(f"Port {given['port']} could not be found.")
        if port["device_id"]:
            raise conflict(f"Port {given['port']} is still in use.")
        return Nic(network_id=port["network_id"], port_id=given["port"], tag=given.get("tag"))
    found = network.network(given.get("uuid"))
    if found is None or not (
        request.admin or found["shared"] or found["router:external"] or found["project_id"] == request.project
    ):
        raise bad_request(f"Network {given.get('uuid')} could not be found.")
    if not found["subnets"]:
        raise bad_request(f"Network {given['uuid']} requires a subnet in order to boot instances on.")
    return Nic(network_id=given["uuid"], fixed_ip=given.get("fixed_ip"), tag=given.get("tag"))
