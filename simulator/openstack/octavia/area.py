"""Octavia's front door."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..call import Call, NotModelled, Reply
from ..middleware import caller as authorised
from ..neutron.caller import Caller
from .balancers import Balancers, kind_of
from .controller import Controller
from .errors import Refused, forbidden, missing
from .health import Health
from .kinds import BALANCER, LISTENER, MEMBER, POOL, Kind
from .settings import PROVIDERS, Settings
from .store import Store
from .views import Views

if TYPE_CHECKING:
    from ..cloud import Cloud

MINOR = 27
"""The API's newest version is 2.27, that of 2024.1."""
ROLES = frozenset({"load-balancer_member", "load-balancer_admin", "load-balancer_global_observer"})
NOTHING = {"active_connections": 0, "bytes_in": 0, "bytes_out": 0, "request_errors": 0, "total_connections": 0}
_NOT_FOUND = {"code": 404, "title": "Not Found", "description": "The resource could not be found."}


class Area:
    """The load balancing service of a cloud.

    Args:
        cloud: for time, surroundings and the other services.
    """

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._store = Store(cloud.now)
        self._settings = Settings(self._store)
        self._controller = Controller(self._store, cloud)
        plant = cloud.network.plant
        self._views = Views(self._store, Health(self._store, plant), self._controller)
        self._balancers = Balancers(self._store, plant, self._controller, self._views, self._settings)

    async def answer(self, call: Call) -> Reply:
        """Answers a request."""
        parts = [part for part in call.path.split("/") if part]
        if not parts:
            return Reply(body={"versions": [_version(minor, call.base) for minor in range(MINOR + 1)]})
        if parts[0] not in {"v2", "v2.0"}:
            return Reply(status=404, body=_NOT_FOUND)
        try:
            return self._answer(call, parts[1:], self._caller(call))
        except Refused as refused:
            return Reply(status=refused.status, body=refused.body())

    def dump(self) -> dict[str, Any]:
        """The state as JSON values."""
        return self._store.dump()

    def load(self, data: dict[str, Any]) -> None:
        """Takes a dumped state back."""
        self._store.load(data)

    def _caller(self, call: Call) -> Caller:
        token = authorised(self._cloud, call)
        if not token.is_admin and not ROLES & set(token.roles):
            raise forbidden()
        return Caller(project_id=token.project_id or "", is_admin=token.is_admin or "load-balancer_admin" in token.roles)

    def _answer(self, call: Call, parts: list[str], caller: Caller) -> Reply:
        match parts:
            case ["lbaas", "providers"] if call.method == "GET":
                return Reply(body={"providers": [{"name": name, "description": text} for name, text in PROVIDERS.items()]})
            case ["lbaas", "quotas", *rest]:
                return self._quotas(call, rest, caller)
            case ["lbaas", ("flavors" | "flavorprofiles") as table, *rest]:
                return self._flavors(call, table, rest, caller)
            case ["lbaas", "pools", pool, "members", *rest]:
                return self._members(call, pool, rest, caller)
            case ["lbaas", table, *rest] if kind := kind_of(table):
                return self._resource(call, kind, rest, caller)
            case ["octavia", "amphorae", *rest]:
                return self._amphorae(call, rest, caller)
        raise NotModelled

    def _resource(self, call: Call, kind: Kind, rest: list[str], caller: Caller, pool: str = "") -> Reply:
        balancers = self._balancers
        match call.method, rest:
            case "GET", []:
                return Reply(body=balancers.index(kind, call.query, caller, pool))
            case "POST", []:
                return Reply(status=201, body=balancers.create(kind, _inner(call, kind.singular), caller, pool))
            case "GET", [key]:
                return Reply(body=balancers.show(kind, key, caller))
            case "PUT", [key]:
                return Reply(body=balancers.update(kind, key, _inner(call, kind.singular), caller))
            case "DELETE", [key]:
                balancers.delete(kind, key, caller, cascade=call.query.get("cascade", "").lower() == "true")
                return Reply(status=204)
        return self._beside(call, kind, rest, caller)

    def _beside(self, call: Call, kind: Kind, rest: list[str], caller: Caller) -> Reply:
        """What lies below one load balancer or listener."""
        match call.method, rest:
            case "GET", [key, "stats"] if kind.table in {BALANCER.table, LISTENER.table}:
                self._balancers.find(kind, key, caller)
                return Reply(body={"stats": NOTHING})
            case "GET", [key, "status" | "statuses"] if kind is BALANCER:
                return Reply(body=self._views.tree(self._balancers.find(kind, key, caller)))
            case "PUT", [key, "failover"] if kind is BALANCER:
                self._balancers.failover(key, caller)
                return Reply(status=202)
        raise NotModelled

    def _members(self, call: Call, pool: str, rest: list[str], caller: Caller) -> Reply:
        self._balancers.find(POOL, pool, caller)
        if call.method == "PUT" and not rest:
            additive = call.query.get("additive_only", "").lower() == "true"
            self._balancers.replace_members(pool, _list(call, "members"), caller, additive=additive)
            return Reply(status=202)
        return self._resource(call, MEMBER, rest, caller, pool)

    def _quotas(self, call: Call, rest: list[str], caller: Caller) -> Reply:
        if rest not in ([caller.project_id], ["defaults"]) and not caller.is_admin:
            raise forbidden()
        match call.method, rest:
            case "GET", []:
                return Reply(body=self._settings.quotas())
            case "GET", [project]:
                return Reply(body=self._settings.quota(project))
            case "PUT", [project] if caller.is_admin:
                return Reply(status=202, body=self._settings.set_quota(project, _json(call)))
            case "DELETE", [project] if caller.is_admin:
                self._settings.reset_quota(project)
                return Reply(status=204)
        raise forbidden()

    def _flavors(self, call: Call, table: str, rest: list[str], caller: Caller) -> Reply:
        settings = self._settings
        match call.method, rest:
            case "GET", []:
                return Reply(body=settings.listed(table))
            case "POST", []:
                return Reply(status=201, body=settings.make(table, _json(call), is_admin=caller.is_admin))
            case "GET", [key]:
                return Reply(body={table.removesuffix("s"): settings.find(table, key)})
            case "PUT", [key]:
                return Reply(body=settings.change(table, key, _json(call), is_admin=caller.is_admin))
            case "DELETE", [key]:
                settings.drop(table, key, is_admin=caller.is_admin)
                return Reply(status=204)
        raise NotModelled

    def _amphorae(self, call: Call, rest: list[str], caller: Caller) -> Reply:
        if not caller.is_admin:
            raise forbidden()
        rows = self._store.table("amphorae")
        match call.method, rest:
            case "GET", []:
                wanted = call.query.get("loadbalancer_id")
                found = [row for row in rows.values() if wanted in {None, row["loadbalancer_id"]}]
                return Reply(body={"amphorae": found, "amphorae_links": []})
            case "GET", [key]:
                if key not in rows:
                    raise missing("Amphora", key)
                return Reply(body={"amphora": rows[key]})
        raise NotModelled


def _version(minor: int, base: str) -> dict[str, Any]:
    status = "CURRENT" if minor == MINOR else "SUPPORTED"
    return {"id": f"v2.{minor}", "status": status, "links": [{"href": f"{base}/v2", "rel": "self"}]}


def _json(call: Call) -> Any:
    try:
        return json.loads(call.body or b"{}")
    except ValueError:
        raise Refused(400, "Unable to decode body") from None


def _inner(call: Call, key: str) -> dict[str, Any]:
    body = _json(call)
    inner = body.get(key) if isinstance(body, dict) else None
    if not isinstance(inner, dict):
        raise Refused(400, f"Missing argument: {key}")
    return inner


def _list(call: Call, key: str) -> list[dict[str, Any]]:
    body = _json(call)
    inner = body.get(key) if isinstance(body, dict) else None
    if not isinstance(inner, list) or not all(isinstance(one, dict) for one in inner):
        raise Refused(400, f"Missing argument: {key}")
    return inner
