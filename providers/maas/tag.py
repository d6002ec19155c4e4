"""Tags. Which machines carry one is the machines' business (`Machine.tags`), so that a tag can be on others' machines too."""

from __future__ import annotations

from typing import Annotated, Any

import pulumi
import pydantic

from clients import maas

from .. import _base
from ._named import NamedInputs, NamedProvider
from ._plain import OUTPUTS

TagName = Annotated[str, pydantic.StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=256)]


class TagInputs(NamedInputs):
    """A tag; with a `definition` (XPath over the machine's hardware) MAAS itself puts it on machines."""

    name: TagName
    comment: str | None = None
    definition: str | None = None
    kernel_opts: str | None = None


class TagProvider(NamedProvider[TagInputs, maas.Tag]):
    """Tags by name, which is their id."""

    inputs = TagInputs
    computed = OUTPUTS
    replace_on = frozenset({"name"})
    noun = "tag"

    def collection(self, region: maas.Maas) -> maas.Collection[maas.Tag]:
        return region.tags

    def find(self, region: maas.Maas, inputs: TagInputs) -> maas.Tag | None:
        return region.tags.read(inputs.name)

    def id_of(self, record: maas.Tag) -> str:
        return record.name

    def seen(self, record: maas.Tag) -> dict[str, Any]:
        texts = {k: getattr(record, k) or None for k in ("comment", "definition", "kernel_opts")}
        return {"name": record.name, **texts}


class Tag(_base.Resource, module="maas", name="Tag"):
    """A tag of MAAS."""

    provider_class = TagProvider
    name: pulumi.Output[str]
    comment: pulumi.Output[str | None]
    definition: pulumi.Output[str | None]
    kernel_opts: pulumi.Output[str | None]
    adopted: pulumi.Output[bool]
    """Whether it was there before this program."""

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        comment: pulumi.Input[str] | None = None,
        definition: pulumi.Input[str] | None = None,
        kernel_opts: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {"name": name, "comment": comment, "definition": definition, "kernel_opts": kernel_opts}
        super().__init__(resource_name, props, opts)
