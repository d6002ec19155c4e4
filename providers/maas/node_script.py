"""Commissioning, testing and release scripts that MAAS runs on machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Final, Literal

import pulumi
import pydantic

from clients import maas
from clients.maas.services import NodeScript as Record

from .. import _base
from ._plain import OUTPUTS, PlainProvider
from ._vocabulary import NameList

TYPES: Final[Mapping[int, str]] = {0: "commissioning", 2: "testing", 3: "release", 4: "deployment"}
PARALLEL: Final[Mapping[int, str]] = {0: "disabled", 1: "instance", 2: "any"}
HARDWARE: Final[Mapping[int, str]] = {0: "node", 1: "cpu", 2: "memory", 3: "storage", 4: "network", 5: "gpu"}
ScriptName = Annotated[str, pydantic.StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]


class NodeScriptInputs(_base.Inputs):
    """A script; what its own metadata comment says wins over what is said here. `timeout` is in seconds."""

    name: ScriptName
    script: str
    type: Literal["commissioning", "testing", "release", "deployment"] | None = None
    title: str | None = None
    description: str | None = None
    tags: NameList | None = None
    timeout: Annotated[int, pydantic.Field(ge=0)] | None = None
    parallel: Literal["disabled", "instance", "any"] | None = None
    hardware_type: Literal["node", "cpu", "memory", "storage", "network", "gpu"] | None = None
    destructive: bool | None = None
    may_reboot: bool | None = None
    recommission: bool | None = None
    for_hardware: NameList | None = None


class NodeScriptProvider(PlainProvider[NodeScriptInputs, tuple[Record, str]]):
    """Scripts by name; a record is what MAAS says of the script, and the script."""

    inputs = NodeScriptInputs
    computed = ("script_id", *OUTPUTS)
    replace_on = frozenset({"name"})
    noun = "script"
    defaults: ClassVar[Mapping[str, Any]] = {
        "type": "testing",
        "timeout": 0,
        "parallel": "disabled",
        "hardware_type": "node",
        "destructive": False,
        "may_reboot": False,
        "recommission": False,
    }

    def refusals(self, news: _base.Props) -> Iterator[tuple[str, str]]:
        script = news.get("script")
        if not _base.is_unknown(script) and not str(script).startswith("#!"):
            yield "script", "must begin with #! and an interpreter"

    def label(self, inputs: NodeScriptInputs) -> str:
        return inputs.name

    def collection(self, region: maas.Maas) -> maas.Collection[tuple[Record, str]]:
        raise TypeError("a script and what is said of it are two calls")

    def matches(self, record: tuple[Record, str], inputs: NodeScriptInputs) -> bool:
        return record[0].name == inputs.name

    def find(self, region: maas.Maas, inputs: NodeScriptInputs) -> tuple[Record, str] | None:
        return self.look(region, inputs.name)

    def look(self, region: maas.Maas, id_: str) -> tuple[Record, str] | None:
        record = region.scripts.read(id_)
        return None if record is None else (record, str(region.scripts.act(id_, "download") or ""))

    def add(self, region: maas.Maas, inputs: NodeScriptInputs, fields: Mapping[str, Any]) -> tuple[Record, str]:
        made = region.scripts.create(inputs.name, lambda: region.scripts.read(inputs.name), **fields)
        return made, inputs.script

    def edit(self, region: maas.Maas, record: tuple[Record, str], fields: Mapping[str, Any]) -> tuple[Record, str]:
        changed = region.scripts.update(record[0].name, **fields)
        return changed, str(fields.get("script", record[1]))

    def drop(self, region: maas.Maas, record: tuple[Record, str]) -> None:
        region.scripts.delete(record[0].name)

    def id_of(self, record: tuple[Record, str]) -> str:
        return record[0].name

    def seen(self, record: tuple[Record, str]) -> dict[str, Any]:
        said, script = record
        plain = {
            name: getattr(said, name) for name in ("name", "title", "description", "destructive", "may_reboot", "recommission")
        }
        kinds = {
            "type": TYPES.get(said.type),
            "parallel": PARALLEL.get(said.parallel),
            "hardware_type": HARDWARE.get(said.hardware_type),
        }
        lists = {name: sorted(getattr(said, name)) for name in ("tags", "for_hardware")}
        return {**plain, **kinds, **lists, "timeout": _seconds(said.timeout), "script": script}

    def same(self, name: str, old: Any, new: Any) -> bool:
        if name == "tags" and isinstance(old, list) and isinstance(new, list):
            return set(new) <= set(old) and set(old) - set(new) <= set(HARDWARE.values())  # MAAS adds the hardware type's
        return bool(old == new)

    def outputs(self, record: tuple[Record, str]) -> dict[str, Any]:
        return {"script_id": record[0].id}

    def fields(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        return {k: ",".join(v) if isinstance(v, list) else v for k, v in wanted.items()}


class NodeScript(_base.Resource, module="maas", name="NodeScript"):
    """A script that MAAS runs on machines."""

    provider_class = NodeScriptProvider
    name: pulumi.Output[str]
    script: pulumi.Output[str]
    script_id: pulumi.Output[int]
    adopted: pulumi.Output[bool]

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        script: pulumi.Input[str],
        type: pulumi.Input[str] | None = None,  # noqa: A002 - MAAS's own word
        title: pulumi.Input[str] | None = None,
        description: pulumi.Input[str] | None = None,
        tags: pulumi.Input[list[str]] | None = None,
        timeout: pulumi.Input[int] | None = None,
        parallel: pulumi.Input[str] | None = None,
        hardware_type: pulumi.Input[str] | None = None,
        destructive: pulumi.Input[bool] | None = None,
        may_reboot: pulumi.Input[bool] | None = None,
        recommission: pulumi.Input[bool] | None = None,
        for_hardware: pulumi.Input[list[str]] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {name: value for name, value in locals().items() if name in NodeScriptInputs.model_fields}
        super().__init__(resource_name, given, opts)


def _seconds(duration: str) -> int:
    """Seconds of "0:10:00" and "1 day, 0:00:00"."""
    days, _, clock = duration.rpartition(" ")
    hours, minutes, seconds = (int(float(part)) for part in clock.split(":"))
    return (int(days.split()[0]) * 86400 if days else 0) + hours * 3600 + minutes * 60 + seconds
