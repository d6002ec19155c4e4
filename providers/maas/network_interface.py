"""Interfaces of a machine: its physical NICs, and the bonds, bridges and VLAN interfaces on them, with their links to subnets.

A physical NIC is found by its MAC address (or name), configured, and put back on destroy; it is never deleted. Of an interface's
links only those that this resource made are ever removed, unless `only_these_links` says that nobody else has any business there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import pulumi

from clients import maas
from clients.maas import errors

from .. import _base
from .._intents import Intent
from . import _links
from ._links import LinkInputs
from ._region import RegionProvider
from ._vocabulary import Mac, Mtu, Name, NameList

PLAIN = ("name", "mac_address", "vlan", "mtu", "enabled")
OPTIONS = (
    "bond_mode",
    "bond_miimon",
    "bond_lacp_rate",
    "bond_xmit_hash_policy",
    "bond_downdelay",
    "bond_updelay",
    "bond_num_grat_arp",
    "bridge_type",
    "bridge_stp",
    "bridge_fd",
)


class NetworkInterfaceInputs(_base.Inputs):
    """An interface; `machine` is a system id, `parents` are interface ids, `vlan` a VLAN's database id."""

    machine: Name
    type: Literal["physical", "bond", "bridge", "vlan"] = "physical"
    name: Name | None = None
    mac_address: Mac | None = None
    parents: list[int] | None = None
    vlan: int | None = None
    mtu: Mtu | None = None
    enabled: bool | None = None
    tags: NameList | None = None
    bond_mode: (
        Literal["balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb", "balance-alb"] | None
    ) = None
    bond_miimon: int | None = None
    bond_lacp_rate: Literal["slow", "fast"] | None = None
    bond_xmit_hash_policy: str | None = None
    bond_downdelay: int | None = None
    bond_updelay: int | None = None
    bond_num_grat_arp: int | None = None
    bridge_type: Literal["standard", "ovs"] | None = None
    bridge_stp: bool | None = None
    bridge_fd: int | None = None
    links: list[LinkInputs] | None = None
    only_these_links: bool = False


