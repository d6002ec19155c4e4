"""What the site says about single applications, over bundle and overlays: their channels, how many units, which release.

A release moves the charms that follow OpenStack's releases: the channel from one release's track to the other's at the same
risk, and the packages' source where the bundle names a release. What has a channel of its own, such as the database, stays.
"""

from __future__ import annotations

import dataclasses
import zlib
from collections.abc import Mapping

from . import placement, problems, releases, tree

SITE = problems.Place(file="the site's openstack section")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Adjustments:
    """What the site says last.

    Attributes:
        channels: by application.
        units: how many, by application; further units go into containers of the pool that takes unplaced ones.
        release: a word such as caracal; None leaves the bundle's.
    """

    channels: Mapping[str, str] = dataclasses.field(default_factory=dict)
    units: Mapping[str, int] = dataclasses.field(default_factory=dict)
    release: str | None = None


def apply(merged: tree.Map, wanted: Adjustments, report: problems.Report) -> tree.Map:
    """Brings a merged bundle to what the site says; errors go to the report."""
    bodies = merged.map("applications")
    if wanted.release is not None and wanted.release not in releases.TRACKS:
        near = problems.did_you_mean(wanted.release, releases.TRACKS) or f"; known are {', '.join(releases.TRACKS)}"
        report.error(SITE, f'there is no release "{wanted.release}"{near}')
    for name, body in bodies:
        if isinstance(body, tree.Map):
            bodies = bodies.put(name, _released(body, wanted.release), bodies.where(name))
    for name, channel in wanted.channels.items():
        if (found := _named(bodies, name, "channels", report)) is not None:
            bodies = bodies.put(name, found.put("channel", tree.scalar(channel, SITE), SITE), bodies.where(name))
    for name, count in wanted.units.items():
        if (found := _named(bodies, name, "units", report)) is not None:
            bodies = bodies.put(name, _scaled(merged, name, found, count, report), bodies.where(name))
    return merged.put("applications", bodies, merged.where("applications"))


def _named(bodies: tree.Map, name: str, key: str, report: problems.Report) -> tree.Map | None:
    body = bodies.get(name)
    if isinstance(body, tree.Map):
        return body
    near = problems.did_you_mean(name, bodies.entries) or "; remove it or add its overlay"
    report.error(SITE, f'{key} for application "{name}", which the bundle does not define{near}')
    return None


def _released(body: tree.Map, release: str | None) -> tree.Map:
    if release is None or release not in releases.TRACKS:
        return body
    tracks = releases.TRACKS[release]
    channel = body.get("channel")
    if isinstance(channel, tree.Scalar):
        track, _, risk = channel.text.partition("/")
        family = next((f for known in releases.TRACKS.values() for f, name in known.items() if name == track), None)
        if family is not None and tracks[family] != track:
            body = body.put("channel", tree.scalar(f"{tracks[family]}/{risk or 'stable'}", channel.place), channel.place)
    options = body.map("options")
    for option in releases.OPTIONS:
        value = options.get(option)
        if isinstance(value, tree.Scalar) and value.text in releases.TRACKS and value.text != release:
            options = options.put(option, tree.scalar(release, value.place), value.place)
            body = body.put("options", options, body.where("options"))
    return body


def _scaled(merged: tree.Map, name: str, body: tree.Map, count: int, report: problems.Report) -> tree.Map:
    """The application with so many units: the first stay where they are."""
    to = body.get("to")
    items = to.items if isinstance(to, tree.Seq) else ()
    where = [found for item in items if (found := _placement(item)) is not None]
    if "num_units" not in body:
        report.error(SITE, f'units for application "{name}", which is a subordinate: it has one beside each of its principals')
        return body
    if any(one.container is None for one in where):
        report.error(SITE, f'units for application "{name}", which follows the machines it is on: add or remove a worker instead')
        return body
    further = _free_spots(merged, name, [str(one.machine) for one in where], count - len(items))
    if len(items) + len(further) < count:
        report.error(SITE, f'{count} units for application "{name}", and there are no machines for them; set "to" in an overlay')
    kept = (*items[:count], *(tree.scalar(spot, SITE) for spot in further))
    return body.put("num_units", tree.scalar(count, SITE), SITE).put("to", tree.Seq(items=kept, place=SITE), SITE)


def _placement(item: tree.Node) -> placement.Placement | None:
    """A directive; one that can't be read is complained of when the bundle is verified."""
    try:
        return placement.parse(item.text) if isinstance(item, tree.Scalar) else None
    except ValueError:
        return None


def _free_spots(merged: tree.Map, name: str, taken: list[str], count: int) -> list[str]:
    """Containers for further units, on the machines that have fewest of the application's; by name, so that all stay."""
    pools = [tree.plain(node) for _, node in merged.map("x-pools")]
    pool = next((p for p in pools if isinstance(p, Mapping) and p.get("unplaced")), None)
    machines = [str(machine) for machine in pool["machines"]] if pool else []
    if pool is None or not machines:
        return []
    first = zlib.crc32(name.encode()) % len(machines)
    order, spots = machines[first:] + machines[:first], list[str]()
    for _ in range(max(0, count)):
        least = min(order, key=taken.count)
        taken = [*taken, least]
        spots.append(f"{pool['unplaced']}:{least}")
    return spots
