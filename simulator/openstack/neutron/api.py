"""Paths below /v2.0 to what carries them out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..call import Call, NotModelled, Reply
from . import availability, bodies, extensions, segment_list, tags
from .caller import Caller
from .collection import Collection
from .errors import Refused
from .plant import Plant

NAMED = (("network", "networks"), ("subnet", "subnets"), ("subnetpool", "subnetpools"), ("port", "ports"))
"""Resources that /v2.0/ names."""
ELSEWHERE = frozenset(
    {"metering", "metering-labels", "metering-label-rules", "flavors", "service_profiles"}
    | {"auto-allocated-topology", "default-security-group-rules", "floatingip_pools"}
)
"""Collections that Neutron has and the simulator hasn't."""
_JSON = {"Content-Type": "application/json"}


class Api:
    """The resources of /v2.0, for a caller that is known already.

    Args:
        plant: all of Neutron.
    """

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        self._collections = {one.path: one for one in plant.collections}
        self._special: dict[str, Callable[[Call, list[str], Caller], Reply]] = {
            "extensions": self._extensions,
            "agents": self._agents,
            "quotas": self._quotas,
            "segments": self._segments,
            "availability_zones": self._zones,
            "network-ip-availabilities": self._availability,
            "service-providers": self._providers,
        }

    def answer(self, call: Call, parts: list[str], caller: Caller) -> Reply:
        """Answers a request; `parts` are the segments of its path below /v2.0."""
        if not parts:
            return Reply(body={"resources": [_named(one, many, call.base) for one, many in NAMED]})
        first, rest = parts[0], parts[1:]
        if first in self._special:
            return self._special[first](call, rest, caller)
        if first in self._collections:
            return self._collection(self._collections[first], call, rest, caller)
        if first in ELSEWHERE:
            raise NotModelled
        raise Refused(404, "HTTPNotFound", "The resource could not be found.")

    def _collection(self, found: Collection, call: Call, rest: list[str], caller: Caller) -> Reply:
        if not rest:
            return self._all(found, call, caller)
        if len(rest) == 1:
            return self._one(found, call, rest[0], caller)
        row = found.find(rest[0], caller)
        if rest[1] == "tags" and found.taggable and len(rest) <= 3:
            body = bodies.parse(call.body)
            answered = tags.answer(tags.Change(call.method, rest[2] if len(rest) == 3 else None, body), found, row, caller)
            return Reply(status=answered[0], body=answered[1], headers=_JSON if answered[1] else {}) if answered else _wrong()
        if found is self._plant.networks and rest[1:] == ["dhcp-agents"] and call.method == "GET":
            return Reply(body={"agents": []})  # OVN serves addresses itself
        if len(rest) == 2 and rest[1] in found.actions and call.method == "PUT":
            found.own(row, caller, "update")
            return Reply(body=found.actions[rest[1]](row, bodies.parse(call.body), caller))
        raise Refused(404, "HTTPNotFound", "The resource could not be found.")

    def _all(self, found: Collection, call: Call, caller: Caller) -> Reply:
        if call.method in {"GET", "HEAD"}:
            if found is self._plant.groups:
                self._plant.groups.default(caller.project_id)
            return Reply(body=found.index(call.query, caller, f"{call.base}/v2.0/{found.path}"))
        if call.method == "POST":
            return Reply(status=201, body=found.create(bodies.parse(call.body), caller))
        return _wrong()

    def _one(self, found: Collection, call: Call, key: str, caller: Caller) -> Reply:
        if_match = call.headers.get("If-Match", "")
        if call.method in {"GET", "HEAD"}:
            return Reply(body=found.show(key, call.query, caller))
        if call.method == "PUT":
            return Reply(body=found.update(key, bodies.parse(call.body), caller, if_match))
        if call.method == "DELETE":
            found.delete(key, caller, if_match)
            return Reply(status=204)
        return _wrong()

    def _extensions(self, call: Call, rest: list[str], caller: Caller) -> Reply:
        if call.method != "GET":
            return _wrong()
        try:
            return Reply(body=extensions.show(rest[0]) if rest else extensions.index())
        except extensions.Missing as missing:
            return Reply(status=404, body=missing.body())

    def _agents(self, call: Call, rest: list[str], caller: Caller) -> Reply:
        agents = self._plant.agents
        if call.method == "GET":
            return Reply(body=agents.show(rest[0], caller) if rest else agents.index(call.query, caller))
        if rest and call.method == "PUT":
            return Reply(body=agents.update(rest[0], bodies.resource(bodies.parse(call.body), "agent"), caller))
        if rest and call.method == "DELETE":
            agents.delete(rest[0], caller)
            return Reply(status=204)
        return _wrong()

    def _quotas(self, call: Call, rest: list[str], caller: Caller) -> Reply:
        quotas = self._plant.quotas
        if call.method == "GET":
            view = rest[1] if len(rest) > 1 else ""
            return Reply(body=quotas.show(rest[0], view, caller) if rest else quotas.index(caller))
        if rest and call.method == "PUT":
            return Reply(body=quotas.update(rest[0], bodies.parse(call.body), caller))
        if rest and call.method == "DELETE":
            quotas.delete(rest[0], caller)
            return Reply(status=204)
        return _wrong()

    def _availability(self, call: Call, rest: list[str], caller: Caller) -> Reply:
        if call.method != "GET":
            return _wrong()
        shown = availability.show(self._plant, rest[0], caller) if rest else None
        return Reply(body=shown or availability.index(self._plant, call.query, caller))

    def _segments(self, call: Call, rest: list[str], caller: Caller) -> Reply:
        if call.method != "GET":
            raise NotModelled
        return Reply(
            body=segment_list.show(self._plant, rest[0], caller) if rest else segment_list.index(self._plant, call.query, caller)
        )

    def _zones(self, call: Call, rest: list[str], caller: Caller) -> Reply:
        return Reply(body={"availability_zones": []}) if call.method == "GET" else _wrong()

    def _providers(self, call: Call, rest: list[str], caller: Caller) -> Reply:
        router = {"service_type": "L3_ROUTER_NAT", "name": "ovn", "default": True}
        return Reply(body={"service_providers": [router]}) if call.method == "GET" else _wrong()


def _named(singular: str, plural: str, base: str) -> dict[str, Any]:
    links = [{"rel": "self", "href": f"{base}/v2.0/{plural}"}]
    return {"name": singular, "collection": plural, "links": links}


def _wrong() -> Reply:
    said = "The server could not comply with the request since it is either malformed or otherwise incorrect."
    return Reply(status=405, body=Refused(405, "HTTPMethodNotAllowed", said).body())
