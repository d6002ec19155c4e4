"""Images that are imported from a mirror. A selection is there when its images are."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import pulumi
import pydantic

from clients import maas
from clients.maas.services import BootSelection as Record

from .. import _base
from ._plain import OUTPUTS, PlainProvider
from ._progress import Progress
from ._vocabulary import Name, NameList

LISTS = ("arches", "subarches", "labels")


class BootSelectionInputs(_base.Inputs):
    """Images of one release; `wait` until they are imported, each try at most `timeout_seconds`."""

    boot_source: int
    os: Name
    release: Name
    arches: NameList | None = None
    subarches: NameList | None = None
    labels: NameList | None = None
    wait: bool = True
    timeout_seconds: Annotated[float, pydantic.Field(gt=0)] | None = None


class BootSelectionProvider(PlainProvider[BootSelectionInputs, Record]):
    """Selections by mirror, system and release; the one for commissioning is there from the start and is adopted."""

    inputs = BootSelectionInputs
    computed = ("selection_id", "images", *OUTPUTS)
    replace_on = frozenset({"boot_source", "os", "release"})
    noun = "image selection"
    ours = frozenset({"boot_source", "os", "release", "wait", "timeout_seconds"})
    defaults: ClassVar[Mapping[str, Any]] = {"arches": ["amd64"], "subarches": ["*"], "labels": ["*"]}

    def label(self, inputs: BootSelectionInputs) -> str:
        return f"{inputs.os}/{inputs.release} of boot source {inputs.boot_source}"

    def collection(self, region: maas.Maas) -> maas.Collection[Record]:
        raise TypeError("selections are in their boot source")

    def matches(self, record: Record, inputs: BootSelectionInputs) -> bool:
        return (record.os, record.release) == (inputs.os, inputs.release)

    def find(self, region: maas.Maas, inputs: BootSelectionInputs) -> Record | None:
        return next((r for r in region.selections(inputs.boot_source).list() if self.matches(r, inputs)), None)

    def look(self, region: maas.Maas, id_: str) -> Record | None:
        source, _, number = id_.partition("/")
        return region.selections(int(source)).read(number)

    def add(self, region: maas.Maas, inputs: BootSelectionInputs, fields: Mapping[str, Any]) -> Record:
        asked = {**self.defaults, **fields, "os": inputs.os, "release": inputs.release}
        return region.selections(inputs.boot_source).create(self.label(inputs), lambda: self.find(region, inputs), **asked)

    def edit(self, region: maas.Maas, record: Record, fields: Mapping[str, Any]) -> Record:
        return region.selections(record.boot_source_id).update(record.id, **fields)

    def drop(self, region: maas.Maas, record: Record) -> None:
        region.selections(record.boot_source_id).delete(record.id)

    def id_of(self, record: Record) -> str:
        return f"{record.boot_source_id}/{record.id}"

    def seen(self, record: Record) -> dict[str, Any]:
        lists = {name: sorted(getattr(record, name)) for name in LISTS}
        return {"boot_source": record.boot_source_id, "os": record.os, "release": record.release, **lists}

    def outputs(self, record: Record) -> dict[str, Any]:
        return {"selection_id": record.id}

    def make(self, inputs: BootSelectionInputs) -> _base.Made:
        made = super().make(inputs)
        return _base.Made(id=made.id, outputs={**made.outputs, "images": self._imported(inputs)})

    def change(self, id_: str, old: _base.Props, inputs: BootSelectionInputs) -> Mapping[str, Any]:
        return {**super().change(id_, old, inputs), "images": self._imported(inputs)}

    def _imported(self, inputs: BootSelectionInputs) -> list[str]:
        """The architectures for which there is an image now; starts an import and waits for it where one is missing."""
        region, name = self.region(), f"{inputs.os}/{inputs.release}"
        wanted = set(inputs.arches or self.defaults["arches"]) - {"*"}
        there = _images(region, name)
        if not inputs.wait or wanted <= there:
            return sorted(there)
        region.images.act_on_all("import")
        progress, end = Progress(name), time.monotonic() + (inputs.timeout_seconds or self.patience())
        progress.say("importing images")
        while not wanted <= (there := _images(region, name)):
            if time.monotonic() > end:
                missing = ", ".join(sorted(wanted - there))
                raise _base.ExpectedError(
                    f"MAAS has no image of {name} for {missing} yet: is the boot source reachable from it? It goes on importing; "
                    "run again to go on waiting"
                )
            time.sleep(region.poll_seconds)
        progress.say("images are there")
        return sorted(there)


class BootSelection(_base.Resource, module="maas", name="BootSelection"):
    """Imported images of MAAS."""

    provider_class = BootSelectionProvider
    os: pulumi.Output[str]
    release: pulumi.Output[str]
    selection_id: pulumi.Output[int]
    images: pulumi.Output[list[str]]
    """Architectures for which the image is there."""
    adopted: pulumi.Output[bool]

    def __init__(
        self,
        resource_name: str,
        *,
        boot_source: pulumi.Input[int],
        os: pulumi.Input[str],
        release: pulumi.Input[str],
        arches: pulumi.Input[list[str]] | None = None,
        subarches: pulumi.Input[list[str]] | None = None,
        labels: pulumi.Input[list[str]] | None = None,
        wait: pulumi.Input[bool] = True,
        timeout_seconds: pulumi.Input[float] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {name: value for name, value in locals().items() if name in BootSelectionInputs.model_fields}
        super().__init__(resource_name, given, opts)


def _images(region: maas.Maas, name: str) -> set[str]:
    return {image.architecture.partition("/")[0] for image in region.images.list() if image.name == name}
