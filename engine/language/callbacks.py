"""Calls back into the program: hooks and transforms, served by the SDK over gRPC."""

from __future__ import annotations

from typing import Any

import grpc.aio
from pulumi.runtime.proto import callback_pb2, callback_pb2_grpc, resource_pb2

from engine import urn as urns
from engine import wire
from engine.errors import ProviderError
from engine.provider.dynamic import GRPC_OPTIONS
from engine.state import Resource

_HOOKS = {
    "BeforeCreate": "before_create",
    "AfterCreate": "after_create",
    "BeforeUpdate": "before_update",
    "AfterUpdate": "after_update",
    "BeforeDelete": "before_delete",
    "AfterDelete": "after_delete",
    "OnError": "on_error",
}


class Callbacks:
    """Channels to the callback servers that the program has named."""

    def __init__(self) -> None:
        self._channels: dict[str, Any] = {}

    async def invoke(self, callback: callback_pb2.Callback, request: bytes) -> bytes:
        """Calls one function of the program; raises ``ProviderError`` with its words."""
        if callback.target not in self._channels:
            self._channels[callback.target] = grpc.aio.insecure_channel(callback.target, options=GRPC_OPTIONS)
        stub: Any = callback_pb2_grpc.CallbacksStub(self._channels[callback.target])
        message = callback_pb2.CallbackInvokeRequest(token=callback.token, request=request)
        try:
            response = await stub.Invoke(message)
        except grpc.aio.AioRpcError as error:
            raise ProviderError(error.details() or str(error.code())) from error
        return bytes(response.response)

    async def close(self) -> None:
        """Closes all channels."""
        for channel in self._channels.values():
            await channel.close()


class HookCallback:
    """A resource hook or an error hook of the program."""

    def __init__(self, callbacks: Callbacks, callback: callback_pb2.Callback):
        self._callbacks = callbacks
        self._callback = callback

    async def __call__(self, urn: str, old: Resource | None, new: Resource | None, *, after: bool) -> None:
        request = resource_pb2.ResourceHookRequest(**_about(urn, old, new))
        if old is not None:
            request.old_outputs.CopyFrom(wire.to_struct(old.outputs))
        if new is not None and after:
            request.new_outputs.CopyFrom(wire.to_struct(new.outputs))
        answer = await self._callbacks.invoke(self._callback, request.SerializeToString())
        _raise_for(resource_pb2.ResourceHookResponse.FromString(answer).error)

    async def wants_retry(self, urn: str, old: Resource | None, new: Resource | None, operation: str, errors: list[str]) -> bool:
        """Asks the program whether a failed operation is to be tried again."""
        request = resource_pb2.ErrorHookRequest(failed_operation=operation, errors=errors, **_about(urn, old, new))
        if old is not None:
            request.old_outputs.CopyFrom(wire.to_struct(old.outputs))
        answer = await self._callbacks.invoke(self._callback, request.SerializeToString())
        response = resource_pb2.ErrorHookResponse.FromString(answer)
        _raise_for(response.error)
        return response.retry


def _raise_for(error: str) -> None:
    if error:
        raise ProviderError(error)


def _about(urn: str, old: Resource | None, new: Resource | None) -> dict[str, Any]:
    current = new or old
    about: dict[str, Any] = {"urn": urn, "name": urns.name_of(urn), "type": urns.type_of(urn)}
    about["id"] = current.id if current else ""
    for prefix, resource in (("old", old), ("new", new)):
        if resource is not None:
            about[f"{prefix}_inputs"] = wire.to_struct(resource.inputs)
            about[f"{prefix}_options"] = _options(resource)
    return about


def _options(resource: Resource) -> resource_pb2.ResourceOptions:
    options = resource_pb2.ResourceOptions(
        depends_on=resource.dependencies,
        protect=resource.protect,
        ignore_changes=resource.ignore_changes,
        replace_on_changes=resource.replace_on_changes,
        provider=resource.provider,
        retain_on_delete=resource.retain_on_delete,
        deleted_with=resource.deleted_with,
        additional_secret_outputs=resource.additional_secret_outputs,
        hide_diff=resource.hide_diff,
        replace_with=resource.replace_with,
        parent=resource.parent,
    )
    for key, seconds in resource.custom_timeouts.items():
        setattr(options.custom_timeouts, key, f"{seconds}s")
    for kind, names in resource.resource_hooks.items():
        getattr(options.hooks, _HOOKS[kind]).extend(names)
    return options


def hook_names(binding: resource_pb2.RegisterResourceRequest.ResourceHooksBinding) -> dict[str, list[str]]:
    """Returns the hooks of a registration by kind."""
    found = {kind: list(getattr(binding, field)) for kind, field in _HOOKS.items()}
    return {kind: names for kind, names in found.items() if names}
