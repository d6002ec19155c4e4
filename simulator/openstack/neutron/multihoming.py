"""A router's gateways by the extension external-gateway-multihoming, which the `openstack` command prefers to the old way.

One gateway is modelled; what asks for more is said to be missing here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..call import NotModelled
from . import bodies
from .caller import Caller
from .errors import bad, bad_resource
from .store import Row

if TYPE_CHECKING:
    from .routers import Routers

GATEWAYS = "external_gateways"


class Multihoming:
    """What adds, changes and removes gateways of a router.

    Args:
        routers: whose gateways.
    """

    def __init__(self, routers: Routers) -> None:
        self._routers = routers

    def add(self, router: Row, body: dict[str, Any], caller: Caller) -> dict[str, Any]:
        """Gives a router a gateway that it hasn't."""
        wanted = _gateways(body)
        if wanted and self._routers.gateway(router["id"]):
            raise NotModelled
        return self._set(router, wanted, caller)

    def update(self, router: Row, body: dict[str, Any], caller: Caller) -> dict[str, Any]:
        """Makes the gateways those of a list."""
        return self._set(router, _gateways(body), caller)

    def remove(self, router: Row, body: dict[str, Any], caller: Caller) -> dict[str, Any]:
        """Takes the gateways of a list away."""
        gateway = self._routers.gateway(router["id"])
        there = {gateway["network_id"]} if gateway else set()
        leaving = {one["network_id"] for one in _gateways(body)}
        if leaving - there:
            raise bad_resource("router", f"Router {router['id']} has no gateway to network {min(leaving - there)}")
        if leaving:
            return self._set(router, [], caller)
        return {self._routers.singular: self._routers.view(router, caller)}

    def _set(self, router: Row, wanted: list[dict[str, Any]], caller: Caller) -> dict[str, Any]:
        self._routers.changed(router, {"external_gateway_info": wanted[0] if wanted else None}, caller)
        return {self._routers.singular: self._routers.view(router, caller)}


def _gateways(body: dict[str, Any]) -> list[dict[str, Any]]:
    said = bodies.resource(body, "router").get(GATEWAYS) or []  # the openstack command says {} for none
    if not isinstance(said, list) or not all(isinstance(one, dict) and one.get("network_id") for one in said):
        raise bad(f"Invalid input for {GATEWAYS}. Reason: a list of gateways with their network_id is required.")
    if len(said) > 1:
        raise NotModelled
    return said
