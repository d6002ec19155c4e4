"""What the bundle's plan says of an application, as Juju's resources take it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

import pulumi

import bundle

SECRET = re.compile(r"passw|passphrase|private-key|ssl_key|ssl-key|secret|token")
"""Options of charms whose values nobody may read in the state."""


def application(app: bundle.ApplicationPlan) -> dict[str, Any]:
    """The inputs of an application without units; options that hold a secret are one."""
    storage = {name: dataclasses.asdict(directive) for name, directive in app.storage.items()}
    return {
        "name": app.name,
        "charm": app.charm,
        "channel": app.channel,
        "revision": app.revision,
        "base": app.base,
        "options": pulumi.Output.secret(dict(app.options)) if hidden(app) else given(app.options),
        "constraints": given(app.constraints),
        "bindings": given(app.bindings),
        "expose": _exposed(app.expose),
        "trust": app.trust,
        "storage": given(storage),
        "resources": given(app.resources),
        "annotations": given(app.annotations),
        "subordinate": app.subordinate,
    }


def hidden(app: bundle.ApplicationPlan) -> bool:
    """Whether an option holds a secret."""
    return any(SECRET.search(option) for option in app.options)


def given(values: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the bundle says, None where it says nothing: then it isn't ours to manage."""
    return dict(values) or None


def _exposed(endpoints: Mapping[str, bundle.Exposure] | None) -> dict[str, Any] | None:
    if endpoints is None:
        return None
    return {name: {"cidrs": list(exposure.cidrs), "spaces": list(exposure.spaces)} for name, exposure in endpoints.items()}
