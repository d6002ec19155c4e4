"""Quotas: limits of a project, -1 for none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import bodies
from .attributes import Attribute, at_least, boolean, integer
from .caller import Caller
from .errors import Refused, bad, disallowed

if TYPE_CHECKING:
    from .collection import Collection
    from .plant import Plant

DEFAULTS: Mapping[str, int] = {
    "network": 100,
    "subnet": 100,
    "subnetpool": -1,
    "port": 500,
    "router": 10,
    "floatingip": 50,
    "rbac_policy": 10,
    "security_group": 10,
    "security_group_rule": 100,
}
"""By the resource's name."""
_LIMIT = Attribute(check=at_least(-1), convert=integer)
_BODY = {**dict.fromkeys(DEFAULTS, _LIMIT), "check_limit": Attribute(convert=boolean)}


class Quotas:
    """The limits of all projects.

    Args:
        plant: all of Neutron.
    """

    def __init__(self, plant: Plant) -> None:
        self._plant = plant

    @property
    def _changed(self) -> dict[str, dict[str, Any]]:
        return self._plant.store.table("quotas")

    def limits(self, project_id: str) -> dict[str, int]:
        """All limits of a project."""
        return {**DEFAULTS, **self._changed.get(project_id, {})}

    def check(self, collection: Collection, project_id: str) -> None:
        """Refuses one more of a resource than the project may have."""
        limit = self.limits(project_id).get(collection.singular, -1)
        if 0 <= limit <= collection.used(project_id):
            raise Refused(409, "OverQuota", f"Quota exceeded for resources: ['{collection.singular}'].")

    def index(self, caller: Caller) -> dict[str, Any]:
        """The projects whose limits were changed."""
        self._admin(caller, "get")
        named = [{"project_id": key, "tenant_id": key, **self.limits(key)} for key in sorted(self._changed)]
        return {"quotas": named}

    def show(self, project_id: str, view: str, caller: Caller) -> dict[str, Any]:
        """The limits of a project, the "default" ones, or with their use as "details"."""
        if project_id != caller.project_id:
            self._admin(caller, "get")
        if view == "details":
            return {"quota": self._details(project_id)}
        return {"quota": dict(DEFAULTS) if view == "default" else self.limits(project_id)}

    def update(self, project_id: str, body: Any, caller: Caller) -> dict[str, Any]:
        """Sets some limits of a project; the others stay."""
        values = bodies.for_update(bodies.resource(body, "quota"), _BODY)
        self._admin(caller, "update")
        if values.pop("check_limit", False):
            self._enough(project_id, values)
        self._changed.setdefault(project_id, {}).update(values)
        return {"quota": self.limits(project_id)}

    def delete(self, project_id: str, caller: Caller) -> None:
        """Sets a project's limits back."""
        self._admin(caller, "delete")
        if self._changed.pop(project_id, None) is None:
            raise Refused(404, "TenantQuotaNotFound", f"Quota for tenant {project_id} could not be found.")

    def _details(self, project_id: str) -> dict[str, Any]:
        limits = self.limits(project_id)
        return {name: {"limit": limits[name], "used": self._used(name, project_id), "reserved": 0} for name in limits}

    def _enough(self, project_id: str, limits: dict[str, int]) -> None:
        for name, limit in limits.items():
            used = self._used(name, project_id)
            if 0 <= limit < used:
                raise bad(f"Quota limit {limit} for {name} must be greater than or equal to already used {used}")

    def _used(self, name: str, project_id: str) -> int:
        return next(one for one in self._plant.collections if one.singular == name).used(project_id)

    def _admin(self, caller: Caller, verb: str) -> None:
        if not caller.is_admin:
            raise disallowed(f"{verb}_quota")
