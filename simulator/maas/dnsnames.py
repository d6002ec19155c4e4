"""Names and their records: what belongs together, and what a record may say."""

from __future__ import annotations

import re

from . import addresses
from .forms import Form
from .records.network import RESERVED, Address, DnsData, DnsResource, Domain
from .region import Region

TYPES = ("SRV", "TXT", "CNAME", "MX", "NS", "SSHFP")
_FORMS = {
    "MX": (r"\d{1,5}\s+\S+", "Invalid MX: Should be '<preference> <server>'. Range for preference is 0-65535."),
    "SRV": (
        r"\d+\s+\d+\s+\d+\s+\S+",
        "Invalid SRV: Should be '<priority> <weight> <port> <target>'. Range for each number is 0-65535.",
    ),
    "SSHFP": (r"[01234]\s+[012]\s+\S+", "Invalid SSHFP: Should be '<algorithm> <fptype> <fingerprint>'."),
    "CNAME": (r"[\w.-]+", "Invalid CNAME: Should be '<server>'."),
    "NS": (r"[\w.-]+", "Invalid NS: Should be '<server>'."),
    "TXT": (r".*", ""),
}


def fqdn(region: Region, row: DnsResource) -> str:
    """A name with its domain."""
    zone = region.store.domains[row.domain].name
    return zone if row.name == "@" else f"{row.name}.{zone}"


def split(region: Region, text: str) -> tuple[str, Domain | None]:
    """A full name as label and domain; None when the rest is no domain of ours."""
    zones = {row.name: row for row in region.store.domains.values()}
    if text in zones:
        return "@", zones[text]
    label, _, rest = text.partition(".")
    return label, zones.get(rest)


def address(region: Region, ip: str, user: str) -> Address:
    """The row of an address; one that nobody has is reserved for the user."""
    found = addresses.holder(region, ip)
    if found:
        return found
    subnet = addresses.subnet_for(region, ip)
    made = Address(alloc_type=RESERVED, ip=ip, subnet=subnet.id if subnet else None, user=user, created=region.now())
    return region.store.add(region.store.addresses, made)


def remove(region: Region, row: DnsResource) -> None:
    """Takes a name and its records away; its addresses stay reserved."""
    store = region.store
    store.dnsdata = {key: each for key, each in store.dnsdata.items() if each.resource != row.id}
    del store.dnsresources[row.id]


def check_record(region: Region, form: Form, row: DnsData) -> None:
    """Notes what is wrong with a record, by itself and beside others of its name."""
    pattern, text = _FORMS[row.rrtype]
    if not re.fullmatch(pattern, row.rrdata.strip()):
        form.error("__all__", text)
        return
    store = region.store
    others = [each for each in store.dnsdata.values() if each.resource == row.resource and each.id != row.id]
    owner = store.dnsresources.get(row.resource)
    cnames = [each for each in others if each.rrtype == "CNAME"]
    if row.rrtype == "CNAME" and cnames:
        form.error("__all__", "Only one CNAME can be associated with a name.")
    elif (row.rrtype == "CNAME" and (others or (owner and owner.addresses))) or cnames:
        form.error("__all__", "CNAME records for a name cannot coexist with non-CNAME records.")
