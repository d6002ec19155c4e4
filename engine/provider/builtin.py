"""The provider of package ``pulumi``: stack references and stashes, served by the engine itself."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from engine import values
from engine.diff import NO_CHANGE, Changes, Diff, replacement
from engine.errors import ProviderError
from engine.provider import interface
from engine.state import Resource

STACK_REFERENCE = "pulumi:pulumi:StackReference"
STASH = "pulumi:index:Stash"
_INPUT = {STACK_REFERENCE: "name", STASH: "input"}

ReadOutputs = Callable[[str], values.PropertyMap]
"""Returns the outputs of a stack by its name; raises ``EngineError`` when there is none."""


class BuiltinProvider:
    """Reads other stacks of the same backend."""

    def __init__(self, read_outputs: ReadOutputs):
        self._read_outputs = read_outputs

    async def check(self, urn: str, olds: values.PropertyMap, news: values.PropertyMap) -> interface.Checked:
        wanted = _INPUT.get(_type(urn))
        if wanted is None:
            raise ProviderError(f"unrecognized resource type '{_type(urn)}'")
        failures = [interface.CheckFailure(key, f'unknown property "{key}"') for key in news if key != wanted]
        if wanted not in news:
            failures.append(interface.CheckFailure(wanted, f'missing required property "{wanted}"'))
        return interface.Checked(news, failures)

    async def diff(self, old: Resource, new_urn: str, news: values.PropertyMap, ignore: list[str]) -> Diff:
        key = _INPUT[_type(new_urn)]
        if values.equal(old.inputs.get(key), news.get(key)):
            return NO_CHANGE
        if key == "name":
            return replacement(key)
        return Diff(changes=Changes.SOME, changed_keys=[key])

    async def create(self, new: Resource, *, preview: bool) -> interface.Created:
        id_ = "" if preview else str(uuid.uuid4())
        if new.type == STASH:
            stashed = new.inputs["input"]
            return interface.Created(id_, {"input": stashed, "output": stashed})
        return interface.Created(id_, self.stack_outputs(new.inputs))

    async def update(self, old: Resource, new: Resource, ignore: list[str], *, preview: bool) -> values.PropertyMap:
        return {"input": new.inputs["input"], "output": (old.outputs or {}).get("output")}

    async def delete(self, old: Resource) -> None:
        """Forgets; there is nothing to undo."""

    async def read(self, resource: Resource, id_: str, state: values.PropertyMap | None) -> interface.Read:
        if resource.type == STASH:
            return interface.Read(id_, dict(state or {}), resource.inputs)
        return interface.Read(id_, self.stack_outputs(resource.inputs), resource.inputs)

    async def close(self) -> None:
        """Ends nothing."""

    def stack_outputs(self, inputs: values.PropertyMap) -> values.PropertyMap:
        """Returns what a stack reference's outputs are."""
        name = inputs.get("name")
        if not isinstance(name, str):
            raise ProviderError("a stack reference needs the name of a stack: organization/PROJECT/STACK")
        outputs = self._read_outputs(name)
        hidden: list[Any] = sorted(key for key, value in outputs.items() if values.has_secrets(value))
        return {"name": name, "outputs": outputs, "secretOutputNames": hidden}


def _type(urn: str) -> str:
    return urn.split("::")[2].rpartition("$")[2]
