"""Values that are secrets by their key, whether or not the program says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

KEYS = frozenset(
    {
        "cloud-init.user-data",
        "cloud-init.vendor-data",
        "core.trust_password",
        "user.user-data",
        "user.vendor-data",
    }
)
"""Config keys whose values tend to hold passwords and keys."""


def veiled(props: Mapping[str, Any]) -> dict[str, Any]:
    """The config among a resource's properties with its secret values marked, so that they are encrypted in the state."""
    config = props.get("config")
    if isinstance(config, Mapping):
        return {"config": _marked(config)}
    if isinstance(config, pulumi.Output):
        return {"config": config.apply(lambda known: pulumi.Output.from_input(_marked(known)) if known else known)}
    return {}


def _marked(config: Mapping[str, Any]) -> dict[str, Any]:
    return {key: pulumi.Output.secret(value) if key in KEYS else value for key, value in config.items()}
