"""MAAS's DHCP on a VLAN: served by a rack, or relayed to another VLAN.

Owns the VLAN's DHCP switch, racks and relay, and nothing else of it. The VLAN needs a dynamic range first, so a program lets this
depend on the range; on destroy DHCP then goes off before the range goes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi

from clients import maas

from .. import _base
from ._plain import OUTPUTS, PlainProvider

OFF: Mapping[str, Any] = {"dhcp_on": False, "primary_rack": "", "secondary_rack": "", "relay_vlan": ""}


class VlanDhcpInputs(_base.Inputs):
    """DHCP on the VLAN with this database id; an empty `primary_rack` is the only rack that hears the VLAN."""

    vlan: int
    dhcp_on: bool = True
    primary_rack: str = ""
    secondary_rack: str | None = None
    relay_vlan: int | None = None


class VlanDhcpProvider(PlainProvider[VlanDhcpInputs, maas.Vlan]):
    """The DHCP of a VLAN that is already there: always adopted, and put back."""

    inputs = VlanDhcpInputs
    computed = ("rack", *OUTPUTS)
    replace_on = frozenset({"vlan"})
    noun = "DHCP of the VLAN"
    ours = frozenset({"vlan"})

    def refusals(self, news: _base.Props) -> Iterator[tuple[str, str]]:
        if "relay_vlan" in news and (news.get("primary_rack") or "secondary_rack" in news):
            yield "relay_vlan", "a VLAN is served by racks or relayed to another VLAN, not both"
        if "relay_vlan" in news and news["relay_vlan"] == news.get("vlan"):
            yield "relay_vlan", "a VLAN can't be relayed to itself"
        if news.get("primary_rack") and news.get("primary_rack") == news.get("secondary_rack"):
            yield "secondary_rack", "the primary and the secondary rack must be different"

    def label(self, inputs: VlanDhcpInputs) -> str:
        return str(inputs.vlan)

    def collection(self, region: maas.Maas) -> maas.Collection[maas.Vlan]:
        raise TypeError("VLANs are in their fabrics")

    def matches(self, record: maas.Vlan, inputs: VlanDhcpInputs) -> bool:
        return record.id == inputs.vlan

    def find(self, region: maas.Maas, inputs: VlanDhcpInputs) -> maas.Vlan | None:
        return region.vlan(inputs.vlan)

    def look(self, region: maas.Maas, id_: str) -> maas.Vlan | None:
        return region.vlan(int(id_))

    def add(self, region: maas.Maas, inputs: VlanDhcpInputs, fields: Mapping[str, Any]) -> maas.Vlan:
        raise _base.ExpectedError(f"MAAS has no VLAN with the id {inputs.vlan} to serve DHCP on")

    def edit(self, region: maas.Maas, record: maas.Vlan, fields: Mapping[str, Any]) -> maas.Vlan:
        wanted = {**_shown(record), **fields}
        if wanted["dhcp_on"] and not wanted["primary_rack"]:
            wanted["primary_rack"] = _only_rack(region, record)
        for step in _steps(record, wanted):
            record = region.vlans(record.fabric_id).update(record.vid, **step)
        return record

    def drop(self, region: maas.Maas, record: maas.Vlan) -> None:
        self.edit(region, record, OFF)

    def id_of(self, record: maas.Vlan) -> str:
        return str(record.id)

    def seen(self, record: maas.Vlan) -> dict[str, Any]:
        return {"vlan": record.id, **_shown(record)}

    def outputs(self, record: maas.Vlan) -> dict[str, Any]:
        return {"rack": record.primary_rack or ""}

    def fetch(self, id_: str, old: _base.Props) -> _base.Found | None:
        found = super().fetch(id_, old)
        if found is not None and not old.get("primary_rack"):
            # any rack will do, as long as there is one
            return _base.Found(inputs={**found.inputs, "primary_rack": ""}, outputs=found.outputs, id=found.id)
        return found

    def will_do(self, name: str, seen: Any, wanted: Any) -> bool:
        return bool(seen) if name == "primary_rack" and wanted == "" else super().will_do(name, seen, wanted)


class VlanDhcp(_base.Resource, module="maas", name="VlanDhcp"):
    """DHCP on a VLAN of MAAS."""

    provider_class = VlanDhcpProvider
    vlan: pulumi.Output[int]
    dhcp_on: pulumi.Output[bool]
    rack: pulumi.Output[str]
    """System id of the rack that serves it; empty when it is relayed."""
    adopted: pulumi.Output[bool]
    """Whether the VLAN was there before, which it always is."""

    def __init__(
        self,
        resource_name: str,
        *,
        vlan: pulumi.Input[int],
        primary_rack: pulumi.Input[str] = "",
        secondary_rack: pulumi.Input[str] | None = None,
        relay_vlan: pulumi.Input[int] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {
            "vlan": vlan,
            "dhcp_on": relay_vlan is None,
            "primary_rack": primary_rack,
            "secondary_rack": secondary_rack,
            "relay_vlan": relay_vlan,
        }
        super().__init__(resource_name, props, opts)


def _shown(vlan: maas.Vlan) -> dict[str, Any]:
    return {
        "dhcp_on": vlan.dhcp_on,
        "primary_rack": vlan.primary_rack or "",
        "secondary_rack": vlan.secondary_rack or "",
        "relay_vlan": vlan.relay_vlan or "",
    }


def _steps(now: maas.Vlan, wanted: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The changes in an order that MAAS accepts and understands.

    It knows no relay while DHCP is on, and promotes the secondary rack when the primary goes: one at a time.
    """
    if now.dhcp_on and not wanted["dhcp_on"]:
        yield {"dhcp_on": False, "primary_rack": now.primary_rack or "", "secondary_rack": now.secondary_rack or ""}
    if now.secondary_rack and wanted["secondary_rack"] != now.secondary_rack:
        yield {"primary_rack": now.primary_rack or "", "secondary_rack": ""}
    if wanted["dhcp_on"]:
        yield {name: wanted[name] for name in ("dhcp_on", "primary_rack", "secondary_rack")}
    else:
        yield {name: wanted[name] for name in ("primary_rack", "relay_vlan")}


def _only_rack(region: maas.Maas, vlan: maas.Vlan) -> str:
    racks = region.racks.list()
    near = [rack for rack in racks if vlan.id in rack.vlan_ids] or (racks if len(racks) == 1 else [])
    if len(near) == 1:
        return near[0].system_id
    names = ", ".join(f"{rack.hostname} ({rack.system_id})" for rack in near or racks) or "none"
    reason = "more than one rack hears" if near else "no rack has an interface in"
    raise _base.ExpectedError(f"{reason} the VLAN {vlan.name} (id {vlan.id}); set primary_rack to one of: {names}")
