"""Links of an interface to subnets: which to make, and which of ours to take away.

The ids that MAAS gives links change too often to be kept, so a link is told by its mode, subnet and address.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Literal

import pydantic

from clients import maas

from .. import _base
from ._vocabulary import Address


class LinkInputs(_base.Inputs):
    """A link; `auto` and `static` need a subnet, a static one without an address gets one from MAAS."""

    mode: Literal["auto", "static", "dhcp", "link_up"]
    subnet: int | None = None
    ip_address: Address | None = None
    default_gateway: bool = False

    @pydantic.model_validator(mode="after")
    def _whole(self) -> LinkInputs:
        if self.mode in {"auto", "static"} and self.subnet is None:
            raise ValueError(f"a link of mode {self.mode} needs a subnet")
        if self.ip_address is not None and self.mode != "static":
            raise ValueError("only a static link has an address of its own")
        if self.default_gateway and self.subnet is None:
            raise ValueError("a default gateway is a subnet's")
        return self


@dataclasses.dataclass(frozen=True, kw_only=True)
class Plan:
    """What to do to an interface's links."""

    add: tuple[LinkInputs, ...]
    remove: tuple[maas.Link, ...]


def plan(found: Sequence[maas.Link], wanted: Sequence[LinkInputs], ours: Sequence[LinkInputs], *, only: bool) -> Plan:
    """What brings `found` to `wanted`.

    Args:
        found: the links that the interface has.
        wanted: the links that the program wants.
        ours: the links that this program made before.
        only: whether everybody's other links go too; else just ours that are wanted no more.
    """
    pairs = matched(found, wanted)
    kept = {link.id for link in pairs if link is not None}
    spare = [link for link in found if link.id not in kept]
    gone = spare if only else [link for link in matched(spare, [o for o in ours if o not in wanted]) if link is not None]
    add = [want for want, link in zip(wanted, pairs, strict=True) if link is None]
    return Plan(add=tuple(add), remove=tuple(link for link in gone if link.mode != "link_up"))


def matched(found: Iterable[maas.Link], wanted: Iterable[LinkInputs]) -> list[maas.Link | None]:
    """For each wanted link the found one that is it, each found one at most once; those with an address choose first."""
    left = list(found)
    ordered = list(wanted)
    chosen: dict[int, maas.Link | None] = {}
    for index in sorted(range(len(ordered)), key=lambda i: ordered[i].ip_address is None):
        link = next((link for link in left if _is(link, ordered[index])), None)
        chosen[index] = link
        if link is not None:
            left.remove(link)
    return [chosen[index] for index in range(len(ordered))]


def _is(link: maas.Link, wanted: LinkInputs) -> bool:
    if link.mode != wanted.mode or (wanted.subnet is not None and link.subnet_id != wanted.subnet):
        return False
    return wanted.ip_address is None or link.ip_address == wanted.ip_address
