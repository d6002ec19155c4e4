"""static-routes/."""

from __future__ import annotations

import ipaddress
from typing import Any

from .. import addresses, lookups
from ..call import Answer, Call, deleted
from ..forms import NO_CHOICE, REQUIRED, Form
from ..records.network import StaticRoute
from ..region import Region
from ..render import network
from ..routing import Resource

many = Resource("StaticRoutesHandler", "static-routes/", "Manages static routes.")
one = Resource("StaticRouteHandler", "static-routes/{id}/", "Manages a static route.")
RESOURCES = (many, one)


@many.rest("GET")
def read_all(region: Region, call: Call) -> Any:
    """Lists all static routes."""
    return [network.route(region, row) for row in region.store.routes.values()]


@many.rest("POST", admin=True)
def create(region: Region, call: Call) -> Any:
    """Makes a route. Fields: source, destination, gateway_ip, metric."""
    row = StaticRoute(source=-1, destination=-1, gateway_ip="")
    _fill(region, Form(call.body), row)
    return network.route(region, region.store.add(region.store.routes, row))


@one.rest("GET")
def read(region: Region, call: Call) -> Any:
    """Reads a route."""
    return network.route(region, lookups.by_id("StaticRoute", region.store.routes, call.params["id"]))


@one.rest("PUT", admin=True)
def update(region: Region, call: Call) -> Any:
    """Changes a route."""
    row = lookups.by_id("StaticRoute", region.store.routes, call.params["id"])
    changed = row.model_copy()
    _fill(region, Form(call.body), changed)
    region.store.routes[row.id] = changed
    return network.route(region, changed)


@one.rest("DELETE", admin=True)
def delete(region: Region, call: Call) -> Answer:
    """Deletes a route."""
    row = lookups.by_id("StaticRoute", region.store.routes, call.params["id"])
    del region.store.routes[row.id]
    return deleted()


def _fill(region: Region, form: Form, row: StaticRoute) -> None:
    for field in ("source", "destination"):
        given = form.raw(field)
        if given:
            found = lookups.optional(region.store.subnets, given, lambda each: each.cidr)
            setattr(row, field, found.id if found else -1)
            if not found:
                form.error(field, NO_CHOICE)
        elif getattr(row, field) < 0:
            form.error(field, REQUIRED)
    row.gateway_ip = form.address("gateway_ip", row.gateway_ip or None, required=True) or ""
    row.metric = form.integer("metric", row.metric, low=0) or 0
    if not form.errors:
        _check(region, form, row)
    form.check()


def _check(region: Region, form: Form, row: StaticRoute) -> None:
    source, destination = region.store.subnets[row.source], region.store.subnets[row.destination]
    if source is destination:
        form.error("__all__", "source and destination cannot be the same subnet.")
    elif addresses.network(source).version != addresses.network(destination).version:
        form.error("__all__", "source and destination must be the same IP version.")
    if ipaddress.ip_address(row.gateway_ip) not in addresses.network(source):
        form.error("gateway_ip", f"Enter an IP address in {source.cidr}.")
        form.error("__all__", "gateway_ip must be with in the source subnet.")
