"""The API's verbs on load balancers and their parts."""

from __future__ import annotations

from typing import Any

from multidict import MultiMapping

from ..neutron.caller import Caller
from ..neutron.plant import Plant
from . import vip
from .controller import Controller
from .errors import Refused, forbidden, immutable, invalid, missing, unknown_part
from .kinds import BALANCER, KINDS, LISTENER, MEMBER, POOL, Kind
from .parts import Parts
from .settings import DEFAULT_PROVIDER, Settings, check_provider
from .store import ACTIVE, ERROR, Row, Store
from .views import Views


class Balancers:
    """Lists, shows, makes, changes and deletes.

    Args:
        store: Octavia's rows.
        plant: Neutron's resources, for addresses.
        controller: does what is accepted.
        views: shows rows.
        settings: quotas and flavors.
    """

    def __init__(self, store: Store, plant: Plant, controller: Controller, views: Views, settings: Settings) -> None:
        self._store = store
        self._plant = plant
        self._controller = controller
        self._views = views
        self._settings = settings
        self._parts = Parts(store)

    def index(self, kind: Kind, query: MultiMapping[str], caller: Caller, pool: str = "") -> dict[str, Any]:
        """The rows that the caller sees and the query lets through."""
        rows = (row for row in self._store.table(kind.table).values() if caller.owns(row["project_id"]))
        shown = [self._views.show(kind.table, row) for row in rows if not pool or row["pool"] == pool]
        filters = [(name, query.getall(name)) for name in query if name not in {"fields", "limit", "marker", "sort"}]
        found = [row for row in shown if all(_matches(row, name, values) for name, values in filters)]
        return {kind.table: sorted(found, key=lambda row: row["id"]), f"{kind.table}_links": []}

    def show(self, kind: Kind, key: str, caller: Caller) -> dict[str, Any]:
        """One row."""
        return {kind.singular: self._views.show(kind.table, self.find(kind, key, caller))}

    def find(self, kind: Kind, key: str, caller: Caller) -> Row:
        """The row of an id, if the caller sees it."""
        row = self._store.table(kind.table).get(key)
        if row is None:
            raise missing(kind.label, key)
        if not caller.owns(row["project_id"]):
            raise forbidden()
        return row

    def create(self, kind: Kind, said: dict[str, Any], caller: Caller, pool: str = "") -> dict[str, Any]:
        """Carries a POST out."""
        values = kind.for_create(said)
        values["project_id"] = values["project_id"] or caller.project_id
        if not caller.owns(values["project_id"]):
            raise forbidden()
        row = self._balancer(values, caller) if kind is BALANCER else self._part(kind, values, caller, pool)
        return {kind.singular: self._views.show(kind.table, row)}

    def update(self, kind: Kind, key: str, said: dict[str, Any], caller: Caller) -> dict[str, Any]:
        """Carries a PUT out."""
        row = self.find(kind, key, caller)
        values = kind.for_update(said)
        balancer = self._mutable(row if kind is BALANCER else self._owner(row))
        if kind is LISTENER and values.get("default_pool_id"):
            self._parts.fits(row, values["default_pool_id"])
        row.update(values, updated_at=self._store.stamp())
        self._controller.change(balancer, row, "PENDING_UPDATE")
        return {kind.singular: self._views.show(kind.table, row)}

    def delete(self, kind: Kind, key: str, caller: Caller, *, cascade: bool = False) -> None:
        """Carries a DELETE out."""
        row = self.find(kind, key, caller)
        if kind is not BALANCER:
            self._controller.change(self._mutable(self._owner(row)), row, "PENDING_DELETE")
            self._loosen(kind, row)
            return
        if row["provisioning_status"] not in {ACTIVE, ERROR}:
            raise immutable(BALANCER.label, row["id"])
        if not cascade and any(self._store.children(row["id"])):
            raise invalid(f"Cannot delete Load Balancer {row['id']} - it has children")
        self._controller.delete(row)

    def replace_members(self, pool_id: str, members: list[dict[str, Any]], caller: Caller, *, additive: bool) -> None:
        """Makes a pool's members what a list says; those that it doesn't name go, unless it only adds."""
        pool = self.find(POOL, pool_id, caller)
        balancer = self._mutable(self._owner(pool))
        old = {(row["address"], row["protocol_port"]): row for row in self._members(pool_id)}
        named = {(one.get("address"), one.get("protocol_port")) for one in members}
        for place, row in old.items():
            if place not in named and not additive:
                self._controller.change(balancer, row, "PENDING_DELETE")
        for one in members:
            row = old.get((one.get("address"), one.get("protocol_port")), {})
            if row:
                row.update(MEMBER.for_update({name: one[name] for name in one if name not in MEMBER.fixed}))
                self._controller.change(balancer, row, "PENDING_UPDATE")
            else:
                balancer["provisioning_status"] = ACTIVE
                self._part(MEMBER, {**MEMBER.for_create(one), "project_id": pool["project_id"]}, caller, pool_id)

    def failover(self, key: str, caller: Caller) -> None:
        """Replaces a load balancer's amphorae; that mends one in error, too."""
        row = self.find(BALANCER, key, caller)
        if row["provisioning_status"] not in {ACTIVE, ERROR}:
            raise immutable(BALANCER.label, row["id"])
        self._controller.failover(row)

    def _balancer(self, values: dict[str, Any], caller: Caller) -> Row:
        project = values["project_id"]
        used = sum(1 for row in self._store.table(BALANCER.table).values() if row["project_id"] == project)
        self._settings.check(BALANCER.quota, BALANCER.singular, project, used)
        values["provider"] = self._provider(values)
        row = self._store.born(BALANCER.table, {**values, "provisioning_status": "PENDING_CREATE"})
        try:
            row.update(vip.allocate(self._plant, row["id"], values, caller))
        except Refused:
            del self._store.table(BALANCER.table)[row["id"]]
            raise
        self._controller.create(row)
        return row

    def _provider(self, values: dict[str, Any]) -> str:
        check_provider(values["provider"])
        if not values["flavor_id"]:
            return values["provider"] or DEFAULT_PROVIDER
        flavor = self._store.table("flavors").get(values["flavor_id"])
        if flavor is None:
            raise unknown_part("Flavor", values["flavor_id"])
        profile = self._store.table("flavorprofiles").get(flavor["flavor_profile_id"], {})
        return str(profile.get("provider_name") or values["provider"] or DEFAULT_PROVIDER)

    def _part(self, kind: Kind, values: dict[str, Any], caller: Caller, pool: str) -> Row:
        values = {**values, "pool": pool}
        balancer = self.find(BALANCER, self._parts.place(kind.table, values), caller)
        self._mutable(balancer)
        project = balancer["project_id"]
        used = sum(1 for row in self._store.table(kind.table).values() if row["project_id"] == project)
        self._settings.check(kind.quota, kind.singular, project, used)
        start = {"balancer": balancer["id"], "project_id": project, "provisioning_status": "PENDING_CREATE"}
        row = self._store.born(kind.table, {**values, **start})
        if kind is POOL and values["listener_id"]:
            self._store.table("listeners")[values["listener_id"]]["default_pool_id"] = row["id"]
        self._controller.change(balancer, row, "PENDING_CREATE")
        return row

    def _loosen(self, kind: Kind, row: Row) -> None:
        """Takes what hangs on a part that goes with it."""
        if kind is not POOL:
            return
        for listener in self._store.table("listeners").values():
            if listener["default_pool_id"] == row["id"]:
                listener["default_pool_id"] = None
        monitors = [one for one in self._store.table("healthmonitors").values() if one["pool_id"] == row["id"]]
        for one in [*self._members(row["id"]), *monitors]:
            one["provisioning_status"] = "PENDING_DELETE"

    def _members(self, pool_id: str) -> list[Row]:
        return [row for row in self._store.table(MEMBER.table).values() if row["pool"] == pool_id]

    def _owner(self, row: Row) -> Row:
        return self._store.table(BALANCER.table)[row["balancer"]]

    def _mutable(self, balancer: Row) -> Row:
        if balancer["provisioning_status"] != ACTIVE:
            raise immutable(BALANCER.label, balancer["id"])
        return balancer


def kind_of(table: str) -> Kind | None:
    """The kind whose collection has this name in paths; members lie below their pool."""
    return KINDS.get(table) if table != MEMBER.table else None


def _matches(row: Row, name: str, values: list[str]) -> bool:
    if name not in row:
        return True
    found = row[name]
    if isinstance(found, bool):
        return str(found).lower() in {value.lower() for value in values}
    if isinstance(found, list):
        wanted = {part for value in values for part in value.split(",")}
        return wanted <= {one if isinstance(one, str) else one.get("id") for one in found}
    return str(found) in values
