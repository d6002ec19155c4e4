"""The fields of an interface as requests give them, for each kind of interface."""

from __future__ import annotations

import re
from typing import Any

from . import lookups
from .call import Data
from .forms import NO_CHOICE, REQUIRED, Form, normal_mac
from .records.node import Interface, Node
from .region import Region

_NAME = re.compile(r"[\w.@:-]+")
BLANK = "This field cannot be blank."
BOND_MODES = ("balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb", "balance-alb")
_LACP = ("fast", "slow")
_HASHES = ("layer2", "layer2+3", "layer3+4", "encap2+3", "encap3+4")


class InterfaceForm(Form):
    """Checks a request for an interface of a node and writes what holds to its row."""

    def __init__(self, region: Region, data: Data, node: Node, row: Interface) -> None:
        super().__init__(data)
        self.region, self.node, self.row = region, node, row
        self.new = row.id < 0

    def fill(self) -> None:
        """Checks all fields of the row's kind; raises FieldErrors before anything is written."""
        {"physical": self._physical, "vlan": self._vlan_kind, "bond": self._bond, "bridge": self._bridge}[self.row.type]()
        self._common()
        self.check()

    def _common(self) -> None:
        row = self.row
        row.tags = self.many("tags", row.tags)
        row.enabled = self.boolean("enabled", row.enabled)
        row.link_connected = self.boolean("link_connected", row.link_connected)
        row.link_speed = self.integer("link_speed", row.link_speed, low=0) or 0
        row.interface_speed = self.integer("interface_speed", row.interface_speed, low=0) or 0
        self._params()

    def _params(self) -> None:
        mtu = self.integer("mtu", self.row.params.get("mtu"), low=552, high=65535)
        if mtu is None:
            self.row.params.pop("mtu", None)
        elif "mtu" in self:
            self.row.params["mtu"] = mtu
        for flag in ("accept_ra",):
            if flag in self:
                self.row.params[flag] = self.boolean(flag)

    def _name(self, default: str) -> None:
        name = self.text("name", self.row.name) or default
        if not name:
            self.error("name", REQUIRED)
        elif not _NAME.fullmatch(name):
            self.error("name", "Enter a valid value.")
        elif any(each.name == name and each.id != self.row.id for each in self.region.store.interfaces_of(self.node)):
            self.error("name", f"Node {self.node.system_id} ({self.node.hostname}) already has an interface named '{name}'.")
        self.row.name = name

    def _mac(self, default: str = "") -> None:
        given = self.mac("mac_address", self.row.mac or default, required=self.row.type == "physical")
        holder = self._holder(given) if "mac_address" in self and self.row.type == "physical" else None
        if holder:
            owner = self.region.store.node(holder.node)
            on = owner.hostname if owner else ""
            text = f"This MAC address is already in use by {holder.name} ({holder.type}) on {on}."
            self.error("mac_address", text)
        self.row.mac = normal_mac(given)

    def _holder(self, mac: str) -> Interface | None:
        rows = self.region.store.interfaces.values()
        return next((each for each in rows if each.mac == mac and each.type == "physical" and each.id != self.row.id), None)

    def _vlan(self) -> None:
        if "vlan" not in self:
            return
        given = self.text("vlan")
        found = lookups.optional(self.region.store.vlans, given)
        if given and not found:
            self.error("vlan", NO_CHOICE)
        self.row.vlan = found.id if found else None

    def _physical(self) -> None:
        self._mac()
        self._name(self._next_name())
        self._vlan()

    def _next_name(self) -> str:
        names = (re.fullmatch(r"eth(\d+)", each.name) for each in self.region.store.interfaces_of(self.node))
        return f"eth{max((int(found[1]) for found in names if found), default=-1) + 1}"

    def _parents(self, field: str) -> list[Interface]:
        if field not in self and not self.new:
            return [self.region.store.interfaces[number] for number in self.row.parents]
        mine = {str(each.id): each for each in self.region.store.interfaces_of(self.node)}
        found = []
        for given in self.many(field):
            if given in mine:
                found.append(mine[given])
            else:
                self.error(field, f"Select a valid choice. {given} is not one of the available choices.")
        return found

    def _vlan_kind(self) -> None:
        parents = self._parents("parent")
        if "parent" not in self.errors and len(parents) != 1:
            self.error("parent", "A VLAN interface must have exactly one parent.")
        before = self.row.vlan
        self._vlan()
        vlan = self.region.store.vlans.get(self.row.vlan) if self.row.vlan is not None else None
        if "vlan" not in self.errors:
            if vlan is None:
                self.error("vlan", "A VLAN interface must be connected to a tagged VLAN.")
            elif vlan.vid == 0:
                self.error("vlan", "A VLAN interface can only belong to a tagged VLAN.")
        if not self.errors and vlan:
            self.row.parents, self.row.mac = [parents[0].id], parents[0].mac
            self.row.name = self.row.name if before == vlan.id and not self.new else ""
            self._name(f"{parents[0].name}.{vlan.vid}")

    def _in_use(self, parents: list[Interface], kinds: tuple[str, ...]) -> list[str]:
        children = [each for each in self.region.store.interfaces_of(self.node) if each.id != self.row.id]
        return [p.name for p in parents if any(p.id in each.parents and each.type in kinds for each in children)]

    def _bond(self) -> None:
        parents = self._parents("parents")
        used = self._in_use(parents, ("bond", "bridge"))
        if "parents" not in self.errors:
            if not parents:
                self.error("parents", "A bond interface must have one or more parents.")
                self._require_mac()
            elif used:
                self.error("parents", f"Interfaces already in-use: {', '.join(used)}.")
            elif len({each.vlan for each in parents}) > 1:
                self.error("parents", "All parents must belong to the same VLAN.")
        self._bond_params()
        self._joined(parents, "bond0")

    def _bond_params(self) -> None:
        params: dict[str, Any] = self.row.params
        params["bond_mode"] = self.listed_choice("bond_mode", params.get("bond_mode", "active-backup"), BOND_MODES)
        for name, default in (("miimon", 100), ("updelay", 0), ("downdelay", 0)):
            params[f"bond_{name}"] = self.integer(f"bond_{name}", params.get(f"bond_{name}", default), low=0)
        params["bond_lacp_rate"] = self.listed_choice("bond_lacp_rate", params.get("bond_lacp_rate", "fast"), _LACP)
        params["bond_num_grat_arp"] = self.integer("bond_num_grat_arp", params.get("bond_num_grat_arp", 1), low=0, high=255)
        hashing = params.get("bond_xmit_hash_policy", "layer2")
        params["bond_xmit_hash_policy"] = self.listed_choice("bond_xmit_hash_policy", hashing, _HASHES)

    def _bridge(self) -> None:
        parents = self._parents("parent" if "parent" in self or self.new else "parents")
        if "parent" not in self.errors:
            if len(parents) != 1:
                self._require_mac()
                self.error("parent", "A bridge interface must have exactly one parent.")
            elif self._in_use(parents, ("bond", "bridge")):
                self._require_mac()
                self.error("parent", "A bridge interface can't have a parent that is already in a bond or a bridge.")
        params = self.row.params
        params["bridge_type"] = self.listed_choice("bridge_type", params.get("bridge_type", "standard"), ("standard", "ovs"))
        params["bridge_stp"] = self.boolean("bridge_stp", params.get("bridge_stp", False))
        params["bridge_fd"] = self.integer("bridge_fd", params.get("bridge_fd", 15), low=0)
        self._joined(parents, "")

    def _require_mac(self) -> None:
        if not self.raw("mac_address"):
            self.error("mac_address", BLANK)

    def _joined(self, parents: list[Interface], default: str) -> None:
        if parents:
            self.row.parents = [each.id for each in parents]
            self.row.vlan = parents[0].vlan if self.new else self.row.vlan
        self._mac(parents[0].mac if parents else "")
        self._name(default)
        self._vlan()
