"""Services, endpoints and regions, and the catalog that tokens carry."""

from __future__ import annotations

import re
from typing import Any

from ..call import Call, Reply
from . import schemas, views
from .desk import Desk, body_of, done, filtered, many, one
from .errors import conflict, expecting, refusal
from .records import Endpoint, Region, Service, State
from .token import Token

_PLACE = re.compile(r"[$%]\((\w+)\)s")
_FIELDS = {"name", "type", "enabled"}


def catalog(state: State, project: str | None, user: str) -> list[dict[str, Any]]:
    """Enabled services with their endpoints; an endpoint that needs a project is left out where there is none."""
    values = {"user_id": user} | ({"project_id": project, "tenant_id": project} if project else {})
    shown = []
    for service in sorted(state.services.values(), key=lambda found: found.id):
        if not service.enabled:
            continue
        mine = sorted((each for each in state.endpoints.values() if each.service_id == service.id), key=lambda each: each.id)
        entries = [_entry(each, values) for each in mine if each.enabled and set(_PLACE.findall(each.url)) <= set(values)]
        shown.append({"endpoints": entries, "id": service.id, "type": service.type, "name": service.name or ""})
    return shown


def _entry(found: Endpoint, values: dict[str, str]) -> dict[str, Any]:
    url = _PLACE.sub(lambda place: values[place[1]], found.url)
    where = {"region_id": found.region_id, "region": found.region_id}
    return {"id": found.id, "interface": found.interface, "url": url} | where


class Catalog:
    """Handlers of services, endpoints and regions."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._store = desk.store
        tables: dict[str, Any] = {"service": self, "endpoint": _Endpoints(desk), "region": _Regions(desk)}
        for kind, table in tables.items():
            desk.add("GET", f"/{kind}s", f"list_{kind}s", table.index)
            desk.add("POST", f"/{kind}s", f"create_{kind}", table.create)
            desk.add("GET", f"/{kind}s/{{key}}", f"get_{kind}", table.show)
            desk.add("PATCH", f"/{kind}s/{{key}}", f"update_{kind}", table.update)
            desk.add("DELETE", f"/{kind}s/{{key}}", f"delete_{kind}", table.delete)

    def index(self, call: Call, token: Token) -> Reply:
        """GET /v3/services."""
        found = (views.service(call, each) for each in self._store.state.services.values())
        return many(call, "services", filtered(call, found, "name", "type"))

    def create(self, call: Call, token: Token) -> Reply:
        """POST /v3/services."""
        sent = body_of(call, "service", schemas.CREATE["service"])
        known = {key: value for key, value in sent.items() if key in _FIELDS}
        made = Service(**known, extra={key: value for key, value in sent.items() if key not in _FIELDS})
        self._store.state.services[made.id] = made
        return one("service", views.service(call, made), 201)

    def show(self, call: Call, token: Token, key: str) -> Reply:
        """GET /v3/services/ID."""
        return one("service", views.service(call, self._find(key)))

    def update(self, call: Call, token: Token, key: str) -> Reply:
        """PATCH /v3/services/ID."""
        found = self._find(key)
        sent = body_of(call, "service", schemas.UPDATE["service"])
        for name, value in sent.items():
            if name in _FIELDS:
                setattr(found, name, value)
            elif name != "id":
                found.extra[name] = value
        return one("service", views.service(call, found))

    def delete(self, call: Call, token: Token, key: str) -> Reply:
        """DELETE /v3/services/ID; its endpoints go too."""
        remove_service(self._store.state, self._find(key).id)
        return done()

    def _find(self, key: str) -> Service:
        return self._store.get(self._store.state.services, "service", key)


def remove_service(state: State, service: str) -> None:
    """Takes a service and its endpoints away."""
    del state.services[service]
    state.endpoints = {key: each for key, each in state.endpoints.items() if each.service_id != service}


class _Endpoints:
    def __init__(self, desk: Desk) -> None:
        self._store = desk.store

    def index(self, call: Call, token: Token) -> Reply:
        found = (views.endpoint(call, each) for each in self._store.state.endpoints.values())
        return many(call, "endpoints", filtered(call, found, "interface", "service_id", "region_id"))

    def create(self, call: Call, token: Token) -> Reply:
        sent = body_of(call, "endpoint", schemas.CREATE["endpoint"])
        self._check(sent)
        made = Endpoint(**{key: value for key, value in sent.items() if key in Endpoint.model_fields})
        self._store.state.endpoints[made.id] = made
        return one("endpoint", views.endpoint(call, made), 201)

    def show(self, call: Call, token: Token, key: str) -> Reply:
        return one("endpoint", views.endpoint(call, self._find(key)))

    def update(self, call: Call, token: Token, key: str) -> Reply:
        found = self._find(key)
        sent = body_of(call, "endpoint", schemas.UPDATE["endpoint"])
        self._check({"service_id": found.service_id} | sent)
        for name in ("interface", "region_id", "service_id", "url", "enabled"):
            setattr(found, name, sent.get(name, getattr(found, name)))
        return one("endpoint", views.endpoint(call, found))

    def delete(self, call: Call, token: Token, key: str) -> Reply:
        del self._store.state.endpoints[self._find(key).id]
        return done()

    def _find(self, key: str) -> Endpoint:
        return self._store.get(self._store.state.endpoints, "endpoint", key)

    def _check(self, sent: dict[str, Any]) -> None:
        if sent["service_id"] not in self._store.state.services:
            raise expecting("endpoint service_id", "service table")
        if sent.get("region_id") is not None and sent["region_id"] not in self._store.state.regions:
            raise expecting("endpoint region_id", "region table")


class _Regions:
    def __init__(self, desk: Desk) -> None:
        self._store = desk.store

    def index(self, call: Call, token: Token) -> Reply:
        found = (views.region(call, each) for each in self._store.state.regions.values())
        return many(call, "regions", filtered(call, found, "parent_region_id"))

    def create(self, call: Call, token: Token) -> Reply:
        sent = body_of(call, "region", schemas.CREATE["region"])
        if sent.get("id") in self._store.state.regions:
            raise conflict("region", f"Duplicate ID, {sent['id']}")
        made = Region.model_validate({key: value for key, value in sent.items() if key in Region.model_fields})
        self._store.state.regions[made.id] = made
        return one("region", views.region(call, made), 201)

    def show(self, call: Call, token: Token, key: str) -> Reply:
        return one("region", views.region(call, self._find(key)))

    def update(self, call: Call, token: Token, key: str) -> Reply:
        found = self._find(key)
        sent = body_of(call, "region", schemas.UPDATE["region"])
        found.description = sent.get("description", found.description) or ""
        found.parent_region_id = sent.get("parent_region_id", found.parent_region_id)
        return one("region", views.region(call, found))

    def delete(self, call: Call, token: Token, key: str) -> Reply:
        found = self._find(key)
        if any(each.region_id == found.id for each in self._store.state.endpoints.values()):
            text = f"Unable to delete region {key} because it or its child regions have associated endpoints."
            raise refusal(403, text)
        del self._store.state.regions[found.id]
        return done()

    def _find(self, key: str) -> Region:
        return self._store.get(self._store.state.regions, "region", key)
