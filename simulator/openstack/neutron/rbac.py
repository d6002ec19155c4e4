"""Policies that open one project's object to others; the flags `shared` and `router:external` of a network are made of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from .attributes import REQUIRED, Attribute, one_of, read_only, text
from .caller import Caller
from .collection import Collection
from .errors import Refused, bad, disallowed
from .store import Row

EVERYBODY = "*"
SHARED, EXTERNAL = "access_as_shared", "access_as_external"
ACTIONS = {
    "network": (SHARED, EXTERNAL),
    "security_group": (SHARED,),
    "address_group": (SHARED,),
    "address_scope": (SHARED,),
    "subnetpool": (SHARED,),
}


class RbacPolicies(Collection):
    """The policies of all projects."""

    plural = "rbac_policies"
    singular = "rbac_policy"
    missing_error = ("RbacPolicyNotFound", "RBAC policy of type ID {} could not be found.")
    taggable = False
    attributes: ClassVar[Mapping[str, Attribute]] = {
        "id": read_only(),
        "project_id": Attribute(put=False, check=text()),
        "action": Attribute(default=REQUIRED, put=False, check=text()),
        "object_id": Attribute(default=REQUIRED, put=False, check=text()),
        "object_type": Attribute(default=REQUIRED, put=False, check=one_of(*ACTIONS)),
        "target_tenant": Attribute(default=REQUIRED, check=text()),
    }

    def made(self, values: dict[str, Any], caller: Caller) -> Row:
        kind, found = values["object_type"], self._object(values, caller)
        if values["action"] not in ACTIONS[kind]:
            raise bad(f"Invalid action '{values['action']}' for object type '{kind}'. Valid actions: {list(ACTIONS[kind])}")
        if not caller.owns(found["project_id"]) or (values["target_tenant"] == EVERYBODY and not caller.is_admin):
            raise disallowed("create_rbac_policy", "create_rbac_policy:target_tenant")
        if self._same(kind, values["object_id"], values["action"], values["target_tenant"]):
            raise Refused(409, "DuplicateRbacPolicy", "An RBAC policy already exists with those values.")
        self.plant.store.touch(found)
        return super().made(values, caller)

    def removed(self, row: Row, caller: Caller) -> None:
        if row["object_type"] == "network" and self._used_by_others(row):
            raise _in_use(row["object_id"])
        super().removed(row, caller)

    def share(self, network: Row, *, shared: bool | None, external: bool | None) -> None:
        """Makes a network's flags true or false; None leaves one as it is."""
        for action, wanted in ((SHARED, shared), (EXTERNAL, external)):
            there = self._same("network", network["id"], action, EVERYBODY)
            if wanted and not there:
                self._put(network, action)
            elif wanted is False and there:
                if action == SHARED and self._used_by_others(there):
                    raise Refused(409, "InvalidSharedSetting", _multiple(network["id"]))
                del self.rows[there["id"]]

    def actions_on(self, kind: str, object_id: str, project_id: str) -> set[str]:
        """What a project may do with somebody's object."""
        targets = {EVERYBODY, project_id}
        found = (row for row in self.rows.values() if row["object_id"] == object_id and row["object_type"] == kind)
        return {row["action"] for row in found if row["target_tenant"] in targets}

    def forget(self, kind: str, object_id: str) -> None:
        """Drops the policies of an object that went."""
        for row in [one for one in self.rows.values() if one["object_type"] == kind and one["object_id"] == object_id]:
            del self.rows[row["id"]]

    def _put(self, network: Row, action: str) -> None:
        values = {"action": action, "object_id": network["id"], "object_type": "network", "target_tenant": EVERYBODY}
        self.plant.store.born(self.plural, network["project_id"], **values)

    def _same(self, kind: str, object_id: str, action: str, target: str) -> Row | None:
        wanted = (kind, object_id, action, target)
        keys = ("object_type", "object_id", "action", "target_tenant")
        return next((row for row in self.rows.values() if tuple(row[key] for key in keys) == wanted), None)

    def _object(self, values: dict[str, Any], caller: Caller) -> Row:
        return self.plant.shareable[values["object_type"]].find(values["object_id"], caller)

    def _used_by_others(self, policy: Row) -> bool:
        """Whether somebody besides the network's owner has a port there by this policy."""
        if policy["action"] != SHARED:
            return False
        owner = self.plant.networks.find(policy["object_id"])["project_id"]
        target = policy["target_tenant"]
        projects = {p["project_id"] for p in self.plant.ports.of_network(policy["object_id"])} - {owner}
        return bool(projects) if target == EVERYBODY else target in projects


def _multiple(network_id: str) -> str:
    return f"Unable to reconfigure sharing settings for network {network_id}. Multiple tenants are using it."


def _in_use(network_id: str) -> Refused:
    callback = "neutron.plugins.ml2.plugin.NeutronDbPluginV2.validate_network_rbac_policy_change"
    message = (
        f"RBAC policy on object {network_id} cannot be removed because other objects depend on it.\n"
        f'Details: Callback {callback} failed with "{_multiple(network_id)}"'
    )
    return Refused(409, "RbacPolicyInUse", message)
