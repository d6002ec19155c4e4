"""A provider made by the program, in place of the stack's configuration.

The engine knows nothing of it: a provider that the engine knows is a plugin binary, and there is none. It stays in the program,
and its settings go to the provider host inside the resource's serialised provider, encrypted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

PACKAGE = "lxd"


class Explicit(pulumi.ProviderResource):
    """Settings of LXD servers; `settings` has the keys of the `lxd:` namespace: remotes, default_remote."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        super().__init__(PACKAGE, "", {}, None, dependency=True)
        self.settings = settings
        reference = pulumi.Output.from_input("explicit")
        self.__dict__["urn"], self.__dict__["id"] = reference, reference


def chosen(opts: pulumi.ResourceOptions | None) -> Explicit | None:
    """The provider that a resource of these options uses: its own, one of its own list, or its parent's."""
    if opts is None:
        return None
    offered = [opts.provider, *_each(opts.providers)]
    if opts.parent is not None:
        offered.append(opts.parent.get_provider(f"{PACKAGE}:index:Any"))
    return next((provider for provider in offered if isinstance(provider, Explicit)), None)


def known(settings: Any) -> Any:
    """Settings with the values of the program's outputs in their place, as they are inside the provider host."""
    if isinstance(settings, Mapping):
        return {key: known(value) for key, value in settings.items()}
    if isinstance(settings, list):
        return [known(value) for value in settings]
    return settings.get() if isinstance(settings, pulumi.Output) else settings


def has_outputs(settings: Any) -> bool:
    """Whether some of the settings are outputs, which a program can't look into."""
    values = list(settings.values()) if isinstance(settings, Mapping) else settings if isinstance(settings, list) else []
    return isinstance(settings, pulumi.Output) or any(has_outputs(value) for value in values)


def _each(
    providers: Mapping[str, pulumi.ProviderResource] | Sequence[pulumi.ProviderResource] | None,
) -> Sequence[pulumi.ProviderResource]:
    return list(providers.values()) if isinstance(providers, Mapping) else list(providers or [])
