"""Property maps to and from protobuf's Struct, the form they have on every gRPC hop."""

from __future__ import annotations

import dataclasses
from typing import Any

from google.protobuf import struct_pb2

from engine import values

_EXACT = 2**53


@dataclasses.dataclass(frozen=True, slots=True)
class Keep:
    """What the other side understands; the rest is flattened."""

    secrets: bool = True
    resources: bool = True
    unknowns: bool = True


ALL = Keep()
PLAIN = Keep(secrets=False, resources=False)


def to_struct(properties: values.PropertyMap | None, keep: Keep = ALL) -> struct_pb2.Struct:
    """Converts a property map; a null map is an empty Struct."""
    struct = struct_pb2.Struct()
    _fill_struct(struct, properties or {}, keep)
    return struct


def _fill_struct(struct: struct_pb2.Struct, properties: values.PropertyMap, keep: Keep) -> None:
    struct.SetInParent()
    for key, value in properties.items():
        if value is values.UNKNOWN and not keep.unknowns:
            continue
        _fill(struct.fields[key], value, keep)


def to_value(value: Any, keep: Keep = ALL) -> struct_pb2.Value:
    """Converts one value."""
    target = struct_pb2.Value()
    _fill(target, value, keep)
    return target


def _fill(target: struct_pb2.Value, value: Any, keep: Keep) -> None:
    if value is None:
        target.null_value = struct_pb2.NULL_VALUE
    elif isinstance(value, bool):
        target.bool_value = value
    elif isinstance(value, int | float):
        target.number_value = value
    elif isinstance(value, str):
        target.string_value = value
    elif isinstance(value, list):
        target.list_value.SetInParent()
        for item in value:
            _fill(target.list_value.values.add(), item, keep)
    elif isinstance(value, dict):
        _fill_struct(target.struct_value, value, keep)
    else:
        _fill_special(target, value, keep)


def _fill_special(target: struct_pb2.Value, value: Any, keep: Keep) -> None:
    if value is values.UNKNOWN:
        target.string_value = values.UNKNOWN_TEXT
    elif isinstance(value, values.Secret):
        if not keep.secrets:
            _fill(target, value.value, keep)
            return
        target.struct_value.fields[values.SIGNATURE].string_value = values.SECRET_KIND
        _fill(target.struct_value.fields["value"], value.value, keep)
    elif isinstance(value, values.ResourceReference):
        _fill_reference(target, value, keep)
    else:
        raise TypeError(f"a property value cannot be of type {type(value).__name__}")


def _fill_reference(target: struct_pb2.Value, value: values.ResourceReference, keep: Keep) -> None:
    if not keep.resources:
        _fill(target, value.urn if value.id is None else value.id, keep)
        return
    fields = target.struct_value.fields
    fields[values.SIGNATURE].string_value = values.RESOURCE_KIND
    fields["urn"].string_value = value.urn
    if value.id is not None:
        _fill(fields["id"], value.id, keep)
    if value.version:
        fields["packageVersion"].string_value = value.version


def from_struct(struct: struct_pb2.Struct, dependencies: set[str] | None = None) -> values.PropertyMap:
    """Converts a Struct; URNs that output values depend on are added to ``dependencies``."""
    return {key: from_value(value, dependencies) for key, value in struct.fields.items()}


def from_value(value: struct_pb2.Value, dependencies: set[str] | None = None) -> Any:
    """Converts one value; whole numbers become ints."""
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return values.UNKNOWN if value.string_value == values.UNKNOWN_TEXT else value.string_value
    if kind == "number_value":
        return number(value.number_value)
    if kind == "bool_value":
        return value.bool_value
    if kind == "list_value":
        return [from_value(item, dependencies) for item in value.list_value.values]
    if kind == "struct_value":
        return _from_fields(value.struct_value, dependencies)
    return None


def number(value: float) -> int | float:
    """Returns a whole number as an int, since Pulumi stores it without ``.0``."""
    return int(value) if value.is_integer() and abs(value) <= _EXACT else value


def _from_fields(struct: struct_pb2.Struct, dependencies: set[str] | None) -> Any:
    fields = struct.fields
    kind = fields[values.SIGNATURE].string_value if values.SIGNATURE in fields else ""
    if kind == values.SECRET_KIND:
        return values.secret(from_value(fields["value"], dependencies))
    if kind == values.OUTPUT_KIND:
        return _from_output(struct, dependencies)
    if kind == values.RESOURCE_KIND:
        id_ = from_value(fields["id"]) if "id" in fields else None
        version = fields["packageVersion"].string_value if "packageVersion" in fields else ""
        return values.ResourceReference(fields["urn"].string_value, id_, version)
    return {key: from_value(value, dependencies) for key, value in fields.items()}


def _from_output(struct: struct_pb2.Struct, dependencies: set[str] | None) -> Any:
    fields = struct.fields
    if dependencies is not None and "dependencies" in fields:
        dependencies.update(urn.string_value for urn in fields["dependencies"].list_value.values)
    value = from_value(fields["value"], dependencies) if "value" in fields else values.UNKNOWN
    return values.secret(value) if "secret" in fields and fields["secret"].bool_value else value
