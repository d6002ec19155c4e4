"""Transforms: functions of the program that may change a registration before the engine sees it."""

from __future__ import annotations

from typing import Any

from google.protobuf import struct_pb2
from pulumi.runtime.proto import callback_pb2, resource_pb2

from engine import values, wire
from engine.language.callbacks import Callbacks
from engine.language.goals import Options, Request


def properties_of(request: Request) -> dict[str, Any]:
    """Returns a registration's values, its dependencies, and those of each property."""
    by_key: dict[str, set[str]] = {key: set(d.urns) for key, d in request.propertyDependencies.items()}
    found: dict[str, Any] = {}
    for key, value in request.object.fields.items():
        own: set[str] = set()
        found[key] = wire.from_value(value, own)
        if not request.propertyDependencies:
            own |= set(request.dependencies)
        by_key.setdefault(key, set()).update(own)
    return {"values": found, "dependencies": set(request.dependencies), "by_key": by_key}


async def apply(
    callbacks: Callbacks,
    transforms: list[callback_pb2.Callback],
    request: Request,
    properties: dict[str, Any],
    options: Options,
) -> tuple[dict[str, Any], Options]:
    """Passes a registration through all transforms, one after the other."""
    if not transforms:
        return properties, options
    own = bool(request.transforms)
    struct = _with_dependencies(properties) if own else wire.to_struct(properties["values"])
    for transform in transforms:
        message = resource_pb2.TransformRequest(
            type=request.type,
            name=request.name,
            custom=request.custom,
            parent=request.parent,
            properties=struct,
            options=options,
        )
        answer = await callbacks.invoke(transform, message.SerializeToString())
        response = resource_pb2.TransformResponse.FromString(answer)
        struct = response.properties if response.HasField("properties") else struct
        options = response.options if response.HasField("options") else options
    changed = _from_dependencies(struct, options)
    if own:
        return changed, options
    before = properties["by_key"]  # as in Pulumi, only an own transform can take dependencies away
    by_key = {key: urns | before.get(key, set()) for key, urns in changed["by_key"].items()}
    return {**changed, "dependencies": properties["dependencies"], "by_key": by_key}, options


def _with_dependencies(properties: dict[str, Any]) -> struct_pb2.Struct:
    """Wraps each property that depends on something in an output value, so that it stays known."""
    struct = struct_pb2.Struct()
    for key, value in properties["values"].items():
        target = struct.fields[key]
        needed = properties["by_key"].get(key)
        if not needed:
            target.CopyFrom(wire.to_value(value))
            continue
        fields = target.struct_value.fields
        fields[values.SIGNATURE].string_value = values.OUTPUT_KIND
        inner = value.value if isinstance(value, values.Secret) else value
        if inner is not values.UNKNOWN:
            fields["value"].CopyFrom(wire.to_value(inner))
        if isinstance(value, values.Secret):
            fields["secret"].bool_value = True
        for urn in sorted(needed):
            fields["dependencies"].list_value.values.add().string_value = urn
    return struct


def _from_dependencies(struct: struct_pb2.Struct, options: Options) -> dict[str, Any]:
    found: dict[str, Any] = {}
    by_key: dict[str, set[str]] = {}
    for key, value in struct.fields.items():
        by_key[key] = set()
        found[key] = wire.from_value(value, by_key[key])
    return {"values": found, "dependencies": set(options.depends_on).union(*by_key.values()), "by_key": by_key}
