"""domains/, dnsresources/ and dnsresourcerecords/."""

from __future__ import annotations

import re
from typing import Any

from .. import dnsnames, lookups
from ..call import Answer, Call, deleted
from ..errors import FieldErrors, NotFound, Refused
from ..forms import Form, valid_ip
from ..records.network import RESERVED, Address, DnsData, DnsResource, Domain
from ..region import Region
from ..render import dns, nodes
from ..routing import Resource

domains = Resource("DomainsHandler", "domains/", "Manages domains.")
domain = Resource("DomainHandler", "domains/{id}/", "Manages a domain.")
names = Resource("DNSResourcesHandler", "dnsresources/", "Manages names.")
name = Resource("DNSResourceHandler", "dnsresources/{id}/", "Manages a name.")
records = Resource("DNSResourceRecordsHandler", "dnsresourcerecords/", "Manages records of names.")
record = Resource("DNSResourceRecordHandler", "dnsresourcerecords/{id}/", "Manages a record.")
RESOURCES = (domains, domain, names, name, records, record)

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9])?", re.IGNORECASE)
_ZONE = re.compile(r"[\w.-]+\.?")


@domains.rest("GET")
def read_domains(region: Region, call: Call) -> Any:
    """Lists domains."""
    return [nodes.domain(region, row) for row in region.store.domains.values()]


@domains.rest("POST", admin=True)
def create_domain(region: Region, call: Call) -> Any:
    """Makes a domain. Fields: name, authoritative, ttl, forward_dns_servers."""
    row = Domain(name="")
    _fill_domain(region, Form(call.body), row)
    return nodes.domain(region, region.store.add(region.store.domains, row))


@domains.op("POST", "set_serial", admin=True)
def set_serial(region: Region, call: Call) -> Any:
    """Sets the zones' serial. Field: serial."""
    serial = Form(call.body).text("serial")
    if not serial.isdigit() or not 0 < int(serial) < 2**32:
        raise Refused(400, f"Expected 1 <= serial <= 4294967295, got {serial}.")
    return None


def _domain(region: Region, spec: str) -> Domain:
    return lookups.find("Domain", region.store.domains, spec, {"name": lambda row: row.name})


@domain.rest("GET")
def read_domain(region: Region, call: Call) -> Any:
    """Reads a domain."""
    return nodes.domain(region, _domain(region, call.params["id"]))


@domain.rest("PUT", admin=True)
def update_domain(region: Region, call: Call) -> Any:
    """Changes a domain."""
    row = _domain(region, call.params["id"])
    changed = row.model_copy(deep=True)
    _fill_domain(region, Form(call.body), changed)
    region.store.domains[row.id] = changed
    return nodes.domain(region, changed)


@domain.rest("DELETE", admin=True)
def delete_domain(region: Region, call: Call) -> Answer:
    """Deletes a domain without names and machines; a region crashes on one with."""
    row = _domain(region, call.params["id"])
    if row.id == 0:
        raise Refused(400, "This domain is the default domain, it cannot be deleted.")
    store = region.store
    held = [f"<DNSResource: name={each.name}>" for each in store.dnsresources.values() if each.domain == row.id]
    field = "DNSResource.domain"
    if not held:
        held = [f"<Machine: {each.system_id} ({each.hostname})>" for each in store.nodes.values() if each.domain == row.id]
        field = "Node.domain"
    if held:
        head = "Cannot delete some instances of model 'Domain' because they are referenced through protected foreign keys"
        text = f"{head}: '{field}'."
        raise Refused(500, f"({text!r}, {{{', '.join(held)}}})")
    del store.domains[row.id]
    return deleted()


@domain.op("POST", "set_default", admin=True)
def set_default(region: Region, call: Call) -> Any:
    """Makes a domain the default one; here that is domain 0 for good."""
    row = _domain(region, call.params["id"])
    if row.id != 0:
        zero = region.store.domains[0]
        region.store.domains[0], region.store.domains[row.id] = row, zero
        row.id, zero.id = 0, row.id
    return nodes.domain(region, region.store.domains[0])


