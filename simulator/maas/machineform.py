"""The fields of a machine as requests give them: checked, then written to its row."""

from __future__ import annotations

import re

from . import lookups, petnames, power_types
from .errors import Refused
from .forms import NO_CHOICE, REQUIRED, Form, normal_mac, valid_mac
from .records.node import MACHINE, Node
from .region import Region

_KERNEL = re.compile(r"(ga|hwe)-(1[2468]|2[02468])\.(04|10)(-edge|-lowlatency|-lowlatency-edge)?")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", re.IGNORECASE)
NO_INTERFACES = "Can't set power type to manual without network interfaces"


class MachineForm(Form):
    """Checks a request against a region; `fill` writes to a node what holds."""

    def __init__(self, region: Region, form: Form, node: Node, *, new: bool) -> None:
        super().__init__(form.data)
        self.region, self.node, self.new = region, node, new
        self.macs: list[str] = []

    def fill(self) -> None:
        """Checks all fields; writes them if all hold."""
        changed = self.node.model_copy(deep=True)
        self._architecture(changed)
        self._hostname(changed)
        self._domain(changed)
        self._places(changed)
        if self.new:
            self._macs()
        self._power(changed)
        self._kernel(changed)
        self._numbers(changed)
        changed.description = self.text("description", changed.description)
        self.check()
        for field in Node.model_fields:
            setattr(self.node, field, getattr(changed, field))

    def _architecture(self, node: Node) -> None:
        given = self.raw("architecture")
        if not given:
            if self.new and node.node_type == MACHINE and not self._tells_itself():
                self.error("architecture", REQUIRED)
            return
        if "/" not in given:
            given = f"{given}/{self.text('subarchitecture') or 'generic'}"
        usable = architectures(self.region)
        if given not in usable:
            names = ", ".join(f"'{name}'" for name in usable) or "''"
            self.error("architecture", f"'{given}' is not a valid architecture.  It should be one of: {names}.")
        node.architecture = given

    def _tells_itself(self) -> bool:
        """A machine with an IPMI BMC is started and found out about: neither MAC address nor architecture is needed."""
        return self.raw("power_type") == "ipmi"

    def _hostname(self, node: Node) -> None:
        given = self.raw("hostname")
        if given is None and not self.new:
            return
        store = self.region.store
        taken = {row.hostname for row in store.nodes.values() if row.id != node.id}
        if not given:
            node.hostname = petnames.petname(self.region.random, taken)
            return
        label, dot, zone = given.partition(".")
        if dot and zone:
            domain = lookups.optional(store.domains, zone, lambda row: row.name)
            if domain:
                node.domain = domain.id
            else:
                self.error("hostname", "Nonexistant domain.")
        if "_" in label:
            self.error("hostname", f"Host label cannot contain underscore: '{label}'.")
        elif len(label) > 63 or not _LABEL.fullmatch(label):
            self.error("hostname", f"Label contains disallowed characters: '{label}'.")
        elif label in taken:
            self.error("hostname", "Node with this Hostname already exists.")
        node.hostname = label

    def _domain(self, node: Node) -> None:
        given = self.raw("domain")
        if not given:
            return
        domain = lookups.optional(self.region.store.domains, given, lambda row: row.name)
        if domain:
            node.domain = domain.id
        else:
            self.error("domain", f"Unable to find domain {given}")

    def _places(self, node: Node) -> None:
        store = self.region.store
        if given := self.raw("zone"):
            zone = next((row for row in store.zones.values() if row.name == given), None)
            node.zone = zone.id if zone else node.zone
            if not zone:
                self.error("zone", NO_CHOICE)
        if given := self.raw("pool"):
            pool = next((row for row in store.pools.values() if row.name == given), None)
            node.pool = pool.id if pool else node.pool
            if not pool:
                self.error("pool", NO_CHOICE)

    def _macs(self) -> None:
        given = [part for value in self.data.get("mac_addresses", []) for part in re.split(r"[,\s]+", value) if part]
        if not given and not self._tells_itself():
            self.error("mac_addresses", REQUIRED)
        for text in given:
            if re.fullmatch(r"([0-9a-f]{1,2}[:-]){6,}[0-9a-f]{1,2}", text, re.IGNORECASE):
                raise Refused(500, "'ValidationError' object has no attribute 'message'")
            if not valid_mac(text):
                self.error("mac_addresses", f"'{text}' is not a valid MAC address.")
                continue
            holder = holder_of(self.region, normal_mac(text))
            if holder:
                self.error("mac_addresses", f"MAC address {normal_mac(text)} already in use on {holder.hostname}.")
            self.macs.append(normal_mac(text))

    def _power(self, node: Node) -> None:
        given = self.raw("power_type")
        if given is not None and given not in power_types.TYPES:
            if given:
                self.error("power_type", f"Select a valid choice. {given} is not one of the available choices.")
            return
        changed = given is not None and given != node.power_type
        power_type = node.power_type if given is None else given
        if power_type == "manual" and "mac_addresses" in self.errors:
            self.error("power_type", NO_INTERFACES)
        if changed or any(field.startswith("power_parameters") for field in self.data):
            node.power_parameters = power_types.read(self, power_type, node.power_parameters, changed=changed)
        node.power_type = power_type

    def _kernel(self, node: Node) -> None:
        given = self.raw("min_hwe_kernel")
        if given is None:
            return
        if given and not _KERNEL.fullmatch(given):
            self.error("min_hwe_kernel", f'No kernel matches ">={given}" requirement.')
        node.min_hwe_kernel = given

    def _numbers(self, node: Node) -> None:
        node.cpu_count = self.integer("cpu_count", node.cpu_count, low=0) or 0
        node.memory = self.integer("memory", node.memory, low=0) or 0
        node.swap_size = self.integer("swap_size", node.swap_size, low=0)
        if self.boolean("disable_ipv4"):
            self.error("disable_ipv4", "If specified, disable_ipv4 must be False.")


def architectures(region: Region) -> list[str]:
    """The architectures for which there is an image."""
    return sorted({f"{row.architecture.split('/')[0]}/generic" for row in region.store.bootresources.values()})


def holder_of(region: Region, mac: str) -> Node | None:
    """The node that has a physical interface with this MAC address."""
    store = region.store
    row = next((each for each in store.interfaces.values() if each.mac == mac and each.type == "physical"), None)
    return store.node(row.node) if row else None
