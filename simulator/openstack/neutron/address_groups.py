"""Address groups: lists of prefixes that security group rules name."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any, ClassVar

from .attributes import Attribute, each, optional, read_only, text
from .caller import Caller
from .collection import NAME, STANDARD, Action, Collection
from .errors import Refused, bad, invalid
from .store import Row


class AddressGroups(Collection):
    """The address groups of all projects."""

    plural = "address_groups"
    singular = "address_group"
    missing_error = ("AddressGroupNotFound", "Address group {} could not be found.")
    first_revision = 0
    taggable = False
    attributes: ClassVar[Mapping[str, Attribute]] = {
        **{name: one for name, one in STANDARD.items() if name != "tags"},
        "name": NAME,
        "addresses": Attribute(default=[], put=False, check=optional(each(text()))),
        "shared": read_only(),
    }

    @property
    def actions(self) -> Mapping[str, Action]:
        return {"add_addresses": self._add, "remove_addresses": self._remove}

    def made(self, values: dict[str, Any], caller: Caller) -> Row:
        return super().made({**values, "addresses": _normalised(values["addresses"] or [])}, caller)

    def removed(self, row: Row, caller: Caller) -> None:
        if any(rule["remote_address_group_id"] == row["id"] for rule in self.plant.rules.rows.values()):
            message = f"Address group {row['id']} is in use on one or more security group rules."
            raise Refused(409, "AddressGroupInUse", message)
        self.plant.rbac.forget("address_group", row["id"])
        super().removed(row, caller)

    def visible(self, row: Row, caller: Caller) -> bool:
        return super().visible(row, caller) or bool(self._actions_on(row, caller))

    def view(self, row: Row, caller: Caller) -> Row:
        return {**super().view(row, caller), "shared": bool(self._actions_on(row, caller))}

    def _actions_on(self, row: Row, caller: Caller) -> set[str]:
        return self.plant.rbac.actions_on("address_group", row["id"], caller.project_id)

    def _add(self, row: Row, body: dict[str, Any], caller: Caller) -> dict[str, Any]:
        more = _normalised(_named(body))
        self.changed(row, {"addresses": [*row["addresses"], *(one for one in more if one not in row["addresses"])]}, caller)
        return {self.singular: self.view(row, caller)}

    def _remove(self, row: Row, body: dict[str, Any], caller: Caller) -> dict[str, Any]:
        less = _normalised(_named(body))
        missing = [one for one in less if one not in row["addresses"]]
        if missing:
            message = f"Addresses {missing} not found in the address group {row['id']}."
            raise Refused(404, "AddressesNotFound", message)
        self.changed(row, {"addresses": [one for one in row["addresses"] if one not in less]}, caller)
        return {self.singular: self.view(row, caller)}


def _named(body: dict[str, Any]) -> list[str]:
    inner = body.get("address_group", body)
    found = inner.get("addresses") if isinstance(inner, dict) else None
    if not isinstance(found, list) or not found:
        raise bad("Invalid input for addresses. Reason: a list of addresses is required.")
    return found


def _normalised(addresses: list[str]) -> list[str]:
    try:
        return [str(ipaddress.ip_network(one, strict=False)) for one in addresses]
    except ValueError as exc:
        raise invalid(str(exc)) from None
