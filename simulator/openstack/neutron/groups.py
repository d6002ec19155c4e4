"""Security groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from .attributes import Attribute, boolean, read_only, text
from .caller import Caller
from .collection import STANDARD, Collection
from .errors import Refused
from .store import Row

DEFAULT = "default"


class SecurityGroups(Collection):
    """The security groups of all projects; each project's "default" appears when it is first needed."""

    plural = "security_groups"
    singular = "security_group"
    missing_error = ("SecurityGroupNotFound", "Security group {} does not exist")
    attributes: ClassVar[Mapping[str, Attribute]] = {
        **STANDARD,
        "name": Attribute(default="", check=text()),
        "stateful": Attribute(default=True, convert=boolean),
        "shared": read_only(),
        "security_group_rules": read_only(),
    }

    def made(self, values: dict[str, Any], caller: Caller) -> Row:
        self.default(values["project_id"])
        if values["name"].lower() == DEFAULT:
            raise Refused(409, "SecurityGroupDefaultAlreadyExists", "Default security group already exists.")
        return self._make(values)

    def changed(self, row: Row, values: dict[str, Any], caller: Caller) -> None:
        if row["name"] == DEFAULT and values.get("name", DEFAULT) != DEFAULT:
            raise Refused(409, "SecurityGroupCannotUpdateDefault", "Updating default security group not allowed.")
        super().changed(row, values, caller)

    def removed(self, row: Row, caller: Caller) -> None:
        if any(row["id"] in port["security_groups"] for port in self.plant.ports.rows.values()):
            raise Refused(409, "SecurityGroupInUse", f"Security Group {row['id']} in use.")
        if row["name"] == DEFAULT and not caller.is_admin:
            message = f"Insufficient rights for removing default security group {row['id']}."
            raise Refused(409, "SecurityGroupCannotRemoveDefault", message)
        for rule in self.plant.rules.of_group(row["id"]):
            del self.plant.rules.rows[rule["id"]]
        self.plant.rbac.forget("security_group", row["id"])
        super().removed(row, caller)

    def visible(self, row: Row, caller: Caller) -> bool:
        return super().visible(row, caller) or bool(self._shared(row, caller))

    def view(self, row: Row, caller: Caller) -> Row:
        rules = [self.plant.rules.within_group(rule) for rule in self.plant.rules.of_group(row["id"])]
        return {**super().view(row, caller), "shared": self._shared(row, caller), "security_group_rules": rules}

    def default(self, project_id: str) -> Row:
        """A project's default group: all out, in only from its own members."""
        mine = (row for row in self.rows.values() if row["project_id"] == project_id and row["name"] == DEFAULT)
        found = next(mine, None)
        if found is not None:
            return found
        values = {"project_id": project_id, "name": DEFAULT, "stateful": True, "description": "Default security group"}
        row = self._make(values)
        for version in ("IPv4", "IPv6"):
            self.plant.rules.initial(row, "ingress", version, remote=row["id"])
        return row

    def _make(self, values: dict[str, Any]) -> Row:
        row = self.plant.store.born(self.plural, **values)
        for version in ("IPv4", "IPv6"):
            self.plant.rules.initial(row, "egress", version)
        return row

    def _shared(self, row: Row, caller: Caller) -> bool:
        return bool(self.plant.rbac.actions_on("security_group", row["id"], caller.project_id))
