"""Mirrors that images are imported from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pulumi

from clients import maas
from clients.maas.services import BootSource as Record

from .. import _base
from ._plain import OUTPUTS, PlainProvider
from ._vocabulary import Name

KEYRINGS = ("keyring_filename", "keyring_data")


class BootSourceInputs(_base.Inputs):
    """A mirror, and the keyring that its index is signed with: a file on the region, or its content."""

    url: Name
    keyring_filename: str | None = None
    keyring_data: str | None = None


class BootSourceProvider(PlainProvider[BootSourceInputs, Record]):
    """Mirrors by URL. The one that a region comes with is adopted, and stays on destroy."""

    inputs = BootSourceInputs
    computed = ("boot_source_id", *OUTPUTS)
    noun = "boot source"

    def refusals(self, news: _base.Props) -> Iterator[tuple[str, str]]:
        given = [name for name in KEYRINGS if news.get(name)]
        if len(given) != 1:
            yield "keyring_filename", "a boot source needs either keyring_filename or keyring_data"

    def label(self, inputs: BootSourceInputs) -> str:
        return inputs.url

    def collection(self, region: maas.Maas) -> maas.Collection[Record]:
        return region.boot_sources

    def matches(self, record: Record, inputs: BootSourceInputs) -> bool:
        return record.url == inputs.url

    def seen(self, record: Record) -> dict[str, Any]:
        return {"url": record.url, **{name: getattr(record, name) or None for name in KEYRINGS}}

    def outputs(self, record: Record) -> dict[str, Any]:
        return {"boot_source_id": record.id}


class BootSource(_base.Resource, module="maas", name="BootSource"):
    """A mirror of images of MAAS."""

    provider_class = BootSourceProvider
    url: pulumi.Output[str]
    boot_source_id: pulumi.Output[int]
    adopted: pulumi.Output[bool]

    def __init__(
        self,
        resource_name: str,
        *,
        url: pulumi.Input[str],
        keyring_filename: pulumi.Input[str] | None = None,
        keyring_data: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {"url": url, "keyring_filename": keyring_filename, "keyring_data": keyring_data}
        super().__init__(resource_name, props, opts)
