"""Property values: JSON's own types plus secrets, unknowns and references to resources.

Values are treated as immutable; whoever changes one copies it first (``copy_value``).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

PropertyMap = dict[str, Any]

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET_KIND = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - Pulumi's mark, no secret
OUTPUT_KIND = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
RESOURCE_KIND = "5cf8f73096256a8f31e491e813e4eb8e"
ASSET_KIND = "c44067f5952c0a294b673a41bacd8c17"
UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
PROVIDER_KEY = "__provider"


class Unknown:
    """The one value that is not known before an update has run."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


@dataclasses.dataclass(frozen=True, slots=True)
class Secret:
    """A value to be encrypted wherever it is stored and masked wherever it is shown."""

    value: Any


@dataclasses.dataclass(frozen=True, slots=True)
class ResourceReference:
    """A resource used as a value; ``id`` is None for a component."""

    urn: str
    id: Any
    version: str


def secret(value: Any) -> Secret:
    """Wraps ``value`` once."""
    return value if isinstance(value, Secret) else Secret(value)


def contains(value: Any, wanted: Callable[[Any], bool]) -> bool:
    """Tells whether ``value`` or anything inside it is ``wanted``."""
    if wanted(value):
        return True
    if isinstance(value, Secret):
        return contains(value.value, wanted)
    if isinstance(value, dict):
        return any(contains(v, wanted) for v in value.values())
    if isinstance(value, list):
        return any(contains(v, wanted) for v in value)
    return isinstance(value, ResourceReference) and contains(value.id, wanted)


def has_secrets(value: Any) -> bool:
    """Tells whether anything in ``value`` is secret."""
    return contains(value, lambda v: isinstance(v, Secret))


def has_unknowns(value: Any) -> bool:
    """Tells whether anything in ``value`` is not known yet."""
    return contains(value, lambda v: v is UNKNOWN)


def _map(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict):
        return {k: change(v) for k, v in value.items()}
    if isinstance(value, list):
        return [change(v) for v in value]
    return value


def reveal(value: Any) -> Any:
    """Returns ``value`` with its secrets in clear."""
    return reveal(value.value) if isinstance(value, Secret) else _map(value, reveal)


def mask(value: Any, text: Any = "[secret]") -> Any:
    """Returns ``value`` with ``text`` in place of each secret."""
    return text if isinstance(value, Secret) else _map(value, lambda v: mask(v, text))


def copy_value(value: Any) -> Any:
    """Copies all containers, so that the copy can be changed in place."""
    return Secret(copy_value(value.value)) if isinstance(value, Secret) else _map(value, copy_value)


def equal(old: Any, new: Any) -> bool:
    """Compares as Pulumi does: a null in a map counts as absent, true is not 1."""
    if isinstance(old, dict) and isinstance(new, dict):
        return _equal_maps(old, new)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(equal, old, new))
    if isinstance(old, Secret) and isinstance(new, Secret):
        return equal(old.value, new.value)
    if isinstance(old, bool) or isinstance(new, bool):
        return old is new
    return bool(old == new)


def _equal_maps(old: PropertyMap, new: PropertyMap) -> bool:
    for key, value in old.items():
        if key in new:
            if not equal(value, new[key]):
                return False
        elif value is not None:
            return False
    return all(value is None for key, value in new.items() if key not in old)


def changed_keys(old: PropertyMap, new: PropertyMap) -> list[str]:
    """Returns the sorted top-level names whose values differ; a null counts as absent."""
    return sorted(key for key in {*old, *new} if not equal(old.get(key), new.get(key)))


def spread_secrets(outputs: PropertyMap | None, inputs: PropertyMap | None) -> None:
    """Makes secret in ``outputs``, in place, what is secret at the same path of ``inputs``."""
    for key, value in (inputs or {}).items():
        if outputs is None or key not in outputs:
            continue
        if isinstance(outputs[key], dict) and isinstance(value, dict):
            spread_secrets(outputs[key], value)
        elif not isinstance(outputs[key], Secret) and has_secrets(value):
            outputs[key] = Secret(outputs[key])
