"""Hosts on which MAAS composes virtual machines. MAAS 3.8 no longer does; there a `Machine` of power type lxd takes its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Final, Literal

import pulumi
import pydantic

from clients import maas
from clients.maas.services import VmHost as Record

from .. import _base
from ._plain import OUTPUTS, PlainProvider
from ._vocabulary import Name, NameList

GONE_SINCE: Final = (3, 8)
CONSOLE: Final = "pod-console-logging"
"""A tag that MAAS puts on hosts by itself."""
PARAMETERS: Final[Mapping[str, tuple[str, ...]]] = {
    "lxd": ("power_address", "project", "password", "certificate", "key"),
    "virsh": ("power_address", "power_pass"),
}
Ratio = Annotated[float, pydantic.Field(ge=0, le=10)]


class VmHostInputs(_base.Inputs):
    """A host; `password` is for its first contact only, afterwards the certificate counts."""

    name: Name
    type: Literal["lxd", "virsh"]
    power_address: Name
    project: str | None = None
    password: str | None = None
    certificate: str | None = None
    key: str | None = None
    power_pass: str | None = None
    zone: Name | None = None
    pool: Name | None = None
    tags: NameList | None = None
    cpu_over_commit_ratio: Ratio | None = None
    memory_over_commit_ratio: Ratio | None = None
    default_macvlan_mode: Literal["bridge", "passthru", "private", "vepa"] | None = None


class VmHostProvider(PlainProvider[VmHostInputs, tuple[Record, Mapping[str, Any]]]):
    """Hosts by name; a record is what MAAS says of the host, and how it speaks to it."""

    inputs = VmHostInputs
    computed = ("vm_host_id", *OUTPUTS)
    secret = frozenset({"password", "certificate", "key", "power_pass", "before"})
    replace_on = frozenset({"type"})
    noun = "VM host"
    fixed = frozenset({"type"})
    defaults: ClassVar[Mapping[str, Any]] = {
        "zone": "default",
        "pool": "default",
        "cpu_over_commit_ratio": 1.0,
        "memory_over_commit_ratio": 1.0,
    }

    def refusals(self, news: _base.Props) -> Iterator[tuple[str, str]]:
        kind = news.get("type")
        every = {name for names in PARAMETERS.values() for name in names}
        if not _base.is_unknown(kind):
            for name in sorted(every & news.keys() - set(PARAMETERS[str(kind)])):
                yield name, f"a VM host of type {kind} has no {name}"
        if ("certificate" in news) != ("key" in news):
            yield "certificate", "a certificate and its key come together"

    def same(self, name: str, old: Any, new: Any) -> bool:
        if name == "tags":
            return set(old or ()) - {CONSOLE} == set(new or ()) - {CONSOLE}
        return str(old).strip() == str(new).strip() if name in {"certificate", "key"} else bool(old == new)

    def label(self, inputs: VmHostInputs) -> str:
        return inputs.name

    def collection(self, region: maas.Maas) -> maas.Collection[tuple[Record, Mapping[str, Any]]]:
        raise TypeError("a host and its parameters are two calls")

    def matches(self, record: tuple[Record, Mapping[str, Any]], inputs: VmHostInputs) -> bool:
        return record[0].name == inputs.name

    def find(self, region: maas.Maas, inputs: VmHostInputs) -> tuple[Record, Mapping[str, Any]] | None:
        supported(region)
        host = next((host for host in region.vm_hosts.list() if host.name == inputs.name), None)
        return None if host is None else self.look(region, str(host.id))

    def look(self, region: maas.Maas, id_: str) -> tuple[Record, Mapping[str, Any]] | None:
        host = region.vm_hosts.read(id_)
        return None if host is None else (host, region.vm_hosts.act(id_, "parameters") or {})

    def add(self, region: maas.Maas, inputs: VmHostInputs, fields: Mapping[str, Any]) -> tuple[Record, Mapping[str, Any]]:
        def look() -> Record | None:
            return next((host for host in region.vm_hosts.list() if host.name == inputs.name), None)

        host = region.vm_hosts.create(inputs.name, look, **fields)
        # MAAS says yes to a host that it can't reach; asking for a refresh tells
        region.vm_hosts.act(host.id, "refresh")
        return host, region.vm_hosts.act(host.id, "parameters") or {}

    def edit(
        self, region: maas.Maas, record: tuple[Record, Mapping[str, Any]], fields: Mapping[str, Any]
    ) -> tuple[Record, Mapping[str, Any]]:
        if fields.get("tags") is not None and CONSOLE in record[0].tags:
            fields = {**fields, "tags": ",".join(filter(None, (fields["tags"], CONSOLE)))}
        changed = region.vm_hosts.update(record[0].id, **fields)
        return changed, region.vm_hosts.act(changed.id, "parameters") or {}

    def drop(self, region: maas.Maas, record: tuple[Record, Mapping[str, Any]]) -> None:
        region.vm_hosts.delete(record[0].id)

    def id_of(self, record: tuple[Record, Mapping[str, Any]]) -> str:
        return str(record[0].id)

    def seen(self, record: tuple[Record, Mapping[str, Any]]) -> dict[str, Any]:
        host, parameters = record
        said = {name: getattr(host, name) for name in ("name", "type", "zone", "pool")}
        ratios = {name: getattr(host, name) for name in ("cpu_over_commit_ratio", "memory_over_commit_ratio")}
        asked = {name: parameters.get(name) or None for name in PARAMETERS[host.type] if name != "password"}
        return {**said, **ratios, **asked, "tags": sorted(host.tags), "default_macvlan_mode": host.default_macvlan_mode or None}

    def outputs(self, record: tuple[Record, Mapping[str, Any]]) -> dict[str, Any]:
        return {"vm_host_id": record[0].id}

    def will_do(self, name: str, seen: Any, wanted: Any) -> bool:
        return name == "password" or super().will_do(name, seen, wanted)

    def fields(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        return {k: ",".join(v) if isinstance(v, list) else v for k, v in wanted.items()}


class VmHost(_base.Resource, module="maas", name="VmHost"):
    """A host of virtual machines of MAAS, up to 3.7."""

    provider_class = VmHostProvider
    name: pulumi.Output[str]
    type: pulumi.Output[str]
    vm_host_id: pulumi.Output[int]
    adopted: pulumi.Output[bool]

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        type: pulumi.Input[str],  # noqa: A002 - MAAS's own word
        power_address: pulumi.Input[str],
        project: pulumi.Input[str] | None = None,
        password: pulumi.Input[str] | None = None,
        certificate: pulumi.Input[str] | None = None,
        key: pulumi.Input[str] | None = None,
        power_pass: pulumi.Input[str] | None = None,
        zone: pulumi.Input[str] | None = None,
        pool: pulumi.Input[str] | None = None,
        tags: pulumi.Input[list[str]] | None = None,
        cpu_over_commit_ratio: pulumi.Input[float] | None = None,
        memory_over_commit_ratio: pulumi.Input[float] | None = None,
        default_macvlan_mode: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {name: value for name, value in locals().items() if name in VmHostInputs.model_fields}
        super().__init__(resource_name, given, opts)


def supported(region: maas.Maas) -> None:
    """Refuses a region that composes no virtual machines any more.

    Raises:
        ExpectedError: from MAAS 3.8 on.
    """
    if region.version >= GONE_SINCE or not region.session.can("VmHosts", "create"):
        major, minor = region.version
        raise _base.ExpectedError(
            f"MAAS {major}.{minor} has no VM hosts (they went with 3.8): make the virtual machine with lxd and enlist it as a "
            "maas.Machine with power type lxd"
        )
