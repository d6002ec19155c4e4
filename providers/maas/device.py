"""Devices: what has addresses in MAAS's networks and names in its DNS, and isn't deployed: a switch, a printer, a container."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import pulumi
import pydantic

from clients import maas
from clients.maas.services import Device as Record

from .. import _base
from ._plain import OUTPUTS, PlainProvider
from ._vocabulary import Hostname, Mac, Name


class DeviceNicInputs(_base.Inputs):
    """A NIC; with `subnet` (a database id) it has an address there: the given one, or one that MAAS picks."""

    mac_address: Mac
    subnet: int | None = None
    ip_address: str | None = None


class DeviceInputs(_base.Inputs):
    """A device; `parent` is the system id of the machine that it is a part of."""

    hostname: Hostname
    interfaces: list[DeviceNicInputs] = pydantic.Field(min_length=1)
    domain: Name | None = None
    zone: Name | None = None
    parent: str | None = None
    description: str | None = None


class DeviceProvider(PlainProvider[DeviceInputs, Record]):
    """Devices by the MAC address of their first NIC. MAC addresses are what a device is: others are another device."""

    inputs = DeviceInputs
    computed = ("system_id", "addresses", *OUTPUTS)
    noun = "device"
    defaults: ClassVar[Mapping[str, Any]] = {"zone": "default", "domain": None}

    def refusals(self, news: _base.Props) -> Iterator[tuple[str, str]]:
        for number, nic in enumerate(news.get("interfaces") or ()):
            if not _base.is_unknown(nic) and nic.get("ip_address") and not nic.get("subnet"):
                yield "interfaces", f"interfaces[{number}] has an address and no subnet"

    def replaces(self, changed: set[str], olds: Mapping[str, Any], news: Mapping[str, Any]) -> set[str]:
        if "interfaces" not in changed or _base.is_unknown(news.get("interfaces")):
            return set()
        macs = [[str(nic.get("mac_address")) for nic in props.get("interfaces") or ()] for props in (olds, news)]
        return {"interfaces"} if macs[0] != macs[1] else set()

    def label(self, inputs: DeviceInputs) -> str:
        return inputs.interfaces[0].mac_address

    def collection(self, region: maas.Maas) -> maas.Collection[Record]:
        return region.devices

    def matches(self, record: Record, inputs: DeviceInputs) -> bool:
        return any(nic.mac_address == inputs.interfaces[0].mac_address for nic in record.interfaces)

    def id_of(self, record: Record) -> str:
        return record.system_id

    def naming(self, inputs: DeviceInputs) -> dict[str, Any]:
        return {"mac_addresses": [nic.mac_address for nic in inputs.interfaces]}

    def fields(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in wanted.items() if name != "interfaces"}

    def make(self, inputs: DeviceInputs) -> _base.Made:
        made = super().make(inputs)
        record = self._linked(self.region(), self._there(made.id, inputs), inputs.interfaces)
        return _base.Made(id=made.id, outputs={**made.outputs, **self.outputs(record)})

    def change(self, id_: str, old: _base.Props, inputs: DeviceInputs) -> Mapping[str, Any]:
        done = super().change(id_, old, inputs)
        record = self._linked(self.region(), self._there(id_, inputs), inputs.interfaces)
        return {**done, **self.outputs(record)}

    def will_do(self, name: str, seen: Any, wanted: Any) -> bool:
        return name == "interfaces" or super().will_do(name, seen, wanted)

    def same(self, name: str, old: Any, new: Any) -> bool:
        if name != "interfaces":
            return bool(old == new)
        return len(old) == len(new) and all(_fits(have, want) for have, want in zip(old, new, strict=True))

    def seen(self, record: Record) -> dict[str, Any]:
        said = {name: getattr(record, name) for name in ("hostname", "domain", "zone", "parent")}
        return {**said, "description": record.description or None, "interfaces": [_nic(nic) for nic in record.interfaces]}

    def outputs(self, record: Record) -> dict[str, Any]:
        addresses = [link.ip_address for nic in record.interfaces for link in nic.links if link.ip_address]
        return {"system_id": record.system_id, "addresses": addresses}

    def _there(self, id_: str, inputs: DeviceInputs) -> Record:
        record = self.region().devices.read(id_)
        if record is None:
            raise self.gone(f"device {inputs.hostname}")
        return record

    def _linked(self, region: maas.Maas, record: Record, wanted: list[DeviceNicInputs]) -> Record:
        """Gives the NICs the links that they lack, and takes those away that say something else."""
        nics, changed = region.interfaces(record.system_id), False
        for want in wanted:
            nic = next((each for each in record.interfaces if each.mac_address == want.mac_address), None)
            if nic is None or _fits(_nic(nic), want.model_dump(exclude_none=True)):
                continue
            changed = True
            for link in nic.links:
                nics.act(nic.id, "unlink_subnet", id=link.id)
            if want.subnet is not None:
                address = {"ip_address": want.ip_address} if want.ip_address else {}
                nics.act(nic.id, "link_subnet", mode="STATIC", subnet=want.subnet, **address)
        return (region.devices.read(record.system_id) or record) if changed else record


class Device(_base.Resource, module="maas", name="Device"):
    """A device in MAAS's networks."""

    provider_class = DeviceProvider
    hostname: pulumi.Output[str]
    system_id: pulumi.Output[str]
    addresses: pulumi.Output[list[str]]
    adopted: pulumi.Output[bool]

    def __init__(
        self,
        resource_name: str,
        *,
        hostname: pulumi.Input[str],
        interfaces: pulumi.Input[list[Mapping[str, Any]]],
        domain: pulumi.Input[str] | None = None,
        zone: pulumi.Input[str] | None = None,
        parent: pulumi.Input[str] | None = None,
        description: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {name: value for name, value in locals().items() if name in DeviceInputs.model_fields}
        super().__init__(resource_name, given, opts)


def _nic(nic: Any) -> dict[str, Any]:
    link = next((each for each in nic.links if each.subnet_id is not None), None)
    said = {"subnet": link.subnet_id, "ip_address": link.ip_address} if link else {}
    return {"mac_address": nic.mac_address, **{name: value for name, value in said.items() if value is not None}}


def _fits(have: Mapping[str, Any], want: Mapping[str, Any]) -> bool:
    """Whether a NIC is as asked; an address that isn't asked for may be any."""
    if have.get("mac_address") != want.get("mac_address") or have.get("subnet") != want.get("subnet"):
        return False
    return want.get("ip_address") in (None, have.get("ip_address"))
