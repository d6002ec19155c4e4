"""Pulumi without an engine, for tests of resources as a program meets them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pulumi
import pytest


class Mocks(pulumi.runtime.Mocks):
    """Registers everything as asked; no function is known."""

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        return f"{args.name}-id", dict(args.inputs)

    def call(self, args: pulumi.runtime.MockCallArgs) -> dict[Any, Any]:
        raise LookupError(args.token)


@pytest.fixture
def mocks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The SDK on mocks; the event loops that its threads make are closed."""
    loops, make = [], asyncio.new_event_loop

    def noted() -> asyncio.AbstractEventLoop:
        loops.append(make())
        return loops[-1]

    monkeypatch.setattr(asyncio, "new_event_loop", noted)
    asyncio.set_event_loop(asyncio.new_event_loop())  # another test may have left the thread without one
    pulumi.runtime.set_mocks(Mocks(), preview=False)
    yield
    for loop in loops:
        loop.close()


async def is_secret(output: pulumi.Output[Any]) -> bool:
    """Whether an output is a secret."""
    return bool(await output.is_secret())


async def value(output: pulumi.Output[Any]) -> Any:
    """What an output came to."""
    return await output.future()