def _fill_domain(region: Region, form: Form, row: Domain) -> None:
    row.name = form.text("name", row.name, required=True)
    if row.name and not _ZONE.fullmatch(row.name):
        form.error("name", "Domain name contains invalid characters.")
    for label in row.name.rstrip(".").split(".") if row.name else ():
        if not re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", label, re.IGNORECASE):
            form.error("name", f"Label contains disallowed characters: '{label}'.")
    if any(each.name == row.name and each.id != row.id for each in region.store.domains.values()):
        form.error("name", "Domain with this Name already exists.")
    row.authoritative = form.boolean("authoritative", row.authoritative)
    row.ttl = form.integer("ttl", row.ttl, low=1, high=604800)
    row.forward_dns_servers = form.many("forward_dns_servers", row.forward_dns_servers, r",\s")
    if row.forward_dns_servers and (row.authoritative or "authoritative" in form):
        form.error("__all__", "a domain cannot be both authoritative and have forward dns servers")
    form.check()


# --- names


@names.rest("GET")
def read_names(region: Region, call: Call) -> Any:
    """Lists names; fqdn, name and domain narrow it down, `all` adds what MAAS makes itself."""
    if Form(call.query).strict_boolean("all"):
        return dns.everything(region)
    rows = list(region.store.dnsresources.values())
    fqdn, label, zone = call.first("fqdn"), call.first("name"), call.first("domain")
    if zone:
        home = _domain(region, zone)
        rows = [row for row in rows if row.domain == home.id]
    rows = [row for row in rows if fqdn in (None, dnsnames.fqdn(region, row)) and label in (None, row.name)]
    return [dns.name(region, row) for row in sorted(rows, key=lambda row: row.name)]


def _data(region: Region, row: DnsResource) -> list[DnsData]:
    return [each for each in region.store.dnsdata.values() if each.resource == row.id]


@names.rest("POST", admin=True)
def create_name(region: Region, call: Call) -> Any:
    """Makes a name. Fields: fqdn, or name and domain; ip_addresses, address_ttl."""
    form = Form(call.body)
    label, home = _place(region, form)
    row = DnsResource(name=label, domain=home.id)
    _check_name(region, row)
    ips = _ips(form)
    row.address_ttl = form.integer("address_ttl", None, low=0, high=604800)
    form.check()
    region.store.add(region.store.dnsresources, row)
    _set_ips(region, call, row, ips)
    return dns.name(region, row)


def _place(region: Region, form: Form) -> tuple[str, Domain]:
    given = form.raw("fqdn")
    if given:
        label, found = dnsnames.split(region, given)
        if not _LABEL.fullmatch(label):
            raise Refused(500, "cannot unpack non-iterable NoneType object")
        if not found:
            raise NotFound("Domain")
        return label, found
    if form.raw("name") is None:
        raise Refused(500, "'name'")
    return form.text("name"), _domain(region, form.text("domain", "0") or "0")


def _check_name(region: Region, row: DnsResource) -> None:
    for other in region.store.dnsresources.values():
        if other.id != row.id and (other.name, other.domain) == (row.name, row.domain):
            raise FieldErrors({"__all__": ["Labels must be unique within their zone."]})


def _ips(form: Form) -> list[str]:
    found = form.many("ip_addresses", None, r",\s")
    for ip in found:
        if not valid_ip(ip):
            raise Refused(500, f"failed to detect a valid IP address from '{ip}'")
    return found


def _set_ips(region: Region, call: Call, row: DnsResource, ips: list[str]) -> None:
    store = region.store
    row.addresses = [dnsnames.address(region, ip, call.who.username).id for ip in ips]
    for number in row.addresses:
        found: Address = store.addresses[number]
        found.user = found.user or (call.who.username if found.alloc_type == RESERVED else None)


def _name(region: Region, call: Call) -> DnsResource:
    return lookups.by_id("DNSResource", region.store.dnsresources, call.params["id"])


@name.rest("GET")
def read_name(region: Region, call: Call) -> Any:
    """Reads a name."""
    return dns.name(region, _name(region, call))


