"""Placement: what hosts have and who takes it, as Nova's state implies.

Owns: the API's reading half. It keeps nothing itself: providers are Nova's hosts and allocations its servers, so the two can
not disagree; what only Nova writes on a real cloud is not modelled.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .. import middleware
from ..call import Call, NotModelled, Refusal, Reply
from ..faults import Fault
from ..microversions import Microversions
from ..nova.daemons import Hypervisor
from . import inventory
from .errors import no_provider, refused

if TYPE_CHECKING:
    from ..cloud import Cloud
    from ..keystone.token import Token

VERSIONS = Microversions(service="placement", major=1, low=0, high=39)
_PROVIDER = re.compile(r"/resource_providers/(?P<id>[^/]+)(?P<part>/\w+)?(?P<rest>/\w+)?")
_CONSUMER = re.compile(r"/allocations/(?P<id>[^/]+)")
_POLICIES = {
    "/usages": "placement:usages",
    "/traits": "placement:traits:list",
    "/resource_classes": "placement:resource_classes:list",
}


class Area:
    """One cloud's Placement.

    Args:
        cloud: the other services, the facts and the clock.
    """

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def dump(self) -> dict[str, Any]:
        """Nothing: it has no state."""
        return {}

    def load(self, data: dict[str, Any]) -> None:
        """Takes nothing back."""

    async def answer(self, call: Call) -> Reply:
        """Answers a request."""
        if call.path in ("", "/"):
            return Reply(status=200, body=_versions())
        token = middleware.caller(self._cloud, call)
        try:
            version = VERSIONS.read(call.headers)
        except Fault as fault:
            raise refused(fault.status, fault.message) from None
        try:
            reply = self._answer(call, token, version)
        except Refusal as refusal:
            reply = refusal.reply
        return Reply(status=reply.status, body=reply.body, headers={**VERSIONS.headers(version), **reply.headers})

    def _answer(self, call: Call, token: Token, version: int) -> Reply:
        if not token.is_admin and not (call.path == "/usages" and call.query.get("project_id") == token.project_id):
            raise refused(403, f"{_POLICIES.get(call.path, 'placement:resource_providers:list')} is disallowed by policy")
        if call.method not in ("GET", "HEAD"):
            raise NotModelled(f"{call.method} {call.path}")
        lists = {
            "/resource_providers": self._providers,
            "/resource_classes": _classes,
            "/traits": self._traits,
            "/usages": self._usages,
            "/allocation_candidates": self._candidates,
        }
        if call.path in lists:
            return lists[call.path](call, version)
        if found := _PROVIDER.fullmatch(call.path):
            return self._of_provider(found["id"], (found["part"] or "")[1:], (found["rest"] or "")[1:], version)
        if found := _CONSUMER.fullmatch(call.path):
            return self._of_consumer(found["id"], version)
        raise refused(404, f"{call.path} is no path of this service")

    def _hosts(self) -> list[Hypervisor]:
        found: list[Hypervisor] = self._cloud.compute.hypervisors()
        return found

    def _providers(self, call: Call, version: int) -> Reply:
        asked = _resources(call.query.get("resources", ""))
        shown = [
            _provider(each, version)
            for each in self._hosts()
            if call.query.get("name") in (None, each.host)
            and call.query.get("uuid") in (None, each.id)
            and inventory.has_room(each, asked)
            and "member_of" not in call.query
        ]
        return Reply(status=200, body={"resource_providers": shown})

    def _of_provider(self, provider_id: str, part: str, rest: str, version: int) -> Reply:
        host = next((each for each in self._hosts() if each.id == provider_id), None)
        if host is None:
            raise no_provider(provider_id)
        generation = {"resource_provider_generation": host.used.servers + 1}
        have = inventory.inventories(host)
        bodies: dict[str, dict[str, Any]] = {
            "": _provider(host, version),
            "inventories": {"inventories": have} | generation,
            "usages": {"usages": inventory.usages(host)} | generation,
            "traits": {"traits": inventory.traits(host)} | generation,
            "aggregates": {"aggregates": []} | generation,
            "allocations": {"allocations": self._allocated(host)} | generation,
        }
        if part not in bodies or (rest and (part != "inventories" or rest not in have)):
            raise refused(404, f"No {part} {rest} of resource provider {provider_id}")
        return Reply(status=200, body=have[rest] | generation if rest else bodies[part])

    def _allocated(self, host: Hypervisor) -> dict[str, Any]:
        every = [each for each in self._cloud.compute.allocations() if each.hypervisor_id == host.id]
        return {each.server_id: {"resources": inventory.resources(each), "consumer_generation": 1} for each in every}

    def _of_consumer(self, consumer: str, version: int) -> Reply:
        every = [each for each in self._cloud.compute.allocations() if each.server_id == consumer]
        shown = {each.hypervisor_id: {"generation": 1, "resources": inventory.resources(each)} for each in every}
        body: dict[str, Any] = {"allocations": shown}
        if every and version >= 12:
            body |= {"project_id": every[0].project_id, "user_id": every[0].user_id}
        if every and version >= 28:
            body["consumer_generation"] = 1
        if every and version >= 38:
            body["consumer_type"] = "INSTANCE"
        return Reply(status=200, body=body)

    def _usages(self, call: Call, version: int) -> Reply:
        if "project_id" not in call.query:
            raise refused(400, "Invalid query string parameters: 'project_id' is a required property")
        total: dict[str, int] = {}
        for each in self._cloud.compute.allocations():
            if each.project_id == call.query["project_id"]:
                for name, amount in inventory.resources(each).items():
                    total[name] = total.get(name, 0) + amount
        return Reply(status=200, body={"usages": total})

    def _traits(self, call: Call, version: int) -> Reply:
        return Reply(status=200, body={"traits": sorted([*inventory.TRAITS, inventory.DISABLED])})

    def _candidates(self, call: Call, version: int) -> Reply:
        asked = _resources(call.query.get("resources", ""))
        if not asked:
            raise refused(400, "Invalid query string parameters: 'resources' is a required property")
        fit = [each for each in self._hosts() if not each.disabled and inventory.has_room(each, asked)]
        requests = [{"allocations": {each.id: {"resources": asked}}, "mappings": {"": [each.id]}} for each in fit]
        summaries = {each.id: {"resources": _summary(each), "traits": inventory.traits(each)} for each in fit}
        return Reply(status=200, body={"allocation_requests": requests, "provider_summaries": summaries})


def _classes(call: Call, version: int) -> Reply:
    shown = [{"name": name, "links": [{"rel": "self", "href": f"/resource_classes/{name}"}]} for name in inventory.CLASSES]
    return Reply(status=200, body={"resource_classes": shown})


def _provider(host: Hypervisor, version: int) -> dict[str, Any]:
    path = f"/resource_providers/{host.id}"
    parts = ["inventories", "usages"]
    parts += [name for since, name in ((1, "aggregates"), (6, "traits"), (11, "allocations")) if version >= since]
    links = [{"rel": "self", "href": path}, *({"rel": part, "href": f"{path}/{part}"} for part in parts)]
    shown: dict[str, Any] = {"uuid": host.id, "name": host.host, "generation": host.used.servers + 1, "links": links}
    return shown | ({"parent_provider_uuid": None, "root_provider_uuid": host.id} if version >= 14 else {})


def _resources(text: str) -> dict[str, int]:
    """`VCPU:1,MEMORY_MB:512` as a mapping."""
    found: dict[str, int] = {}
    for part in filter(None, text.split(",")):
        name, _, amount = part.partition(":")
        if not amount.isdigit():
            raise refused(400, f"Badly formed resources parameter. Expected resources query string parameter in form: {part}")
        found[name] = int(amount)
    return found


def _summary(host: Hypervisor) -> dict[str, Any]:
    used = inventory.usages(host)
    return {
        name: {"capacity": int((each["total"] - each["reserved"]) * each["allocation_ratio"]), "used": used[name]}
        for name, each in inventory.inventories(host).items()
    }


def _versions() -> dict[str, Any]:
    version = {
        "id": "v1.0",
        "max_version": "1.39",
        "min_version": "1.0",
        "status": "CURRENT",
        "links": [{"rel": "self", "href": ""}],
    }
    return {"versions": [version]}
