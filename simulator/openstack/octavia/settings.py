"""What an administrator sets: quotas, flavors and their profiles; and the drivers that there are."""

from __future__ import annotations

import json
from typing import Any

from .errors import Refused, forbidden, missing, unknown_part
from .store import Row, Store

PROVIDERS = {
    "amphora": "The Octavia Amphora driver.",
    "octavia": "Deprecated alias of the Octavia Amphora driver.",
    "ovn": "Octavia OVN driver.",
}
DEFAULT_PROVIDER = "amphora"
QUOTAS = ("load_balancer", "listener", "member", "pool", "health_monitor", "l7policy", "l7rule")
OLD_NAMES = {"load_balancer": "loadbalancer", "health_monitor": "healthmonitor"}
FLAVOR = {"name": "", "description": "", "enabled": True, "flavor_profile_id": ""}
PROFILE = {"name": "", "provider_name": "", "flavor_data": "{}"}


class Settings:
    """Quotas and flavors.

    Args:
        store: Octavia's rows.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    # Quotas

    def limits(self, project_id: str) -> dict[str, int]:
        """A project's limits, -1 for none, under today's names."""
        return {**dict.fromkeys(QUOTAS, -1), **self._store.table("quotas").get(project_id, {})}

    def quotas(self) -> dict[str, Any]:
        """The projects whose limits were changed."""
        known = self._store.table("quotas")
        return {"quotas": [{"project_id": key, **_both(self.limits(key))} for key in sorted(known)], "quotas_links": []}

    def quota(self, project_id: str) -> dict[str, Any]:
        """The limits of a project, or those of everybody as "defaults"."""
        return {"quota": _both(self.limits("" if project_id == "defaults" else project_id))}

    def set_quota(self, project_id: str, said: Any) -> dict[str, Any]:
        """Sets some limits of a project; null is the default."""
        today = {old: new for new, old in OLD_NAMES.items()}
        values = {today.get(name, name): value for name, value in _inner(said, "quota").items()}
        wrong = [name for name, value in values.items() if name not in QUOTAS or not isinstance(value, int | None)]
        if wrong:
            raise Refused(400, f"Unknown attribute for argument quota_: {wrong[0]}")
        kept = self._store.table("quotas").setdefault(project_id, {})
        kept.update({name: -1 if value is None else value for name, value in values.items()})
        return self.quota(project_id)

    def reset_quota(self, project_id: str) -> None:
        """Sets a project's limits back."""
        if self._store.table("quotas").pop(project_id, None) is None:
            raise missing("Quotas", project_id)

    def check(self, quota: str, label: str, project_id: str, used: int) -> None:
        """Refuses one more than the project may have."""
        limit = self.limits(project_id)[quota]
        if 0 <= limit <= used:
            raise Refused(403, f"Quota has been met for resources: {label}")

    # Flavors

    def listed(self, table: str) -> dict[str, Any]:
        """All flavors or profiles."""
        return {table: list(map(_shown, self._store.table(table).values())), f"{table}_links": []}

    def find(self, table: str, key: str) -> Row:
        """A flavor or profile."""
        row = self._store.table(table).get(key)
        if row is None:
            raise missing("Flavor" if table == "flavors" else "Flavor profile", key)
        return row

    def make(self, table: str, said: Any, *, is_admin: bool) -> dict[str, Any]:
        """Makes a flavor or a profile."""
        if not is_admin:
            raise forbidden()
        values = self._checked(table, _inner(said, table.removesuffix("s")))
        if any(row["name"] == values.get("name") for row in self._store.table(table).values()):
            raise Refused(409, f"A {'flavor' if table == 'flavors' else 'flavor profile'} with the same name exists already.")
        row = self._store.born(table, {**(FLAVOR if table == "flavors" else PROFILE), **values})
        return {table.removesuffix("s"): _shown(row)}

    def change(self, table: str, key: str, said: Any, *, is_admin: bool) -> dict[str, Any]:
        """Changes a flavor or a profile."""
        row = self.find(table, key)
        if not is_admin:
            raise forbidden()
        row.update(self._checked(table, _inner(said, table.removesuffix("s"))))
        return {table.removesuffix("s"): _shown(row)}

    def drop(self, table: str, key: str, *, is_admin: bool) -> None:
        """Deletes a flavor or a profile that nothing uses."""
        if not is_admin:
            raise forbidden()
        self.find(table, key)
        users, field = ("loadbalancers", "flavor_id") if table == "flavors" else ("flavors", "flavor_profile_id")
        if any(row[field] == key for row in self._store.table(users).values()):
            raise Refused(409, f"{'Flavor' if table == 'flavors' else 'Flavor profile'} {key} is in use and cannot be modified.")
        del self._store.table(table)[key]

    def _checked(self, table: str, values: dict[str, Any]) -> dict[str, Any]:
        unknown = [name for name in values if name not in (FLAVOR if table == "flavors" else PROFILE)]
        if unknown:
            raise Refused(400, f"Unknown attribute for argument: {unknown[0]}")
        profile = values.get("flavor_profile_id")
        if profile and profile not in self._store.table("flavorprofiles"):
            raise unknown_part("Flavor profile", profile)
        check_provider(values.get("provider_name"))
        try:
            json.loads(values.get("flavor_data", "{}"))
        except (ValueError, TypeError):
            message = f"Invalid input for field/attribute flavor_data. Value: '{values['flavor_data']}'."
            raise Refused(400, f"{message} Must be JSON.") from None
        return values


def check_provider(name: str | None) -> None:
    """Refuses a driver that isn't there."""
    if name is not None and name not in PROVIDERS:
        raise Refused(501, f'Provider "{name}" was not found.')


def _inner(said: Any, key: str) -> dict[str, Any]:
    inner = said.get(key) if isinstance(said, dict) else None
    if not isinstance(inner, dict):
        raise Refused(400, f"Missing argument: {key}")
    return dict(inner)


def _shown(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in {"created_at", "updated_at"}}


def _both(limits: dict[str, int]) -> dict[str, int]:
    """The limits under today's names and those of before."""
    return limits | {old: limits[new] for new, old in OLD_NAMES.items()}
