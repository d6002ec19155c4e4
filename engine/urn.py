"""URNs and provider references: pure text, Pulumi's own grammar.

A URN is ``urn:pulumi:STACK::PROJECT::TYPES::NAME``; TYPES are the types from the outermost parent
down, joined with ``$``, the root stack's left out. A provider reference is ``URN::ID``.
"""

from __future__ import annotations

import dataclasses

ROOT_STACK_TYPE = "pulumi:pulumi:Stack"
PROVIDER_TYPE_PREFIX = "pulumi:providers:"


def make(stack: str, project: str, parent: str, type_: str, name: str) -> str:
    """Returns the URN of a resource below ``parent`` (a URN, or ``""``)."""
    types = type_
    if parent and qualified_type(parent) != ROOT_STACK_TYPE:
        types = f"{qualified_type(parent)}${type_}"
    return f"urn:pulumi:{stack}::{project}::{types}::{name}"


def is_urn(text: str) -> bool:
    """Tells whether ``text`` has the four parts of a URN."""
    return text.startswith("urn:pulumi:") and text.count("::") >= 3


def _part(urn: str, index: int) -> str:
    parts = urn.split("::", 3)
    return parts[index] if len(parts) > index else ""


def stack_of(urn: str) -> str:
    """Returns the stack's name in ``urn``."""
    return _part(urn, 0).rpartition(":")[2]


def qualified_type(urn: str) -> str:
    """Returns the chain of types, ``outermost$…$own``."""
    return _part(urn, 2)


def type_of(urn: str) -> str:
    """Returns the resource's own type."""
    return qualified_type(urn).rpartition("$")[2]


def name_of(urn: str) -> str:
    """Returns the resource's name, which may itself hold ``::``."""
    return _part(urn, 3)


def is_provider_type(type_: str) -> bool:
    """Tells whether ``type_`` is that of a provider resource."""
    return type_.startswith(PROVIDER_TYPE_PREFIX)


def package_of(type_: str) -> str:
    """Returns the package a resource type belongs to, or the one a provider type provides."""
    if is_provider_type(type_):
        return type_.removeprefix(PROVIDER_TYPE_PREFIX)
    return type_.partition(":")[0]


def is_default_provider(urn: str) -> bool:
    """Tells whether ``urn`` is a provider that the engine itself registered."""
    return is_provider_type(type_of(urn)) and name_of(urn).startswith("default")


@dataclasses.dataclass(frozen=True, slots=True)
class ProviderRef:
    """Names one provider resource and one incarnation of it."""

    urn: str
    id: str

    @classmethod
    def parse(cls, text: str) -> ProviderRef:
        """Reads ``URN::ID``; raises ``ValueError`` for anything else."""
        urn, separator, id_ = text.rpartition("::")
        if not separator or not is_urn(urn) or not id_:
            raise ValueError(f"{text!r} is not a provider reference (URN::ID)")
        return cls(urn, id_)

    def __str__(self) -> str:
        return f"{self.urn}::{self.id}"
