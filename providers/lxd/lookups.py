"""Lookups with the settings of the running program: what the functions of `pulumi_lxd` are made of."""

from __future__ import annotations

import pulumi

from ._explicit import Explicit
from ._lookups import Result, image, info, instance, network, profile, project, storage_pool
from ._remotes import Remotes

__all__ = ["Result", "image", "info", "instance", "network", "profile", "project", "remotes", "storage_pool"]


def remotes(opts: pulumi.InvokeOptions | None) -> Remotes:
    """The servers of the provider among the options, else of the stack's configuration."""
    provider = opts.provider if opts else None
    explicit = provider.settings if isinstance(provider, Explicit) else None
    return Remotes.of(pulumi.runtime.get_config, explicit)
