"""A provider of its own settings, for programs that don't take them from the stack's configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, Unpack

import pulumi

from providers.lxd import Explicit

from . import _inputs, _sdk


class ProviderArgsDict(TypedDict, total=False):
    """The arguments of Provider."""

    default_remote: _inputs.Text | None
    remotes: Sequence[_inputs.ProviderRemoteArgs | Mapping[str, Any]] | None


class ProviderArgs(_sdk.Arguments, of=ProviderArgsDict):
    """The arguments of Provider as an object."""

    def __init__(self, **given: Unpack[ProviderArgsDict]) -> None:
        super().__init__(given)


class Provider(Explicit):
    """LXD servers by name; give it to resources as `opts=pulumi.ResourceOptions(provider=…)`."""

    def __init__(
        self,
        resource_name: str,
        args: ProviderArgs | pulumi.ResourceOptions | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **given: Unpack[ProviderArgsDict],
    ) -> None:
        settings, _ = _sdk.taken(ProviderArgs, args, opts, given)
        remotes = [_remote(remote) for remote in settings.pop("remotes", [])]
        super().__init__({**settings, "remotes": remotes})


def _remote(given: _inputs.ProviderRemoteArgs | Mapping[str, Any]) -> dict[str, Any]:
    return dict(given) if isinstance(given, Mapping) else pulumi._types.input_type_to_dict(given)