class NetworkInterfaceProvider(RegionProvider[NetworkInterfaceInputs]):
    """Interfaces by machine and MAC address, or machine and name."""

    inputs = NetworkInterfaceInputs
    computed = ("interface_id", "adopted", "before", "made_links", "parents_links")
    replace_on = frozenset({"machine", "type", "parents"})

    def refusals(self, news: _base.Props) -> Iterator[tuple[str, str]]:
        kind = news.get("type")
        if kind == "physical" and "mac_address" not in news and "name" not in news:
            yield "mac_address", "a physical interface is found by its MAC address or its name"
        if kind == "physical" and "parents" in news:
            yield "parents", "a physical interface has no parents"
        if kind != "physical" and "parents" not in news:
            yield "parents", f"a {kind} needs the interfaces that it is made on"
        if kind in {"bridge", "vlan"} and not _base.is_unknown(news.get("parents")) and len(news.get("parents", [0])) != 1:
            yield "parents", f"a {kind} is made on exactly one interface"
        if kind in {"bond", "bridge"} and "name" not in news:
            yield "name", f"a {kind} needs a name"
        if kind == "vlan" and "vlan" not in news:
            yield "vlan", "a VLAN interface needs its VLAN"
        for option in OPTIONS:
            if option in news and not option.startswith(f"{kind}_"):
                yield option, f"a {kind} interface has no such option"

    def make(self, inputs: NetworkInterfaceInputs) -> _base.Made:
        region = self.region()
        nics = region.interfaces(inputs.machine)
        intent = Intent(region.session.url, f"interface of {inputs.machine}", _key(inputs))
        found = _find(nics.list(), inputs)
        noted = intent.recall() or {"adopted": True, "before": {}}
        if found is None:
            parents = [_as_it_was(nic) for nic in nics.list() if nic.id in (inputs.parents or ())]
            noted = {"adopted": inputs.type == "physical", "before": {}, "parents": parents}
            intent.note(**noted)
            found = nics.create(_key(inputs), lambda: _find(nics.list(), inputs), action=_action(inputs), **_creation(inputs))
        else:
            before = {**_original(found, inputs), **noted["before"]} if noted["adopted"] else {}
            noted = {**noted, "before": before}
            intent.note(**{k: v for k, v in noted.items() if k in {"adopted", "before", "parents"}})
        made = self._configured(region, found, inputs, {})
        outputs = {"adopted": noted["adopted"], "before": noted["before"], "parents_links": noted.get("parents", [])}
        return _base.Made(id=str(found.id), outputs={**outputs, **made})

    def fetch(self, id_: str, old: _base.Props) -> _base.Found | None:
        region = self.region()
        machine = region.machines.read(str(old["machine"]))
        nic = None if machine is None else next((n for n in machine.interfaces if n.id == int(id_)), None)
        if machine is None or nic is None:
            return None
        wanted = [LinkInputs.model_validate(link) for link in old.get("links") or ()]
        seen = _seen(nic, old)
        pairs = zip(wanted, _links.matched(nic.links, wanted), strict=True)
        seen["links"] = [_as_asked(want, link, machine) for want, link in pairs if link is not None]
        if old.get("only_these_links"):
            seen["only_these_links"] = len(seen["links"]) == len([link for link in nic.links if link.mode != "link_up"])
        return _base.Found(inputs=seen, outputs={"interface_id": nic.id})

    def change(self, id_: str, old: _base.Props, inputs: NetworkInterfaceInputs) -> Mapping[str, Any]:
        region = self.region()
        nic = region.interfaces(inputs.machine).read(id_)
        if nic is None:
            raise self.gone(f"interface {_key(inputs)} of {inputs.machine}")
        before = dict(old.get("before") or {})
        if old.get("adopted"):
            before = {**{k: v for k, v in _original(nic, inputs).items() if k not in old}, **before}
        return {**self._configured(region, nic, inputs, old), "before": before}

    def remove(self, id_: str, old: _base.Props) -> None:
        region, inputs = self.region(), self.parse(old)
        nics = region.interfaces(inputs.machine)
        nic = nics.read(id_)
        if nic is not None and not old.get("adopted"):
            nics.delete(nic.id)
            for parent in old.get("parents_links") or ():
                _relink(nics, int(parent["id"]), parent["links"])
        elif nic is not None:
            ours = [LinkInputs.model_validate(link) for link in old.get("made_links") or ()]
            for link in _links.plan(nic.links, [], ours, only=False).remove:
                nics.act(nic.id, "unlink_subnet", id=link.id)
            if old.get("before"):
                nics.update(nic.id, **old["before"])
        Intent(region.session.url, f"interface of {inputs.machine}", _key(inputs)).forget()

    def _configured(
        self, region: maas.Maas, nic: maas.Interface, inputs: NetworkInterfaceInputs, old: _base.Props
    ) -> dict[str, Any]:
        """Fields first, since a change of the VLAN takes the links along; then the links."""
        nics = region.interfaces(inputs.machine)
        seen = _seen(nic, {})
        news = {k: v for k, v in _fields(inputs).items() if seen.get(k) != v}
        tags = (set(nic.tags) - set(old.get("tags") or ())) | set(inputs.tags or ())
        if tags != set(nic.tags):
            news["tags"] = ",".join(sorted(tags))
        if news:
            nic = nics.update(nic.id, **news)
        links, ours = inputs.links or [], [LinkInputs.model_validate(link) for link in old.get("made_links") or ()]
        todo = _links.plan(nic.links, links, ours, only=inputs.only_these_links)
        for link in todo.remove:
            nics.act(nic.id, "unlink_subnet", id=link.id)
        for link_inputs in todo.add:
            nics.act(nic.id, "link_subnet", **_link_fields(link_inputs))
        _set_gateways(region, nic.id, inputs)
        kept = [link for link in ours if link in links and link not in todo.add]
        made = [link.model_dump(mode="json", exclude_none=True) for link in (*kept, *todo.add)]
        return {"interface_id": nic.id, "made_links": made}


