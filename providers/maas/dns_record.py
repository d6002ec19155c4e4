"""DNS records. MAAS keeps the addresses of a name (A and AAAA) as one object, and every other record as one of its own."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import pulumi

from clients import maas
from clients.maas.services import DnsRecord as Record
from clients.maas.services import DnsResource

from .. import _base
from ._plain import OUTPUTS, PlainProvider
from .dns_domain import DomainName, Ttl

ADDRESSES = frozenset({"A", "AAAA"})


class DnsRecordInputs(_base.Inputs):
    """A record; the `data` of A and AAAA are addresses with blanks between."""

    fqdn: DomainName
    type: Literal["A", "AAAA", "CNAME", "MX", "NS", "SRV", "SSHFP", "TXT"]
    data: str
    ttl: Ttl | None = None


class DnsRecordProvider(PlainProvider[DnsRecordInputs, DnsResource | Record]):
    """Records by name, type and, where several live together, data."""

    inputs = DnsRecordInputs
    computed = ("record_id", *OUTPUTS)
    replace_on = frozenset({"fqdn", "type"})
    noun = "DNS record"
    ours = frozenset({"fqdn", "type"})

    def refusals(self, news: _base.Props) -> Iterator[tuple[str, str]]:
        kind, data = news.get("type"), news.get("data")
        if kind not in ADDRESSES or _base.is_unknown(data):
            return
        for word in str(data).split():
            try:
                right = ipaddress.ip_address(word).version == (4 if kind == "A" else 6)
            except ValueError:
                right = False
            if not right:
                yield "data", f"{word!r} is not an address for a record of type {kind}"

    def same(self, name: str, old: Any, new: Any) -> bool:
        return sorted(str(old).split()) == sorted(str(new).split()) if name == "data" else bool(old == new)

    def label(self, inputs: DnsRecordInputs) -> str:
        return f"{inputs.type} {inputs.fqdn}" + ("" if inputs.type in ADDRESSES else f" {inputs.data}")

    def collection(self, region: maas.Maas) -> maas.Collection[DnsResource | Record]:
        raise TypeError("records are in two collections")

    def matches(self, record: DnsResource | Record, inputs: DnsRecordInputs) -> bool:
        if isinstance(record, DnsResource):
            return record.fqdn == inputs.fqdn
        return (record.fqdn, record.rrtype, record.rrdata) == (inputs.fqdn, inputs.type, inputs.data)

    def find(self, region: maas.Maas, inputs: DnsRecordInputs) -> DnsResource | Record | None:
        every: list[DnsResource | Record] = [*_home(region, inputs.type).list()]
        return next((record for record in every if self.matches(record, inputs)), None)

    def look(self, region: maas.Maas, id_: str) -> DnsResource | Record | None:
        kind, _, number = id_.partition("/")
        found: DnsResource | Record | None = _home(region, kind).read(number)
        return found

    def add(self, region: maas.Maas, inputs: DnsRecordInputs, fields: Mapping[str, Any]) -> DnsResource | Record:
        kind = {} if inputs.type in ADDRESSES else {"rrtype": inputs.type}
        asked = {"fqdn": inputs.fqdn, **kind, **_fields(inputs.type, fields)}
        made: DnsResource | Record = _home(region, inputs.type).create(
            self.label(inputs), lambda: self.find(region, inputs), **asked
        )
        return made

    def edit(self, region: maas.Maas, record: DnsResource | Record, fields: Mapping[str, Any]) -> DnsResource | Record:
        kind = _kind(record)
        changed: DnsResource | Record = _home(region, kind).update(record.id, **_fields(kind, fields))
        return changed

    def drop(self, region: maas.Maas, record: DnsResource | Record) -> None:
        _home(region, _kind(record)).delete(record.id)

    def id_of(self, record: DnsResource | Record) -> str:
        return f"{_kind(record)}/{record.id}"

    def seen(self, record: DnsResource | Record) -> dict[str, Any]:
        known = {"fqdn": record.fqdn, "type": _kind(record)}
        if isinstance(record, DnsResource):
            return {**known, "data": " ".join(record.ip_addresses), "ttl": record.address_ttl}
        return {**known, "data": record.rrdata, "ttl": record.ttl}

    def outputs(self, record: DnsResource | Record) -> dict[str, Any]:
        return {"record_id": record.id}


class DnsRecord(_base.Resource, module="maas", name="DnsRecord"):
    """A DNS record of MAAS."""

    provider_class = DnsRecordProvider
    fqdn: pulumi.Output[str]
    type: pulumi.Output[str]
    data: pulumi.Output[str]
    ttl: pulumi.Output[int | None]
    record_id: pulumi.Output[int]
    adopted: pulumi.Output[bool]

    def __init__(
        self,
        resource_name: str,
        *,
        fqdn: pulumi.Input[str],
        type: pulumi.Input[str],  # noqa: A002 - DNS's own word
        data: pulumi.Input[str],
        ttl: pulumi.Input[int] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(resource_name, {"fqdn": fqdn, "type": type, "data": data, "ttl": ttl}, opts)


def _home(region: maas.Maas, kind: str) -> maas.Collection[Any]:
    return region.dns_resources if kind in ADDRESSES else region.dns_records


def _kind(record: DnsResource | Record) -> str:
    if isinstance(record, Record):
        return record.rrtype
    return "AAAA" if any(":" in address for address in record.ip_addresses) else "A"


def _fields(kind: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The names that MAAS's two forms have for data and TTL."""
    names = {"data": "ip_addresses", "ttl": "address_ttl"} if kind in ADDRESSES else {"data": "rrdata", "ttl": "ttl"}
    return {names[name]: value for name, value in fields.items()}
