"""What the engine asks of a provider, without a word about how it is reached."""

from __future__ import annotations

import dataclasses
from typing import Protocol

from engine import values
from engine.diff import Diff
from engine.state import Resource


@dataclasses.dataclass(frozen=True, slots=True)
class CheckFailure:
    """One property that the provider does not accept."""

    property: str
    reason: str


@dataclasses.dataclass(frozen=True, slots=True)
class Checked:
    """The inputs as the provider wants them, or why it does not."""

    inputs: values.PropertyMap
    failures: list[CheckFailure] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True, slots=True)
class Created:
    """A new object's id (empty in a preview) and outputs."""

    id: str
    outputs: values.PropertyMap


@dataclasses.dataclass(frozen=True, slots=True)
class Read:
    """What exists; an empty ``id`` says that nothing does."""

    id: str
    outputs: values.PropertyMap
    inputs: values.PropertyMap | None


class Provider(Protocol):
    """One configured provider. Every call may raise ``ProviderError``."""

    async def check(self, urn: str, olds: values.PropertyMap, news: values.PropertyMap) -> Checked:
        """Validates inputs and fills in defaults."""

    async def diff(self, old: Resource, new_urn: str, news: values.PropertyMap, ignore: list[str]) -> Diff:
        """Compares an object as it was left with checked inputs."""

    async def create(self, new: Resource, *, preview: bool) -> Created:
        """Makes an object."""

    async def update(self, old: Resource, new: Resource, ignore: list[str], *, preview: bool) -> values.PropertyMap:
        """Changes an object in place; returns its outputs."""

    async def delete(self, old: Resource) -> None:
        """Unmakes an object."""

    async def read(self, resource: Resource, id_: str, state: values.PropertyMap | None) -> Read:
        """Looks at an object; ``state`` is what is known of it."""

    async def close(self) -> None:
        """Ends the provider."""
