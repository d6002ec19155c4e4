"""events/, discovery/, notifications/, ipaddresses/, dhcp-snippets/ and license keys."""

from __future__ import annotations

import time
import urllib.parse
from typing import Any

from .. import addresses, lookups
from ..call import Answer, Call, deleted
from ..errors import FieldErrors, NotFound, Refused
from ..forms import Form, normal_mac, valid_ip
from ..records.network import RESERVED, Address, Subnet
from ..records.node import Event
from ..records.people import Notification
from ..region import Region
from ..render import in_use, people
from ..routing import Resource

events = Resource("EventsHandler", "events/", "Reads what happened to nodes.")
discoveries = Resource("DiscoveriesHandler", "discovery/", "Reads what MAAS overheard.")
discovery = Resource("DiscoveryHandler", "discovery/{discovery_id}/", "Reads one thing that MAAS overheard.")
notifications = Resource("NotificationsHandler", "notifications/", "Manages messages to users.")
notification = Resource("NotificationHandler", "notifications/{id}/", "Manages a message.")
ips = Resource("IPAddressesHandler", "ipaddresses/", "Manages reserved addresses.")
snippets = Resource("DHCPSnippetsHandler", "dhcp-snippets/", "Manages pieces of dhcpd's configuration.")
licenses = Resource("LicenseKeysHandler", "license-keys/", "Manages license keys.")
RESOURCES = (events, discoveries, discovery, notifications, notification, ips, snippets, licenses)

LEVELS = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40, "CRITICAL": 50, "AUDIT": 0}
_CATEGORIES = ("error", "warning", "success", "info")


def _show_event(region: Region, row: Event) -> dict[str, Any]:
    node = region.store.node(row.node)
    return {
        "username": row.user or "unknown",
        "node": row.node,
        "hostname": node.hostname if node else "",
        "id": row.id,
        "level": row.level,
        "created": time.strftime("%a, %d %b. %Y %H:%M:%S", time.gmtime(row.created)),
        "type": row.type,
        "description": row.description,
    }


@events.op("GET", "query")
def query_events(region: Region, call: Call) -> Any:
    """Lists events, the last first. Fields: id, hostname, mac_address, domain, zone, agent_name, level, limit, before, after."""
    form = Form(call.query)
    level = (call.first("level") or "INFO").upper()
    if level not in LEVELS:
        raise Refused(400, f"Unrecognised log level: {call.first('level')}")
    limit = form.integer("limit", 100) or 100
    if limit > 1000:
        raise Refused(400, f"Requested number of events {limit} is greater than limit: 1000")
    rows = [row for row in region.store.events.values() if LEVELS[row.level] >= LEVELS[level] and _about(region, row, form)]
    before, after = form.integer("before"), form.integer("after")
    rows = [row for row in rows if (before is None or row.id < before) and (after is None or row.id > after)]
    rows = rows[:limit] if after is not None else rows[-limit:]
    rows.reverse()
    return {"count": len(rows), "events": [_show_event(region, row) for row in rows], **_pages(call, rows)}


def _about(region: Region, row: Event, form: Form) -> bool:
    node = region.store.node(row.node)
    if not node:
        return not any(form.raw(field) for field in ("id", "hostname", "mac_address", "domain", "zone", "agent_name"))
    store = region.store
    facts = {
        "id": {node.system_id},
        "hostname": {node.hostname},
        "domain": {store.domains[node.domain].name},
        "zone": {store.zones[node.zone].name},
        "agent_name": {node.agent_name},
        "mac_address": {each.mac for each in store.interfaces_of(node)},
    }
    wanted = {field: form.many(field) for field in facts if field in form}
    wanted = {field: [normal_mac(v) for v in values] if "mac" in field else values for field, values in wanted.items()}
    return all(facts[field] & set(values) for field, values in wanted.items())


def _pages(call: Call, rows: list[Event]) -> dict[str, str | None]:
    kept = [(key, value) for key, values in call.query.items() for value in values if key not in ("before", "after")]
    base = "/MAAS/api/2.0/events/?"
    if not rows:
        return {"next_uri": base + urllib.parse.urlencode(kept), "prev_uri": None}
    after = [*kept, ("after", str(rows[0].id))]
    before = [*kept, ("before", str(rows[-1].id))]
    return {"next_uri": base + urllib.parse.urlencode(after), "prev_uri": base + urllib.parse.urlencode(before)}


@discoveries.rest("GET")
def read_discoveries(region: Region, call: Call) -> Any:
    """Lists what was overheard; the simulated rack overhears nothing."""
    return []


for _op in ("by_unknown_ip", "by_unknown_ip_and_mac", "by_unknown_mac"):
    discoveries.op("GET", _op)(read_discoveries)


@discoveries.op("POST", "clear", admin=True)
def clear_discoveries(region: Region, call: Call) -> Any:
    """Forgets what was overheard. Fields: mdns, neighbours, all."""
    if not any(Form(call.body).boolean(field) for field in ("mdns", "neighbours", "all")):
        raise Refused(400, "No clear action specified.")
    return deleted()


@discovery.rest("GET")
def read_discovery(region: Region, call: Call) -> Any:
    """Reads nothing, since nothing is overheard."""
    raise NotFound("Discovery")


# --- notifications


def _show_notification(region: Region, row: Notification) -> dict[str, Any]:
    shown: dict[str, Any] = row.model_dump()
    shown["user"] = people.by_name(region, row.user)
    return shown | {"resource_uri": f"/MAAS/api/2.0/notifications/{row.id}/"}


@notifications.rest("GET")
def read_notifications(region: Region, call: Call) -> Any:
    """Lists the messages for the caller."""
    rows = region.store.notifications.values()
    mine = [row for row in rows if row.user == call.who.username or row.users or (row.admins and call.who.is_superuser)]
    return [_show_notification(region, row) for row in mine]


