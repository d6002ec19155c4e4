"""Asking a provider what has changed, with the engine's own comparison behind it."""

from __future__ import annotations

import dataclasses

from engine import diff, property_path, values
from engine.provider.interface import Provider
from engine.state import Resource


async def compare(provider: Provider, old: Resource, urn: str, inputs: values.PropertyMap, ignore: list[str]) -> diff.Diff:
    """Returns the provider's diff; where it does not know, inputs are compared here."""
    found = await provider.diff(old, urn, inputs, ignore)
    if found.changes is not diff.Changes.UNKNOWN:
        return found
    news, _ = property_path.reset_ignored(inputs, old.inputs, ignore)
    compared = diff.compare_inputs(old.inputs, news)
    return dataclasses.replace(found, changes=compared.changes, changed_keys=compared.changed_keys, detailed=compared.detailed)
