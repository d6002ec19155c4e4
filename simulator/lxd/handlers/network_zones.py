"""DNS zones and their records."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from .. import answers, usage
from ..call import Call
from ..errors import bad_request, internal, not_found
from ..records import Zone
from ..store import url

_FIELDS = {"name": "string", "description": "string", "config": "config"}
_KEYS = ("dns.nameservers", "network.nat", "user.", "peers.")


def listing(call: Call) -> web.Response:
    """GET /1.0/network-zones."""
    home = _home(call)
    records = [record for _, record in sorted(call.store.zones(home).items())]
    return answers.sync([_view(call, r) if call.recursion else url(f"network-zones/{r.name}", home) for r in records])


def show(call: Call) -> web.Response:
    """GET /1.0/network-zones/NAME."""
    record = _find(call)
    return answers.sync(_view(call, record), etag=_etag(record))


def create(call: Call) -> web.Response:
    """POST /1.0/network-zones."""
    home = _home(call)
    wanted = call.body("NetworkZonesPost", **_FIELDS)
    name = wanted.get("name", "")
    if not name:
        raise internal("Name is required")
    if any(name in zones for zones in call.store.state.zones.values()):
        raise bad_request("The network zone already exists")
    record = Zone(name=name)
    _fill(record, wanted)
    call.store.zones(home)[name] = record
    return answers.created(url(f"network-zones/{name}", home))


def replace(call: Call) -> web.Response:
    """PUT /1.0/network-zones/NAME."""
    record = _find(call)
    call.match(_etag(record))
    _fill(record, call.body("NetworkZonePut", **_FIELDS))
    return answers.done()


def patch(call: Call) -> web.Response:
    """PATCH /1.0/network-zones/NAME."""
    record = _find(call)
    call.match(_etag(record))
    wanted = call.body("NetworkZonePut", **_FIELDS)
    _fill(record, {"description": record.description, **wanted, "config": record.config | wanted.get("config", {})})
    return answers.done()


def remove(call: Call) -> web.Response:
    """DELETE /1.0/network-zones/NAME."""
    record = _find(call)
    if _used_by(call, record.name):
        raise bad_request("Cannot delete a zone that is in use")
    del call.store.zones(call.project)[record.name]
    return answers.done()


def records(call: Call) -> web.Response:
    """GET /1.0/network-zones/NAME/records."""
    zone = _find(call)
    shown = [view if call.recursion else _record_url(call, zone, name) for name, view in sorted(zone.records.items())]
    return answers.sync(shown)


def add_record(call: Call) -> web.Response:
    """POST /1.0/network-zones/NAME/records."""
    zone = _find(call)
    wanted = call.body("NetworkZoneRecordsPost", **_FIELDS)
    name = wanted.get("name", "")
    if name in zone.records:
        raise internal("UNIQUE constraint failed: networks_zones_records.name")
    zone.records[name] = _record(name, wanted)
    return answers.created(_record_url(call, zone, name))


def record(call: Call) -> web.Response:
    """GET /1.0/network-zones/NAME/records/RECORD."""
    view = _find_record(call)
    return answers.sync(view, etag=_record_etag(view))


def replace_record(call: Call) -> web.Response:
    """PUT /1.0/network-zones/NAME/records/RECORD."""
    view = _find_record(call)
    call.match(_record_etag(view))
    _find(call).records[view["name"]] = _record(view["name"], call.body("NetworkZoneRecordPut", **_FIELDS))
    return answers.done()


def remove_record(call: Call) -> web.Response:
    """DELETE /1.0/network-zones/NAME/records/RECORD."""
    del _find(call).records[_find_record(call)["name"]]
    return answers.done()


def _fill(record: Zone, wanted: dict[str, Any]) -> None:
    for key in wanted.get("config", {}):
        if not key.startswith(_KEYS):
            raise internal(f'Invalid config option "{key}"')
    record.description, record.config = wanted.get("description", ""), wanted.get("config", {})


def _record(name: str, wanted: dict[str, Any]) -> dict[str, Any]:
    entries = [{key: entry[key] for key in ("type", "ttl", "value") if entry.get(key)} for entry in wanted.get("entries") or []]
    if any("type" not in entry or "value" not in entry for entry in entries):
        raise bad_request("Entry type and value are required")
    config = wanted.get("config", {})
    return {"description": wanted.get("description", ""), "entries": entries, "config": config, "name": name}


def _used_by(call: Call, name: str) -> list[str]:
    keys = ("dns.zone.forward", "dns.zone.reverse.ipv4", "dns.zone.reverse.ipv6")
    return [
        url(f"networks/{network.name}", project)
        for project, networks in sorted(call.store.state.networks.items())
        for network in networks.values()
        if any(name in usage.split(network.config.get(key, "")) for key in keys)
    ]


def _home(call: Call) -> str:
    call.store.project(call.project, f'Failed to load project "{call.project}": ')
    return call.store.home(call.project, "networks")


def _find(call: Call) -> Zone:
    try:
        return call.store.zones(_home(call))[call.param("name")]
    except KeyError:
        raise not_found("Network zone not found") from None


def _find_record(call: Call) -> dict[str, Any]:
    try:
        return _find(call).records[call.param("record")]
    except KeyError:
        raise not_found("Network zone record not found") from None


def _view(call: Call, record: Zone) -> dict[str, Any]:
    config = dict(sorted(record.config.items()))
    return {"description": record.description, "config": config, "name": record.name, "used_by": _used_by(call, record.name)}


def _etag(record: Zone) -> list[Any]:
    return [record.name, record.description, dict(sorted(record.config.items()))]


def _record_etag(view: dict[str, Any]) -> list[Any]:
    return [view["name"], view["description"], view["entries"], view["config"]]


def _record_url(call: Call, zone: Zone, name: str) -> str:
    return url(f"network-zones/{zone.name}/records/{name}", _home(call))
