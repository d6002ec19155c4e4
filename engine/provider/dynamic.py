"""The dynamic provider host: ``python -m pulumi.dynamic``, one process a configured provider.

The host leaves Handshake, CheckConfig and DiffConfig unimplemented, accepts no secrets and does not
take part in previews of creates and updates, so none of these is asked of it. It starts with the
first call that needs it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
import grpc.aio
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from engine import urn as urns
from engine import values, wire
from engine.diff import Changes, Diff
from engine.errors import ProviderError
from engine.provider import interface
from engine.state import Resource

GRPC_OPTIONS = [
    ("grpc.max_receive_message_length", 400 * 1024 * 1024),
    ("grpc.max_send_message_length", 400 * 1024 * 1024),
]
_REPLACES = {
    provider_pb2.PropertyDiff.ADD: "add",
    provider_pb2.PropertyDiff.ADD_REPLACE: "add-replace",
    provider_pb2.PropertyDiff.DELETE: "delete",
    provider_pb2.PropertyDiff.DELETE_REPLACE: "delete-replace",
    provider_pb2.PropertyDiff.UPDATE: "update",
    provider_pb2.PropertyDiff.UPDATE_REPLACE: "update-replace",
}

StartHost = Callable[[], Awaitable[tuple[str, Callable[[], Awaitable[None]]]]]
"""Starts a host process; returns its address and what ends it."""


class DynamicProvider:
    """Talks to one host process over gRPC."""

    def __init__(self, start: StartHost, config: values.PropertyMap, *, preview: bool):
        self._start = start
        self._checked = wire.Keep(secrets=False, resources=False, unknowns=preview)
        self._config = config
        self._starting = asyncio.Lock()
        self._stub: Any = None
        self._channel: Any = None
        self._stop: Callable[[], Awaitable[None]] | None = None

    async def _ready(self) -> Any:
        async with self._starting:
            if self._stub is None:
                address, self._stop = await self._start()
                self._channel = grpc.aio.insecure_channel(address, options=GRPC_OPTIONS)
                self._stub = provider_pb2_grpc.ResourceProviderStub(self._channel)
                await self._configure()
        return self._stub

    async def _configure(self) -> None:
        request = provider_pb2.ConfigureRequest(args=wire.to_struct(self._config), acceptSecrets=True, acceptResources=True)
        for key, value in values.reveal(self._config).items():
            if isinstance(value, str):
                request.variables[f"pulumi-python:config:{key}"] = value
        await _call(self._stub.Configure, request)

    async def check(self, urn: str, olds: values.PropertyMap, news: values.PropertyMap) -> interface.Checked:
        stub = await self._ready()
        request = provider_pb2.CheckRequest(
            urn=urn,
            name=urns.name_of(urn),
            type=urns.type_of(urn),
            olds=wire.to_struct(olds, self._checked),
            news=wire.to_struct(news, self._checked),
        )
        response = await _call(stub.Check, request)
        inputs = wire.from_struct(response.inputs)
        values.spread_secrets(inputs, news)
        failures = [interface.CheckFailure(f.property, f.reason) for f in response.failures]
        return interface.Checked(inputs, failures)

    async def diff(self, old: Resource, new_urn: str, news: values.PropertyMap, ignore: list[str]) -> Diff:
        stub = await self._ready()
        request = provider_pb2.DiffRequest(
            id=old.id,
            urn=new_urn,
            name=urns.name_of(new_urn),
            type=urns.type_of(new_urn),
            olds=wire.to_struct(old.outputs, wire.PLAIN),
            old_inputs=wire.to_struct(old.inputs, wire.PLAIN),
            news=wire.to_struct(news, wire.PLAIN),
            ignoreChanges=ignore,
        )
        response = await _call(stub.Diff, request)
        detailed = {path: _REPLACES[d.kind] for path, d in response.detailedDiff.items()}
        return Diff(
            changes=Changes(response.changes),
            replace_keys=list(response.replaces),
            changed_keys=list(response.diffs),
            detailed=detailed if response.hasDetailedDiff else None,
            delete_before_replace=response.deleteBeforeReplace,
        )

    async def create(self, new: Resource, *, preview: bool) -> interface.Created:
        if preview:
            return interface.Created("", dict(new.inputs))
        stub = await self._ready()
        request = provider_pb2.CreateRequest(
            urn=new.urn,
            name=urns.name_of(new.urn),
            type=new.type,
            properties=wire.to_struct(new.inputs, wire.PLAIN),
            timeout=new.custom_timeouts.get("create", 0),
        )
        response = await _call(stub.Create, request)
        if not response.id:
            raise ProviderError(f"plugin returned empty resource.ID from create '{new.urn}'")
        return interface.Created(response.id, _outputs(response.properties, new.inputs))

    async def update(self, old: Resource, new: Resource, ignore: list[str], *, preview: bool) -> values.PropertyMap:
        if preview:
            return dict(new.inputs)
        stub = await self._ready()
        request = provider_pb2.UpdateRequest(
            id=old.id,
            urn=new.urn,
            name=urns.name_of(new.urn),
            type=new.type,
            olds=wire.to_struct(old.outputs, wire.PLAIN),
            old_inputs=wire.to_struct(old.inputs, wire.PLAIN),
            news=wire.to_struct(new.inputs, wire.PLAIN),
            timeout=new.custom_timeouts.get("update", 0),
            ignoreChanges=ignore,
        )
        response = await _call(stub.Update, request)
        return _outputs(response.properties, new.inputs)

    async def delete(self, old: Resource) -> None:
        stub = await self._ready()
        request = provider_pb2.DeleteRequest(
            id=old.id,
            urn=old.urn,
            name=urns.name_of(old.urn),
            type=old.type,
            properties=wire.to_struct(old.outputs, wire.PLAIN),
            old_inputs=wire.to_struct(old.inputs, wire.PLAIN),
            timeout=old.custom_timeouts.get("delete", 0),
        )
        await _call(stub.Delete, request)

    async def read(self, resource: Resource, id_: str, state: values.PropertyMap | None) -> interface.Read:
        stub = await self._ready()
        request = provider_pb2.ReadRequest(
            id=id_,
            urn=resource.urn,
            name=urns.name_of(resource.urn),
            type=resource.type,
            properties=wire.to_struct(state, wire.PLAIN),
            timeout=resource.custom_timeouts.get("read", 0),
        )
        if state is not None:
            request.inputs.CopyFrom(wire.to_struct(resource.inputs, wire.PLAIN))
        response = await _call(stub.Read, request)
        inputs = wire.from_struct(response.inputs) if response.HasField("inputs") else None
        values.spread_secrets(inputs, resource.inputs)
        return interface.Read(response.id, _outputs(response.properties, state or {}), inputs)

    async def close(self) -> None:
        if self._channel is not None:
            await self._channel.close()
        if self._stop is not None:
            await self._stop()


def _outputs(struct: Any, like: values.PropertyMap) -> values.PropertyMap:
    outputs = wire.from_struct(struct)
    values.spread_secrets(outputs, like)
    return outputs


async def _call(method: Any, request: Any) -> Any:
    try:
        return await method(request)
    except grpc.aio.AioRpcError as error:
        if error.code() is grpc.StatusCode.UNAVAILABLE:
            raise ProviderError(
                f"error reading from server: EOF (the provider host ended in the middle of a call:"
                f" {_first_line(error.details())})"
            ) from error
        raise ProviderError((error.details() or str(error.code())).rstrip()) from error


def _first_line(text: str | None) -> str:
    return re.split(r"[\r\n]", text or "no reason given")[0]