class NetworkInterface(_base.Resource, module="maas", name="NetworkInterface"):
    """An interface of a machine of MAAS."""

    provider_class = NetworkInterfaceProvider
    machine: pulumi.Output[str]
    name: pulumi.Output[str | None]
    mac_address: pulumi.Output[str | None]
    interface_id: pulumi.Output[int]
    """The database's id, which `parents` refer to."""
    adopted: pulumi.Output[bool]
    """Whether it was there before; such an interface is put back, not deleted."""

    def __init__(
        self,
        resource_name: str,
        *,
        machine: pulumi.Input[str],
        type: pulumi.Input[str] = "physical",  # noqa: A002 - MAAS's own word
        name: pulumi.Input[str] | None = None,
        mac_address: pulumi.Input[str] | None = None,
        parents: pulumi.Input[list[int]] | None = None,
        vlan: pulumi.Input[int] | None = None,
        mtu: pulumi.Input[int] | None = None,
        enabled: pulumi.Input[bool] | None = None,
        tags: pulumi.Input[list[str]] | None = None,
        bond_mode: pulumi.Input[str] | None = None,
        bond_miimon: pulumi.Input[int] | None = None,
        bond_lacp_rate: pulumi.Input[str] | None = None,
        bond_xmit_hash_policy: pulumi.Input[str] | None = None,
        bond_downdelay: pulumi.Input[int] | None = None,
        bond_updelay: pulumi.Input[int] | None = None,
        bond_num_grat_arp: pulumi.Input[int] | None = None,
        bridge_type: pulumi.Input[str] | None = None,
        bridge_stp: pulumi.Input[bool] | None = None,
        bridge_fd: pulumi.Input[int] | None = None,
        links: pulumi.Input[list[Mapping[str, Any]]] | None = None,
        only_these_links: pulumi.Input[bool] = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {name: value for name, value in locals().items() if name in NetworkInterfaceInputs.model_fields}
        super().__init__(resource_name, given, opts)


def _key(inputs: NetworkInterfaceInputs) -> str:
    return inputs.mac_address or inputs.name or f"vlan {inputs.vlan} on {inputs.parents}"


def _find(nics: Sequence[maas.Interface], inputs: NetworkInterfaceInputs) -> maas.Interface | None:
    kind = [nic for nic in nics if nic.type == inputs.type]
    if inputs.type == "physical" and inputs.mac_address is not None:
        return next((nic for nic in kind if nic.mac_address == inputs.mac_address), None)
    if inputs.name is not None:
        return next((nic for nic in kind if nic.name == inputs.name), None)
    parents = {nic.name for nic in nics if nic.id in (inputs.parents or ())}
    return next((nic for nic in kind if nic.vlan_id == inputs.vlan and parents & set(nic.parents)), None)


def _action(inputs: NetworkInterfaceInputs) -> str:
    return f"create_{inputs.type}"


def _creation(inputs: NetworkInterfaceInputs) -> dict[str, Any]:
    if inputs.type == "physical" and inputs.mac_address is None:
        raise _base.ExpectedError(f"{inputs.machine} has no interface {inputs.name}, and without a MAC address none can be made")
    fields = _fields(inputs)
    if inputs.type == "bond":
        fields["parents"] = inputs.parents
    elif inputs.parents:
        fields["parent"] = inputs.parents[0]
    return fields


def _fields(inputs: NetworkInterfaceInputs) -> dict[str, Any]:
    return inputs.model_dump(mode="json", exclude_none=True, include={*PLAIN, *OPTIONS})


def _seen(nic: maas.Interface, old: Mapping[str, Any]) -> dict[str, Any]:
    """The interface under the names of the inputs; of its tags those that the program knows of."""
    return {
        "name": nic.name,
        "mac_address": nic.mac_address,
        "vlan": nic.vlan_id,
        "mtu": nic.params.get("mtu") or 1500,
        "enabled": nic.enabled,
        "tags": sorted(set(nic.tags) & set(old.get("tags") or ())),
        **{k: nic.params.get(k) for k in OPTIONS if k in nic.params},
    }


def _original(nic: maas.Interface, inputs: NetworkInterfaceInputs) -> dict[str, Any]:
    """What the fields that the program sets were before."""
    seen, wanted = _seen(nic, {}), _fields(inputs)
    found = {k: "" if seen.get(k) is None else seen[k] for k, v in wanted.items() if seen.get(k) != v}
    return {**found, **({"tags": ",".join(nic.tags)} if inputs.tags else {})}


def _as_asked(wanted: LinkInputs, link: maas.Link, machine: maas.Machine) -> dict[str, Any]:
    gateway = wanted.default_gateway and link.id in machine.gateway_links
    return {**wanted.model_dump(mode="json", exclude_none=True), "default_gateway": gateway}


def _as_it_was(nic: maas.Interface) -> dict[str, Any]:
    """A parent's links, which a bridge or bond takes away, for the day when it goes."""
    links = [{"mode": link.mode, "subnet": link.subnet_id, "ip_address": link.ip_address} for link in nic.links]
    return {"id": nic.id, "links": [{k: v for k, v in link.items() if v is not None} for link in links]}


def _relink(nics: maas.Collection[maas.Interface], id_: int, links: Sequence[Mapping[str, Any]]) -> None:
    parent = nics.read(id_)
    if parent is None:
        return
    wanted = [LinkInputs.model_validate(link) for link in links if link["mode"] != "link_up"]
    for link in _links.plan(parent.links, wanted, [], only=False).add:
        nics.act(id_, "link_subnet", **_link_fields(link))


def _link_fields(link: LinkInputs) -> dict[str, Any]:
    return link.model_dump(mode="json", exclude_none=True, exclude_defaults=True) | {"mode": link.mode}


def _set_gateways(region: maas.Maas, interface_id: int, inputs: NetworkInterfaceInputs) -> None:
    """Chooses the default gateway where it was not chosen with the link itself."""
    wanted = [link for link in inputs.links or () if link.default_gateway]
    machine = region.machines.read(inputs.machine) if wanted else None
    if machine is None:
        return
    nic = next(nic for nic in machine.interfaces if nic.id == interface_id)
    for link in _links.matched(nic.links, wanted):
        if link is not None and link.id not in machine.gateway_links:
            try:
                region.interfaces(inputs.machine).act(interface_id, "set_default_gateway", link_id=link.id)
            except errors.Refused as refused:
                raise _base.ExpectedError(f"{inputs.machine}, {nic.name}: {refused}. Has the subnet a gateway?") from None
