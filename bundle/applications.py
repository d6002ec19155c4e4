"""Reads one application body into its typed form."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import bases, charms, constraints, model, placement, problems, storage, tree, values

_ALL = ("0.0.0.0/0", "::/0")
_RISKS = ("stable", "candidate", "beta", "edge")
_CHANNEL = re.compile(r"^(?:(?P<track>[A-Za-z0-9._-]+)/)?(?P<risk>stable|candidate|beta|edge)(?P<branch>/[A-Za-z0-9._-]+)?$")
_TRACK = re.compile(r"^[A-Za-z0-9._-]+$")
_USER = re.compile(r"^[a-zA-Z0-9](?:[a-zA-Z0-9.+-]*[a-zA-Z0-9])?(?:@[a-zA-Z0-9.-]+)?$")
_OFFER = re.compile(r"^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$")
_ACCESS = ("read", "consume", "admin")


class Reader:
    """Reads applications of one bundle.

    Args:
        default_base: taken where the application names none.
        report: takes the errors.
    """

    def __init__(self, default_base: str | None, report: problems.Report) -> None:
        self._default_base, self._report = default_base, report

    def read(self, name: str, body: tree.Map, place: problems.Place) -> model.Application | None:
        """Returns the application; None when it has no charm to speak of."""
        what = f'application "{name}"'
        charm = self._charm(name, body, place)
        fields: dict[str, Any] = {
            "channel": self._channel(body, what),
            "revision": values.whole(body, "revision", what, self._report),
            "base": self._base(body, charm, what),
            "num_units": self._num_units(body, what),
            "to": self._to(body, what),
            "expose": self._expose(body, what),
            "options": self._options(body, what),
            "annotations": read_annotations(body, what, self._report),
            "constraints": read_constraints(body, what, self._report),
            "storage": values.mapping(body, "storage", _storage_of(what), what, self._report),
            "devices": values.mapping(body, "devices", _device_of(what), what, self._report),
            "bindings": values.mapping(body, "bindings", _space_of(what), what, self._report),
            "resources": values.mapping(body, "resources", _resource_of(what), what, self._report),
            "offers": self._offers(body, what),
            "trust": values.boolean(body, "trust", what, self._report),
        }
        if body.get("plan") is not None:
            self._report.warn(body.where("plan"), f"{what} has a metering plan, which Juju has dropped; remove the key")
        if charm is None:
            return None
        return model.Application(name=name, charm=charm, source=body, place=place, **fields)

    def _charm(self, name: str, body: tree.Map, place: problems.Place) -> charms.Charm | None:
        written = values.text(body, "charm")
        if written is None:
            mend = "add charm:, or the overlay that defines the application" if body.entries else "add charm:"
            self._report.error(place, f'application "{name}" has no charm; {mend}')
            return None
        where = body.where("charm")
        charm = charms.parse(written, name, Path(where.file).parent, where, self._report)
        if charm and not charm.local and values.text(body, "revision") and not values.text(body, "channel"):
            self._report.error(
                body.where("revision"),
                f'application "{name}" with a revision requires a channel for future upgrades, please use channel',
            )
        return charm

    def _base(self, body: tree.Map, charm: charms.Charm | None, what: str) -> str | None:
        own = bases.read(body, "base", what, self._report)
        named = bases.of_url(charm.series, body.where("charm"), what, self._report) if charm else None
        return own or named or self._default_base

    def _channel(self, body: tree.Map, what: str) -> str | None:
        """Returns the channel as Juju completes it: `stable` is `latest/stable`, `2024.1` is `2024.1/stable`."""
        channel = values.text(body, "channel")
        if channel is None:
            return None
        found = _CHANNEL.match(channel)
        if found:
            return f"{found['track'] or 'latest'}/{found['risk']}{found['branch'] or ''}"
        if not _TRACK.match(channel):
            self._report.error(
                body.where("channel"),
                f'{what} has an invalid channel "{channel}"; write track/risk, the risk one of {", ".join(_RISKS)}',
            )
        return f"{channel}/stable"

    def _num_units(self, body: tree.Map, what: str) -> int | None:
        units = values.whole(body, "num_units", what, self._report)
        scale = values.whole(body, "scale", what, self._report)
        if units and scale:
            self._report.error(body.where("scale"), f"cannot specify both scale and num_units for {what}; keep num_units")
        placed = values.text(body, "placement")
        if placed is not None:
            both = body.get("to") is not None
            message = (
                f"cannot specify both placement and to for {what}; keep to"
                if both
                else f'placement ({placed}) not valid for non-Kubernetes {what}; use "to" with machines'
            )
            self._report.error(body.where("placement"), message)
        return scale if units is None else units

    def _to(self, body: tree.Map, what: str) -> tuple[placement.Placement, ...]:
        found = []
        node = body.get("to")
        for item in node.items if isinstance(node, tree.Seq) else ():
            text = item.text if isinstance(item, tree.Scalar) else tree.kind(item)
            now = placement.modern(text)
            if now != text:
                self._report.warn(item.place, f'"{text}" of {what} is of Juju 1, and Juju makes it "{now}": write that')
            try:
                found.append(placement.parse(now))
            except ValueError as error:
                self._report.error(item.place, f"{error} (in {what})")
        return tuple(found)

    def _options(self, body: tree.Map, what: str) -> dict[str, tree.Value]:
        given = values.mapping(body, "options", lambda _, node: node.value, what, self._report)
        return {name: value for name, value in given.items() if value is not None}

    def _expose(self, body: tree.Map, what: str) -> dict[str, model.Exposure] | None:
        exposed = values.boolean(body, "expose", what, self._report)
        endpoints = body.map("exposed-endpoints")
        if exposed and endpoints.entries:
            self._report.error(
                body.where("exposed-endpoints"),
                f'exposed-endpoints cannot be specified together with "exposed:true" in {what} as this poses a security '
                'risk when deploying bundles to older controllers; drop "expose: true"',
            )
        found = {name: self._exposure(name, node, what) for name, node in endpoints if isinstance(node, tree.Map)}
        if found:
            return found
        return {"": model.Exposure(cidrs=_ALL)} if exposed else None

    def _exposure(self, endpoint: str, node: tree.Map, what: str) -> model.Exposure:
        cidrs = values.texts(node, "expose-to-cidrs", what, self._report)
        for cidr in cidrs:
            try:
                ipaddress.ip_network(cidr)
            except ValueError as error:
                self._report.error(
                    node.where("expose-to-cidrs"),
                    f'invalid CIDR "{cidr}" for expose to CIDRs field for endpoint "{endpoint}" in {what}: {error}; '
                    "write it like 10.0.0.0/8 or 2001:db8::/32",
                )
        return model.Exposure(spaces=values.texts(node, "expose-to-spaces", what, self._report), cidrs=cidrs)

    def _offers(self, body: tree.Map, what: str) -> tuple[model.Offer, ...]:
        offers, found = body.map("offers"), []
        for name, node in offers:
            if not _OFFER.match(name):
                self._report.error(offers.where(name), f'invalid offer name "{name}" in {what}; use a-z, 0-9 and hyphens')
            offer = node if isinstance(node, tree.Map) else tree.empty(offers.where(name))
            endpoints = values.texts(offer, "endpoints", what, self._report)
            if not endpoints:
                self._report.error(offers.where(name), f'offer "{name}" of {what} has no endpoints; list at least one')
            acl = values.mapping(offer, "acl", _access_of(name, what), what, self._report)
            found.append(model.Offer(name=name, endpoints=endpoints, acl=acl))
        return tuple(found)


def read_annotations(body: tree.Map, what: str, report: problems.Report) -> dict[str, str]:
    """Returns the annotations of an application or machine as text."""

    def read(name: str, node: tree.Scalar) -> str:
        if node.plain and not isinstance(node.value, str):
            place = body.map("annotations").where(name)
            report.warn(place, f'annotation "{name}" of {what} is text in Juju: write {name}: "{node.text}"')
        return node.text

    return values.mapping(body, "annotations", read, what, report)


def read_constraints(body: tree.Map, what: str, report: problems.Report) -> dict[str, constraints.Wire]:
    """Returns the typed constraints of an application or machine."""
    line = values.text(body, "constraints")
    return constraints.parse(line, what, body.where("constraints"), report) if line else {}


def _storage_of(what: str) -> Callable[[str, tree.Scalar], storage.Storage]:
    def read(name: str, node: tree.Scalar) -> storage.Storage:
        try:
            return storage.parse_storage(node.text)
        except ValueError as error:
            raise ValueError(f'invalid storage "{name}" in {what}: "{node.text}" {error}') from None

    return read


def _device_of(what: str) -> Callable[[str, tree.Scalar], storage.Device]:
    def read(name: str, node: tree.Scalar) -> storage.Device:
        try:
            return storage.parse_device(node.text)
        except ValueError as error:
            raise ValueError(f'invalid device "{name}" in {what}: "{node.text}" {error}') from None

    return read


def _space_of(what: str) -> Callable[[str, tree.Scalar], str]:
    def read(endpoint: str, node: tree.Scalar) -> str:
        if node.null or not node.text:
            raise ValueError(f'{what} binds "{endpoint}" to no space; name a space or remove the binding')
        return node.text

    return read


def _resource_of(what: str) -> Callable[[str, tree.Scalar], model.Resource]:
    def read(name: str, node: tree.Scalar) -> model.Resource:
        if not name:
            raise ValueError(f"missing resource name on {what}; name it as its charm does")
        if isinstance(node.value, bool | float) or node.null:
            raise ValueError(f'resource revision "{node.text}" is not int or string; give "{name}" a revision or a path')
        if isinstance(node.value, int):
            return node.value
        path = (Path(node.place.file).parent / Path(node.text).expanduser()).resolve()
        if not path.is_file():
            raise ValueError(f'resource "{name}" of {what}: no file {path}; paths start at the folder of the bundle')
        return str(path)

    return read


def _access_of(offer: str, what: str) -> Callable[[str, tree.Scalar], str]:
    def read(user: str, node: tree.Scalar) -> str:
        if not _USER.match(user):
            raise ValueError(f'invalid user name "{user}" in the acl of offer "{offer}" of {what}; write it like "bob"')
        if node.text not in _ACCESS:
            raise ValueError(f'offer "{offer}" of {what} gives "{user}" the access "{node.text}"; use {", ".join(_ACCESS)}')
        return node.text

    return read