@notifications.rest("POST", admin=True)
def create_notification(region: Region, call: Call) -> Any:
    """Makes a message. Fields: message, context, category, ident, user, users, admins."""
    row = Notification()
    _fill_notification(region, Form(call.body), row)
    return _show_notification(region, region.store.add(region.store.notifications, row))


def _fill_notification(region: Region, form: Form, row: Notification) -> None:
    row.message = form.text("message", row.message, required=True)
    row.ident = form.text("ident", row.ident or "") or None
    row.category = form.choice("category", row.category, _CATEGORIES)
    for flag in ("users", "admins", "dismissable"):
        setattr(row, flag, form.boolean(flag, getattr(row, flag)))
    users = {str(each.id): each.username for each in region.store.users.values()}
    given = form.raw("user")
    if given:
        row.user = users.get(given) or next((name for name in users.values() if name == given), None)
    form.check()


def _notification(region: Region, call: Call) -> Notification:
    return lookups.by_id("Notification", region.store.notifications, call.params["id"])


@notification.rest("GET")
def read_notification(region: Region, call: Call) -> Any:
    """Reads a message."""
    return _show_notification(region, _notification(region, call))


@notification.rest("PUT", admin=True)
def update_notification(region: Region, call: Call) -> Any:
    """Changes a message."""
    row = _notification(region, call)
    _fill_notification(region, Form(call.body), row)
    return _show_notification(region, row)


@notification.rest("DELETE", admin=True)
def delete_notification(region: Region, call: Call) -> Answer:
    """Deletes a message."""
    del region.store.notifications[_notification(region, call).id]
    return deleted()


@notification.op("POST", "dismiss")
def dismiss_notification(region: Region, call: Call) -> Any:
    """Takes a message away for the caller."""
    row = _notification(region, call)
    if not row.dismissable:
        raise Refused(400, "This notification is not dismissable.")
    del region.store.notifications[row.id]
    return None


# --- addresses


@ips.rest("GET")
def read_ips(region: Region, call: Call) -> Any:
    """Lists the caller's reserved addresses; `all` lists everybody's, `ip` one. Fields: all, ip, owner."""
    form = Form(call.query)
    everyone = form.strict_boolean("all")
    if everyone and not call.who.is_superuser:
        raise Refused(403, "Listing all IP addresses requires admin privileges.")
    owner, ip = call.first("owner") or call.who.username, call.first("ip")
    rows = [row for row in region.store.addresses.values() if row.ip and ip in (None, row.ip)]
    rows = [row for row in rows if everyone or (row.alloc_type == RESERVED and row.user == owner)]
    return [in_use.address(region, row) for row in rows]


@ips.op("POST", "reserve")
def reserve_ip(region: Region, call: Call) -> Any:
    """Reserves an address. Fields: subnet, ip, hostname, mac."""
    form = Form(call.body)
    ip, spec = form.raw("ip") or form.raw("ip_address"), form.raw("subnet")
    if not ip and not spec:
        raise Refused(400, "Must supply either the 'subnet' or the 'ip' parameter.")
    subnet = _subnet_for(region, ip, spec)
    if ip and addresses.holder(region, ip):
        raise _taken(ip)
    picked = ip or addresses.pick(region, subnet)
    row = Address(alloc_type=RESERVED, ip=picked, subnet=subnet.id, user=call.who.username, created=region.now())
    return in_use.address(region, region.store.add(region.store.addresses, row))


def _taken(ip: str) -> Refused:
    return Refused(404, f"The IP address {ip} is already in use.")


def _subnet_for(region: Region, ip: str | None, spec: str | None) -> Subnet:
    if spec:
        keys = {"cidr": lambda row: row.cidr, "name": lambda row: row.name}
        return lookups.find("Subnet", region.store.subnets, spec, keys)
    if not ip or not valid_ip(ip):
        raise FieldErrors({"ip_address": ["Enter a valid IPv4 or IPv6 address."]})
    found = addresses.subnet_for(region, ip)
    if not found:
        raise Refused(400, f"No known subnet for IP address: {ip}.")
    return found


@ips.op("POST", "release")
def release_ip(region: Region, call: Call) -> Any:
    """Gives a reserved address back. Fields: ip, force, discovered."""
    form = Form(call.body)
    ip = form.text("ip")
    if not ip:
        raise FieldErrors({"ip": ["This field is required."]})
    rows = [row for row in region.store.addresses.values() if row.ip == ip]
    mine = [row for row in rows if row.alloc_type == RESERVED and row.user == call.who.username]
    if form.boolean("force") and call.who.is_superuser:
        mine = rows
    if not mine:
        head = f"IP address {ip} does not exist, is not the correct type of address, or does not belong to the requesting user."
        raise Refused(400, f"{head}\nIf you are sure you want to release this address, use force=true as a MAAS administrator.")
    for row in mine:
        del region.store.addresses[row.id]
        for name in region.store.dnsresources.values():
            name.addresses = [number for number in name.addresses if number != row.id]
    return deleted()


# --- snippets and keys


@snippets.rest("GET")
def read_snippets(region: Region, call: Call) -> Any:
    """Lists snippets."""
    return []


@snippets.rest("POST", admin=True)
def create_snippet(region: Region, call: Call) -> Any:
    """Refuses: no simulated rack runs a dhcpd that could check a snippet."""
    raise Refused(400, "Unable to validate DHCP config, no available rack controller connected.")


@licenses.rest("GET")
def read_licenses(region: Region, call: Call) -> Any:
    """Lists license keys: there are none."""
    return []
