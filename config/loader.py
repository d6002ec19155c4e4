"""Reads the site from the stack's configuration; the one place that knows of `pulumi.Config`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pulumi

from .errors import Problem, SiteError
from .site import SiteSpec, parse

KEY = "site"


def load() -> SiteSpec:
    """The site of the current stack.

    Raises:
        SiteError: when it is missing or wrong; all problems at once.
    """
    return parse(raw())


def raw() -> Mapping[str, Any]:
    """The site as it stands in the stack's configuration, secrets decrypted.

    It is read below `pulumi.Config`, which warns of every structured value that holds a secret; ours are typed as secrets.
    """
    full = f"{pulumi.get_project()}:{KEY}"
    text = pulumi.runtime.get_config(full)
    if text is None:
        stack = pulumi.get_stack()
        raise SiteError([Problem(full, "", f"is missing from Pulumi.{stack}.yaml; copy Pulumi.lab.yaml and edit it")])
    try:
        value: Mapping[str, Any] = json.loads(text)
    except ValueError as error:
        raise SiteError([Problem(full, "", f"is not a structured value: {error}")]) from None
    return value
