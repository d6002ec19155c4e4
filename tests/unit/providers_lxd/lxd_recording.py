"""Runs a program from standard input on the SDK's mocks; what it registers, and what its `after()` returns, goes out as JSON.

A process of its own, because the SDK keeps one event loop and one set of mocks for a process.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from typing import Any

import dill
import pulumi
from pulumi.runtime import _serialization, rpc, stack

from providers.lxd import _explicit


class Recorder(pulumi.runtime.Mocks):
    """Answers every registration with its inputs, and remembers it."""

    def __init__(self) -> None:
        self.seen: dict[str, Any] = {}

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        inputs = {key: value for key, value in args.inputs.items() if key != "__provider" and value is not None}
        host = args.inputs.get("__provider")
        explicit = _as_in_the_host(rpc.unwrap_rpc_secret(host)) if host else None
        sealed = rpc.is_rpc_secret(host)
        self.seen[args.name] = {"type": args.typ, "inputs": inputs, "explicit": explicit, "sealed": sealed}
        return f"{args.name}-id", args.inputs

    def call(self, args: pulumi.runtime.MockCallArgs) -> dict[str, Any]:
        raise AssertionError(f"no function is expected to be called, but {args.token} was")


def _as_in_the_host(serialised: str) -> Any:
    found = _serialization._deserialize(lambda: dill.loads(base64.b64decode(serialised)))
    return _explicit.known(found.explicit)


def main() -> None:
    recorder, names, answer = Recorder(), dict[str, Any](), list[Any]()
    source = sys.stdin.read()

    async def program() -> None:
        exec(source, names)
        if "after" in names:
            answer.append(await names["after"]())

    pulumi.runtime.set_mocks(recorder, project="project", stack="stack", preview=False)
    asyncio.get_event_loop().run_until_complete(stack.run_pulumi_func(program))
    print(json.dumps({"resources": recorder.seen, "after": answer[0] if answer else None}))


if __name__ == "__main__":
    main()
