"""Lookups with the settings of the running program: what the functions of `pulumi_lxd` are made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, ParamSpec

import pulumi

from clients.errors import ClientError

from .._base import ExpectedError
from . import _lookups
from ._explicit import Explicit, has_outputs
from ._lookups import Result
from ._remotes import Remotes

P = ParamSpec("P")


def _asked(lookup: Callable[Concatenate[Remotes, P], Result]) -> Callable[Concatenate[pulumi.InvokeOptions | None, P], Result]:
    """A lookup that takes its servers from the options or the stack, and ends the program with one line when it fails."""

    def ask(opts: pulumi.InvokeOptions | None, /, *args: P.args, **kwargs: P.kwargs) -> Result:
        provider = opts.provider if opts else None
        explicit = provider.settings if isinstance(provider, Explicit) else None
        if has_outputs(explicit):
            raise pulumi.RunError("a lookup needs a Provider whose settings are known; outputs are known to resources only")
        try:
            return lookup(Remotes.of(pulumi.runtime.get_config, explicit), *args, **kwargs)
        except (ClientError, ExpectedError) as error:
            raise pulumi.RunError(str(error)) from error

    return ask


info = _asked(_lookups.info)
instance = _asked(_lookups.instance)
network = _asked(_lookups.network)
profile = _asked(_lookups.profile)
project = _asked(_lookups.project)
storage_pool = _asked(_lookups.storage_pool)
image = _asked(_lookups.image)
