"""Runs the program on the SDK's mocks: a site as JSON comes in, what it registers goes out as JSON lines.

A process of its own, because the SDK keeps one event loop and one set of mocks for a process.
"""

from __future__ import annotations

import asyncio
import json
import pathlib
import sys
from typing import Any

import pulumi
from pulumi.runtime import stack

import components
from components.plan import make

ROOT = pathlib.Path(__file__).parents[3]


class Recorder(pulumi.runtime.Mocks):
    """Answers every registration with outputs of the right shape, and remembers it; calls come from many threads."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        kind = args.typ.removeprefix("pulumi-python:dynamic/")
        if not kind.startswith(("site:", "pulumi:")):
            inputs = {key: value for key, value in args.inputs.items() if key != "__provider" and value is not None}
            self.seen.append({"kind": kind, "name": args.name, "inputs": inputs})
        numbered = kind in ("maas:Fabric", "maas:Vlan", "maas:Subnet")
        return "7" if numbered else f"id-of-{args.name}", dict(args.inputs)

    def call(self, args: pulumi.runtime.MockCallArgs) -> dict[str, Any]:
        raise AssertionError(f"no function is expected to be called, but {args.token} was")


async def _program() -> None:
    components.Site("site", make(json.load(sys.stdin), ROOT))


def main() -> None:
    recorder = Recorder()
    pulumi.runtime.set_mocks(recorder, project="openstack-on-metal", stack="dev", preview=False)
    asyncio.get_event_loop().run_until_complete(stack.run_pulumi_func(_program))
    print("\n".join(map(json.dumps, recorder.seen)))


if __name__ == "__main__":
    main()
