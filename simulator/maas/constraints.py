"""What a caller asks of a machine to be allocated: read from a request, held against machines."""

from __future__ import annotations

import re
from collections.abc import Callable

from .errors import FieldErrors, NotFound
from .machineform import architectures
from .records.network import Subnet
from .records.node import Interface, Node
from .records.storage import BlockDevice
from .region import Region

_FLAGS = frozenset(
    [
        "dry_run",
        "verbose",
        "comment",
        "agent_name",
        "bridge_all",
        "bridge_stp",
        "bridge_fd",
        "owner",
        "devices",
        "pod",
        "not_pod",
        "pod_type",
        "not_pod_type",
    ]
)
_STORAGE = re.compile(r"(?:(?P<label>[a-zA-Z0-9_-]*):)?(?P<size>\d+(?:\.\d+)?)(?:\((?P<tags>[^)]*)\))?")
_MALFORMED = "(required format: '<label>:<key>=<value>[,<key2>=<value2>[,...]]')"
Test = Callable[[Node], bool]


class Constraints:
    """Constraints of one request; FieldErrors when one cannot be read or names what doesn't exist."""

    def __init__(self, region: Region, data: dict[str, list[str]]) -> None:
        self.region = region
        self.tests: list[Test] = []
        self.texts: dict[str, str] = {}
        self.storage: list[tuple[str, float, set[str]]] = []
        self.labels: dict[str, list[tuple[str, str]]] = {}
        readers = self._readers()
        for field, values in data.items():
            if field in readers:
                readers[field](field, values)
            elif field not in _FLAGS:
                raise FieldErrors({field: ["No such constraint."]})

    def _readers(self) -> dict[str, Callable[[str, list[str]], None]]:
        return {
            "name": self._name,
            "system_id": self._system_id,
            "arch": self._arch,
            "cpu_count": self._number,
            "mem": self._number,
            "tags": self._tags,
            "not_tags": self._tags,
            "zone": self._zone,
            "not_in_zone": self._zone,
            "pool": self._pool,
            "not_in_pool": self._pool,
            "subnets": self._subnets,
            "not_subnets": self._subnets,
            "fabrics": self._fabrics,
            "not_fabrics": self._fabrics,
            "fabric_classes": self._fabrics,
            "not_fabric_classes": self._fabrics,
            "storage": self._storage_spec,
            "interfaces": self._interface_spec,
        }

    def describe(self) -> str:
        """The constraints as they were understood."""
        return " ".join(f"{field}={text}" for field, text in sorted(self.texts.items()))

    def met_by(self, node: Node) -> bool:
        """Whether a machine meets all of them."""
        if not all(test(node) for test in self.tests):
            return False
        return self.storage_of(node) is not None and self.interfaces_of(node) is not None

    def _note(self, field: str, values: list[str], test: Test) -> None:
        self.texts[field] = ",".join(values)
        negative = field.startswith("not_")
        self.tests.append(lambda node: test(node) != negative)

    def _name(self, field: str, values: list[str]) -> None:
        label, _, zone = values[-1].partition(".")
        domains = self.region.store.domains
        self._note(field, values, lambda node: node.hostname == label and (not zone or domains[node.domain].name == zone))

    def _system_id(self, field: str, values: list[str]) -> None:
        self._note(field, values, lambda node: node.system_id == values[-1])

    def _arch(self, field: str, values: list[str]) -> None:
        usable = architectures(self.region)
        wanted = {arch for arch in usable for value in values if value in (arch, arch.split("/")[0])}
        if not wanted:
            raise FieldErrors({field: ["Architecture not recognised."]})
        self._note(field, values, lambda node: node.architecture in wanted)

    def _number(self, field: str, values: list[str]) -> None:
        try:
            least = float(values[-1])
        except ValueError:
            what = "CPU count" if field == "cpu_count" else "memory"
            raise FieldErrors({field: [f"Invalid {what}: number required."]}) from None
        attribute = "cpu_count" if field == "cpu_count" else "memory"
        self._note(field, [str(least)], lambda node: float(getattr(node, attribute)) >= least)

    def _tags(self, field: str, values: list[str]) -> None:
        names = _split(values)
        known = {row.name: row.id for row in self.region.store.tags.values()}
        unknown = [name for name in names if name not in known]
        if unknown:
            listed = ", ".join(f"'{name}'" for name in unknown)
            raise FieldErrors({field: [f"No such tag(s): {listed}."]})
        wanted = {known[name] for name in names}
        negative = field == "not_tags"
        self._note(field, names, lambda node: bool(wanted & set(node.tags)) if negative else wanted <= set(node.tags))

    def _zone(self, field: str, values: list[str]) -> None:
        rows = self.region.store.zones.values()
        found = {row.id for row in rows if row.name in _split(values)}
        if not found:
            raise FieldErrors({field: [f"No such zone(s): {', '.join(_split(values))}."]})
        self._note(field, values, lambda node: node.zone in found)

    def _pool(self, field: str, values: list[str]) -> None:
        rows = self.region.store.pools.values()
        found = {row.id for row in rows if row.name in _split(values)}
        if not found:
            raise FieldErrors({field: [f"No such pool(s): {', '.join(_split(values))}."]})
        self._note(field, values, lambda node: node.pool in found)

    def _subnets(self, field: str, values: list[str]) -> None:
        found = {row.id for spec in _split(values) for row in self._meant(spec)}
        if not found:
            raise FieldErrors({field: ["No matching subnets found."]})
        store = self.region.store

        def linked(node: Node) -> bool:
            links = [link for row in store.interfaces_of(node) for link in store.links_of(row)]
            return any(link.subnet in found for link in links)

        self._note(field, values, linked)

    def _meant(self, spec: str) -> list[Subnet]:
        store = self.region.store
        kind, colon, value = spec.partition(":")
        if not colon or "/" in spec:
            return [row for row in store.subnets.values() if spec.removeprefix("cidr:") in (str(row.id), row.name, row.cidr)]
        if kind == "space":
            return [row for row in store.subnets.values() if self._space_is(store.vlans[row.vlan].space, value)]
        if kind in ("vlan", "vid"):
            return [
                row for row in store.subnets.values() if value in (str(store.vlans[row.vlan].id), str(store.vlans[row.vlan].vid))
            ]
        return [row for row in store.subnets.values() if value in (str(row.id), row.name)]

    def _space_is(self, number: int | None, value: str) -> bool:
        return number is not None and value in (str(number), self.region.store.spaces[number].name)

    def _fabrics(self, field: str, values: list[str]) -> None:
        store, names = self.region.store, _split(values)
        key = "class_type" if "classes" in field else "name"

        def plugged(node: Node) -> bool:
            vlans = [store.vlans[row.vlan] for row in store.interfaces_of(node) if row.vlan is not None]
            fabrics = [store.fabrics[vlan.fabric] for vlan in vlans]
            return any(getattr(fabric, key) in names or str(fabric.id) in names for fabric in fabrics)

        self._note(field, values, plugged)

    # --- disks

    def _storage_spec(self, field: str, values: list[str]) -> None:
        text = values[-1]
        self.texts[field] = text
        for part in text.split(","):
            found = _STORAGE.fullmatch(part.strip())
            if not found:
                raise FieldErrors({field: [f'Malformed storage constraint, "{text}".']})
            tags = {tag.strip() for tag in (found["tags"] or "").split(";" if ";" in (found["tags"] or "") else ",") if tag}
            self.storage.append((found["label"] or "", float(found["size"]) * 1000**3, tags))

    def storage_of(self, node: Node) -> dict[int, str] | None:
        """The labels by disk that meets them, None when some label is not met; the first is for the boot disk."""
        rows = [row for row in self.region.store.devices_of(node) if row.type == "physical"]
        boot = next((row for row in rows if row.id == node.boot_disk), None)
        found: dict[int, str] = {}
        for number, (label, size, tags) in enumerate(self.storage):
            pool = [boot] if number == 0 and boot and label == "root" else rows
            disk = _smallest([row for row in pool if row and row.id not in found], size, tags)
            if disk is None:
                return None
            found[disk.id] = label
        return found

    # --- interfaces

    def _interface_spec(self, field: str, values: list[str]) -> None:
        self.texts[field] = values[-1]
        for part in values[-1].split(";"):
            label, colon, rest = part.partition(":")
            pairs = [pair.partition("=") for pair in rest.split(",")]
            if not colon or not rest or any(not sign for _, sign, _ in pairs):
                raise FieldErrors({field: [f"Malformed constraint: '{part}' {_MALFORMED}"]})
            self.labels[label] = [(key.strip(), value.strip()) for key, _, value in pairs]
            for key, value in self.labels[label]:
                self._check_exists(key, value)

    def _check_exists(self, key: str, value: str) -> None:
        rows = self.region.store.spaces.values()
        if key in ("space", "not_space") and not any(self._space_is(row.id, value) for row in rows):
            raise NotFound("Space")

    def interfaces_of(self, node: Node) -> dict[str, list[int]] | None:
        """The interfaces by label that meet it, None when some label has none."""
        rows = self.region.store.interfaces_of(node)
        found: dict[str, list[int]] = {}
        for label, pairs in self.labels.items():
            good = [row.id for row in rows if all(self._interface_is(row, key, value) for key, value in pairs)]
            if not good:
                return None
            found[label] = good
        return found

    def _interface_is(self, row: Interface, key: str, value: str) -> bool:
        if key.startswith("not_"):
            return not self._interface_is(row, key.removeprefix("not_"), value)
        store = self.region.store
        vlan = store.vlans.get(row.vlan) if row.vlan is not None else None
        links = store.links_of(row)
        subnets = [store.subnets[link.subnet] for link in links if link.subnet is not None and link.alloc_type != 6]
        facts: dict[str, set[str]] = {
            "id": {str(row.id)},
            "name": {row.name},
            "hostname": {getattr(store.node(row.node), "hostname", "")},
            "tag": set(row.tags),
            "ip": {link.ip for link in links if link.ip},
            "subnet": {name for subnet in subnets for name in (str(subnet.id), subnet.name, subnet.cidr)},
            "subnet_cidr": {subnet.cidr for subnet in subnets},
            "mode": {"auto" if link.alloc_type == 0 else "dhcp" if link.alloc_type == 5 else "static" for link in links},
        }
        if vlan:
            fabric = store.fabrics[vlan.fabric]
            space = store.spaces.get(vlan.space) if vlan.space is not None else None
            facts |= {"vlan": {str(vlan.id), vlan.name}, "vid": {str(vlan.vid)}, "fabric": {fabric.name, str(fabric.id)}}
            facts |= {"fabric_class": {fabric.class_type or ""}, "space": {space.name, str(space.id)} if space else set()}
        return value in facts.get(key, set())


def _split(values: list[str]) -> list[str]:
    return [part for value in values for part in re.split(r"[,\s]+", value) if part]


def _smallest(rows: list[BlockDevice | None] | list[BlockDevice], size: float, tags: set[str]) -> BlockDevice | None:
    good = [row for row in rows if row and row.size >= size and tags <= set(row.tags)]
    return min(good, key=lambda row: (row.size, row.id), default=None)
