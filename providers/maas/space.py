"""Spaces: what Juju binds endpoints to; VLANs say which one they are in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pulumi

from clients import maas

from .. import _base
from ._named import NamedInputs, NamedProvider
from ._plain import OUTPUTS


class SpaceInputs(NamedInputs):
    """A space."""


class SpaceProvider(NamedProvider[SpaceInputs, maas.Space]):
    """Spaces by name."""

    inputs = SpaceInputs
    computed = ("space_id", *OUTPUTS)
    noun = "space"

    def refusals(self, news: _base.Props) -> Iterator[tuple[str, str]]:
        if news.get("name") == "undefined":
            yield "name", "MAAS calls the lack of a space 'undefined': take another name"

    def collection(self, region: maas.Maas) -> maas.Collection[maas.Space]:
        return region.spaces

    def seen(self, record: maas.Space) -> dict[str, Any]:
        return {"name": record.name}

    def outputs(self, record: maas.Space) -> dict[str, Any]:
        return {"space_id": record.id}


class Space(_base.Resource, module="maas", name="Space"):
    """A space of MAAS."""

    provider_class = SpaceProvider
    name: pulumi.Output[str]
    space_id: pulumi.Output[int]
    """The database's id."""
    adopted: pulumi.Output[bool]
    """Whether it was there before this program."""

    def __init__(self, resource_name: str, *, name: pulumi.Input[str], opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(resource_name, {"name": name}, opts)
