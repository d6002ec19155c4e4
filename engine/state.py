"""A resource as the state holds it, and its JSON form (Pulumi's ResourceV3)."""

from __future__ import annotations

import copy
import dataclasses
import datetime
import json
from collections.abc import Callable, Iterator
from typing import Any

from engine import values
from engine.urn import ProviderRef

Encrypt = Callable[[str], str]
Decrypt = Callable[[str], str]


@dataclasses.dataclass(eq=False, kw_only=True, slots=True)
class Resource:
    """One resource; compared by identity, since a URN may be there twice while it is replaced."""

    urn: str
    type: str
    custom: bool = False
    delete: bool = False
    id: str = ""
    inputs: values.PropertyMap = dataclasses.field(default_factory=dict)
    outputs: values.PropertyMap | None = None
    parent: str = ""
    protect: bool = False
    taint: bool = False
    external: bool = False
    dependencies: list[str] = dataclasses.field(default_factory=list)
    init_errors: list[str] = dataclasses.field(default_factory=list)
    provider: str = ""
    property_dependencies: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    pending_replacement: bool = False
    additional_secret_outputs: list[str] = dataclasses.field(default_factory=list)
    aliases: list[str] = dataclasses.field(default_factory=list)
    custom_timeouts: dict[str, float] = dataclasses.field(default_factory=dict)
    import_id: str = ""
    retain_on_delete: bool = False
    deleted_with: str = ""
    replace_with: list[str] = dataclasses.field(default_factory=list)
    created: str = ""
    modified: str = ""
    source_position: str = ""
    ignore_changes: list[str] = dataclasses.field(default_factory=list)
    hide_diff: list[str] = dataclasses.field(default_factory=list)
    replace_on_changes: list[str] = dataclasses.field(default_factory=list)
    replacement_trigger: Any = None
    resource_hooks: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    extra: dict[str, Any] = dataclasses.field(default_factory=dict)
    """Fields of the stored form that this engine carries along and does not read."""

    def copy(self) -> Resource:
        """Returns another resource with the same content."""
        return copy.copy(self)

    def references(self) -> Iterator[str]:
        """Yields the URNs this resource needs, but for its parent."""
        yield from self.dependencies
        for urns in self.property_dependencies.values():
            yield from urns
        if self.deleted_with:
            yield self.deleted_with
        yield from self.replace_with

    def all_references(self) -> Iterator[str]:
        """Yields the URNs this resource needs, parent and provider included."""
        if self.parent:
            yield self.parent
        yield from self.references()
        if self.provider:
            yield ProviderRef.parse(self.provider).urn


_FIELDS = {
    "delete": "delete",
    "id": "id",
    "parent": "parent",
    "protect": "protect",
    "taint": "taint",
    "external": "external",
    "dependencies": "dependencies",
    "initErrors": "init_errors",
    "provider": "provider",
    "propertyDependencies": "property_dependencies",
    "pendingReplacement": "pending_replacement",
    "additionalSecretOutputs": "additional_secret_outputs",
    "aliases": "aliases",
    "customTimeouts": "custom_timeouts",
    "importID": "import_id",
    "retainOnDelete": "retain_on_delete",
    "deletedWith": "deleted_with",
    "replaceWith": "replace_with",
    "created": "created",
    "modified": "modified",
    "sourcePosition": "source_position",
    "ignoreChanges": "ignore_changes",
    "hideDiff": "hide_diff",
    "replaceOnChanges": "replace_on_changes",
    "resourceHooks": "resource_hooks",
}
_VALUES = ("inputs", "outputs", "replacementTrigger")
_KNOWN = {"urn", "type", "custom", *_FIELDS, *_VALUES}


def to_json(resource: Resource, encrypt: Encrypt) -> dict[str, Any]:
    """Returns the stored form; what is empty is left out, as Pulumi does."""
    result: dict[str, Any] = {"urn": resource.urn, "custom": resource.custom, "type": resource.type}
    for key, name in _FIELDS.items():
        value = getattr(resource, name)
        if value:
            result[key] = value
    if resource.inputs:
        result["inputs"] = store(resource.inputs, encrypt)
    if resource.outputs:
        result["outputs"] = store(resource.outputs, encrypt)
    if resource.replacement_trigger is not None:
        result["replacementTrigger"] = store(resource.replacement_trigger, encrypt)
    result.update(resource.extra)
    return result


def from_json(data: dict[str, Any], decrypt: Decrypt) -> Resource:
    """Reads the stored form."""
    fields = {name: data[key] for key, name in _FIELDS.items() if data.get(key)}
    return Resource(
        urn=data["urn"],
        type=data["type"],
        custom=bool(data.get("custom")),
        inputs=load(data.get("inputs") or {}, decrypt),
        outputs=load(data.get("outputs") or {}, decrypt),
        replacement_trigger=load(data.get("replacementTrigger"), decrypt),
        extra={key: value for key, value in data.items() if key not in _KNOWN},
        **fields,
    )


def store(value: Any, encrypt: Encrypt) -> Any:
    """Returns the stored form of a property value."""
    if isinstance(value, values.Secret):
        text = json.dumps(store(values.reveal(value.value), encrypt), separators=(",", ":"), ensure_ascii=False)
        return {values.SIGNATURE: values.SECRET_KIND, "ciphertext": encrypt(text)}
    if isinstance(value, dict):
        return {k: store(v, encrypt) for k, v in value.items()}
    if isinstance(value, list):
        return [store(v, encrypt) for v in value]
    if isinstance(value, values.ResourceReference):
        result = {values.SIGNATURE: values.RESOURCE_KIND, "urn": value.urn, "packageVersion": value.version}
        return result if value.id is None else {**result, "id": store(value.id, encrypt)}
    return values.UNKNOWN_TEXT if value is values.UNKNOWN else value


def load(value: Any, decrypt: Decrypt) -> Any:
    """Reads the stored form of a property value."""
    if isinstance(value, list):
        return [load(v, decrypt) for v in value]
    if not isinstance(value, dict):
        return values.UNKNOWN if value == values.UNKNOWN_TEXT else value
    kind = value.get(values.SIGNATURE)
    if kind == values.SECRET_KIND:
        text = value["plaintext"] if "plaintext" in value else decrypt(value["ciphertext"])
        return values.Secret(json.loads(text))
    if kind == values.RESOURCE_KIND:
        return values.ResourceReference(value["urn"], value.get("id"), value.get("packageVersion", ""))
    return {k: load(v, decrypt) for k, v in value.items()}


def timestamp() -> str:
    """Returns the present in the form that the state holds."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
