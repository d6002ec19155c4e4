"""Security group rules."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any, ClassVar

from .attributes import REQUIRED, Attribute, one_of, optional, read_only, text
from .caller import Caller
from .collection import STANDARD, Collection
from .errors import Refused, invalid
from .protocols import checked_protocol, checked_range, number
from .store import Row

REMOTES = ("remote_ip_prefix", "remote_group_id", "remote_address_group_id")


class SecurityGroupRules(Collection):
    """The rules of all security groups; they are made and deleted, only their description changes."""

    plural = "security_group_rules"
    singular = "security_group_rule"
    missing_error = ("SecurityGroupRuleNotFound", "Security group rule {} does not exist")
    first_revision = 0
    taggable = False
    attributes: ClassVar[Mapping[str, Attribute]] = {
        "id": read_only(),
        "project_id": STANDARD["project_id"],
        "security_group_id": Attribute(default=REQUIRED, put=False, check=text()),
        "direction": Attribute(default=REQUIRED, put=False, check=one_of("ingress", "egress")),
        "ethertype": Attribute(default="IPv4", put=False),
        "protocol": Attribute(default=None, put=False),
        "port_range_min": Attribute(default=None, put=False),
        "port_range_max": Attribute(default=None, put=False),
        "remote_ip_prefix": Attribute(default=None, put=False),
        "remote_group_id": Attribute(default=None, put=False),
        "remote_address_group_id": Attribute(default=None, put=False),
        "normalized_cidr": read_only(),
        "belongs_to_default_sg": read_only(),
        "description": Attribute(default="", check=optional(text())),
        "created_at": read_only(),
        "updated_at": read_only(),
        "revision_number": read_only(),
    }

    def made(self, values: dict[str, Any], caller: Caller) -> Row:
        values["protocol"] = checked_protocol(values["protocol"])
        values["port_range_min"], values["port_range_max"] = checked_range(values)
        self._remotes(values, caller)
        group = self.plant.groups.find(values["security_group_id"], caller)
        same = next((rule for rule in self.of_group(group["id"]) if _meaning(rule) == _meaning(values)), None)
        if same is not None:
            message = f"Security group rule already exists. Rule id is {same['id']}."
            raise Refused(409, "SecurityGroupRuleExists", message)
        self.plant.store.touch(group)
        return super().made(values, caller)

    def removed(self, row: Row, caller: Caller) -> None:
        super().removed(row, caller)
        self.plant.store.touch(self.plant.groups.find(row["security_group_id"]))

    def visible(self, row: Row, caller: Caller) -> bool:
        if super().visible(row, caller):
            return True
        group = self.plant.groups.rows.get(row["security_group_id"])
        return group is not None and self.plant.groups.visible(group, caller)

    def view(self, row: Row, caller: Caller) -> Row:
        group = self.plant.groups.rows.get(row["security_group_id"], {})
        computed = {"normalized_cidr": _normalised(row), "belongs_to_default_sg": group.get("name") == "default"}
        return {**super().view(row, caller), **computed}

    def within_group(self, row: Row) -> Row:
        """The rule as its group shows it: with two fields more than on its own."""
        shown = self.view(row, Caller(project_id="", is_admin=True))
        return {**shown, "standard_attr_id": row["standard_attr_id"], "tags": []}

    def of_group(self, group_id: str) -> list[Row]:
        """The rules of a group."""
        return [row for row in self.rows.values() if row["security_group_id"] == group_id]

    def initial(self, group: Row, direction: str, ethertype: str, remote: str | None = None) -> None:
        """Makes a rule that a new group has from the start."""
        nothing = dict.fromkeys(("protocol", "port_range_min", "port_range_max", *REMOTES, "description"))
        values = {**nothing, "security_group_id": group["id"], "direction": direction, "ethertype": ethertype}
        self.plant.store.born(self.plural, group["project_id"], revision=0, **{**values, "remote_group_id": remote})

    def _remotes(self, values: dict[str, Any], caller: Caller) -> None:
        if values["ethertype"] not in {"IPv4", "IPv6"}:
            allowed = "Allowed values are ['IPv4', 'IPv6']."
            message = f"Security group rule for ethertype '{values['ethertype']}' not supported. {allowed}"
            raise Refused(400, "SecurityGroupRuleInvalidEtherType", message)
        if sum(values[name] is not None for name in REMOTES) > 1:
            message = f"Only one of {' or '.join(REMOTES)} may be provided."
            raise Refused(400, "SecurityGroupMultipleRemoteEntites", message)
        if values["remote_ip_prefix"] is not None:
            _check_prefix(values)
        if values["remote_group_id"] is not None:
            self.plant.groups.find(values["remote_group_id"], caller)
        if values["remote_address_group_id"] is not None:
            self.plant.address_groups.find(values["remote_address_group_id"], caller)


def _check_prefix(values: dict[str, Any]) -> None:
    prefix = values["remote_ip_prefix"]
    try:
        network = ipaddress.ip_network(prefix, strict=False)
    except ValueError:
        raise invalid(f"{prefix} is not in a CIDR format") from None
    if f"IPv{network.version}" != values["ethertype"]:
        message = f"Conflicting value ethertype {values['ethertype']} for CIDR {prefix}"
        raise Refused(400, "SecurityGroupRuleParameterConflict", message)
    if "/" not in prefix:
        values["remote_ip_prefix"] = str(network)


def _normalised(rule: Row) -> str | None:
    prefix = rule["remote_ip_prefix"]
    return str(ipaddress.ip_network(prefix, strict=False)) if prefix else None


def _meaning(rule: Row) -> tuple[Any, ...]:
    """What tells two rules apart: everybody's prefix is none, and a protocol's number its name."""
    prefix = _normalised(rule)
    prefix = None if prefix in {"0.0.0.0/0", "::/0"} else prefix
    keys = ("direction", "ethertype", "port_range_min", "port_range_max", "remote_group_id", "remote_address_group_id")
    return (*(rule[key] for key in keys), number(rule["protocol"]), prefix)