@name.rest("PUT", admin=True)
def update_name(region: Region, call: Call) -> Any:
    """Changes a name. Fields: fqdn, name, domain, ip_addresses, address_ttl."""
    row, form = _name(region, call), Form(call.body)
    changed = row.model_copy(deep=True)
    if form.raw("fqdn"):
        changed.name, home = _place(region, form)
        changed.domain = home.id
    else:
        changed.name = form.text("name", row.name) or row.name
        changed.domain = _domain(region, form.text("domain")).id if form.raw("domain") else row.domain
    _check_name(region, changed)
    changed.address_ttl = form.integer("address_ttl", row.address_ttl, low=0, high=604800)
    ips = _ips(form)
    form.check()
    region.store.dnsresources[row.id] = changed
    if "ip_addresses" in form:
        _set_ips(region, call, changed, ips)
    return dns.name(region, changed)


@name.rest("DELETE", admin=True)
def delete_name(region: Region, call: Call) -> Answer:
    """Deletes a name with its records."""
    dnsnames.remove(region, _name(region, call))
    return deleted()


# --- records


@records.rest("GET")
def read_records(region: Region, call: Call) -> Any:
    """Lists records; fqdn, name, domain and rrtype narrow it down."""
    rows = list(region.store.dnsdata.values())
    fqdn, rrtype = call.first("fqdn"), call.first("rrtype")
    owners = region.store.dnsresources
    rows = [row for row in rows if fqdn in (None, dnsnames.fqdn(region, owners[row.resource])) and rrtype in (None, row.rrtype)]
    return [dns.record(region, row) for row in sorted(rows, key=lambda row: owners[row.resource].name)]


@records.rest("POST", admin=True)
def create_record(region: Region, call: Call) -> Any:
    """Makes a record. Fields: fqdn, or name and domain; rrtype, rrdata, ttl."""
    form = Form(call.body)
    if not form.raw("rrtype"):
        raise Refused(400, "rrtype must be provided.")
    rrtype = form.text("rrtype").upper()
    label, home = _record_place(region, form, rrtype)
    if rrtype not in dnsnames.TYPES:
        raise FieldErrors({"rrtype": [f"{rrtype} is not one of {' '.join(dnsnames.TYPES)}."]})
    owners = region.store.dnsresources
    found = next((each for each in owners.values() if (each.name, each.domain) == (label, home.id)), None)
    row = DnsData(resource=found.id if found else -1, rrtype=rrtype, rrdata=form.text("rrdata"))
    row.ttl = form.integer("ttl", None, low=0, high=604800)
    dnsnames.check_record(region, form, row)
    form.check()
    if not found:
        row.resource = region.store.add(owners, DnsResource(name=label, domain=home.id)).id
    return dns.record(region, region.store.add(region.store.dnsdata, row))


def _record_place(region: Region, form: Form, rrtype: str) -> tuple[str, Domain]:
    given = form.raw("fqdn")
    if not given:
        return _place(region, form)
    label, found = dnsnames.split(region, given)
    if rrtype == "SRV" and given.startswith("_"):
        raise NotFound("Domain")  # a region looks for a zone below the service's label
    if not found:
        raise NotFound("Domain")
    return label, found


def _record(region: Region, call: Call) -> DnsData:
    return lookups.by_id("DNSData", region.store.dnsdata, call.params["id"])


@record.rest("GET")
def read_record(region: Region, call: Call) -> Any:
    """Reads a record."""
    return dns.record(region, _record(region, call))


@record.rest("PUT", admin=True)
def update_record(region: Region, call: Call) -> Any:
    """Changes a record. Fields: rrtype, rrdata, ttl."""
    row, form = _record(region, call), Form(call.body)
    changed = row.model_copy()
    changed.rrdata = form.text("rrdata", row.rrdata)
    changed.rrtype = form.text("rrtype", row.rrtype).upper()
    changed.ttl = form.integer("ttl", row.ttl, low=0, high=604800)
    dnsnames.check_record(region, form, changed)
    form.check()
    region.store.dnsdata[row.id] = changed
    return dns.record(region, changed)


@record.rest("DELETE", admin=True)
def delete_record(region: Region, call: Call) -> Answer:
    """Deletes a record, and its name when that has nothing else."""
    row = _record(region, call)
    del region.store.dnsdata[row.id]
    left = region.store.dnsresources.get(row.resource)
    if left and not left.addresses and not _data(region, left):
        del region.store.dnsresources[left.id]
    return deleted()
