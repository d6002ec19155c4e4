"""Network ACLs: sets of traffic rules."""

from __future__ import annotations

import ipaddress
from typing import Any

from aiohttp import web

from .. import answers, usage
from ..call import Call
from ..errors import LxdError, bad_request, internal, not_found
from ..instances import validate_name
from ..records import Acl
from ..store import url

_FIELDS = {"name": "string", "description": "string", "config": "config"}
_RULE = (
    "action",
    "source",
    "destination",
    "protocol",
    "source_port",
    "destination_port",
    "icmp_type",
    "icmp_code",
    "description",
    "state",
)
_CHOICES = {
    "action": ("Action must be one of", ("allow", "drop", "reject")),
    "state": ("State must be one of", ("enabled", "disabled", "logged")),
}
_PROTOCOLS = ("icmp4", "icmp6", "tcp", "udp")


def listing(call: Call) -> web.Response:
    """GET /1.0/network-acls."""
    home = _home(call)
    records = [record for _, record in sorted(call.store.acls(home).items())]
    return answers.sync([_view(call, r) if call.recursion else url(f"network-acls/{r.name}", home) for r in records])


def show(call: Call) -> web.Response:
    """GET /1.0/network-acls/NAME."""
    record = _find(call)
    return answers.sync(_view(call, record), etag=_etag(record))


def create(call: Call) -> web.Response:
    """POST /1.0/network-acls."""
    home = _home(call)
    wanted = call.body("NetworkACLsPost", **_FIELDS)
    name = wanted.get("name", "")
    _check_name(name)
    if name in call.store.acls(home):
        raise bad_request("The network ACL already exists")
    record = Acl(name=name)
    _fill(record, wanted)
    call.store.acls(home)[name] = record
    call.daemon.lifecycle("network-acl-created", f"network-acls/{name}", home)
    return answers.created(url(f"network-acls/{name}", home))


def replace(call: Call) -> web.Response:
    """PUT /1.0/network-acls/NAME."""
    record = _find(call)
    call.match(_etag(record))
    _fill(record, call.body("NetworkACLPut", **_FIELDS))
    return answers.done()


def patch(call: Call) -> web.Response:
    """PATCH /1.0/network-acls/NAME: adds to the configuration; the rest is replaced, by nothing where nothing is sent."""
    record = _find(call)
    call.match(_etag(record))
    wanted = call.body("NetworkACLPut", **_FIELDS)
    _fill(record, {**wanted, "config": record.config | wanted.get("config", {})})
    return answers.done()


def rename(call: Call) -> web.Response:
    """POST /1.0/network-acls/NAME."""
    record = _find(call)
    name = call.body("NetworkACLPost", **_FIELDS).get("name", "")
    _check_name(name)
    if usage.of_acl(call.store, call.project, record.name):
        raise internal("Cannot rename an ACL that is in use")
    acls = call.store.acls(call.project)
    if name in acls:
        raise bad_request("An ACL by that name exists already")
    del acls[record.name]
    record.name = name
    acls[name] = record
    return answers.created(url(f"network-acls/{name}", _home(call)))


def remove(call: Call) -> web.Response:
    """DELETE /1.0/network-acls/NAME."""
    record = _find(call)
    if usage.of_acl(call.store, call.project, record.name):
        raise internal("Cannot delete an ACL that is in use")
    del call.store.acls(call.project)[record.name]
    return answers.done()


def _fill(record: Acl, wanted: dict[str, Any]) -> None:
    ingress, egress = (_rules(direction, wanted.get(direction) or []) for direction in ("ingress", "egress"))
    for key in wanted.get("config", {}):
        if not key.startswith("user."):
            raise internal(f'Invalid config option "{key}"')
    record.description, record.config = wanted.get("description", ""), wanted.get("config", {})
    record.ingress, record.egress = ingress, egress


def _rules(direction: str, rules: list[dict[str, str]]) -> list[dict[str, str]]:
    kept = []
    for at, rule in enumerate(rules):
        for key, (text, choices) in _CHOICES.items():
            if rule.get(key, "") not in choices:
                raise internal(f"Invalid {direction} rule {at}: {text}: {', '.join(choices)}")
        if rule.get("protocol") and rule["protocol"] not in _PROTOCOLS:
            raise internal(f"Invalid {direction} rule {at}: Protocol must be one of: {', '.join(_PROTOCOLS)}")
        for side in ("Source", "Destination"):
            if rule.get(f"{side.lower()}_port") and not rule.get("protocol"):
                raise internal(f"Invalid {direction} rule {at}: {side} port cannot be used without specifying protocol")
            _check_subjects(rule.get(side.lower(), ""), f"Invalid {direction} rule {at}: Invalid {side}")
        kept.append({key: rule[key] for key in _RULE if rule.get(key)})
    return kept


def _check_name(name: str) -> None:
    if not name:
        raise internal("Name is required")
    try:
        validate_name(name)
    except LxdError as exc:
        raise internal(str(exc).partition(": ")[2]) from exc


def _check_subjects(text: str, where: str) -> None:
    """Addresses, networks, ranges, and @internal and @external."""
    for subject in usage.split(text):
        if subject in ("@internal", "@external", "#internal", "#external"):
            continue
        try:
            for end in subject.split("-"):
                ipaddress.ip_interface(end)
        except ValueError:
            raise internal(f'{where}: Invalid subject "{subject}"') from None


def _home(call: Call) -> str:
    call.store.project(call.project, f'Failed to load project "{call.project}": ')
    return call.store.home(call.project, "networks")


def _find(call: Call) -> Acl:
    try:
        return call.store.acls(_home(call))[call.param("name")]
    except KeyError:
        raise not_found("Network ACL not found") from None


def _view(call: Call, record: Acl) -> dict[str, Any]:
    return {
        "name": record.name,
        "description": record.description,
        "egress": record.egress,
        "ingress": record.ingress,
        "config": dict(sorted(record.config.items())),
        "used_by": usage.of_acl(call.store, call.project, record.name),
    }


def _etag(record: Acl) -> list[Any]:
    return [record.name, record.description, record.ingress, record.egress, dict(sorted(record.config.items()))]
