"""Tokens for LXD's trust."""

from __future__ import annotations

from typing import TypedDict, Unpack

import pulumi

from providers import lxd

from . import _inputs, _sdk


class TrustTokenArgsDict(TypedDict, total=False):
    """The arguments of TrustToken."""

    name: _inputs.Text | None
    projects: _inputs.Texts | None
    remote: _inputs.Text | None
    trigger: _inputs.Text | None


class TrustTokenArgs(_sdk.Arguments, of=TrustTokenArgsDict):
    """The arguments of TrustToken as an object."""

    def __init__(self, **given: Unpack[TrustTokenArgsDict]) -> None:
        super().__init__(given)


class TrustToken(lxd.TrustToken, module="lxd", name="TrustToken"):
    """A token by which a client gains trust."""

    def __init__(
        self,
        resource_name: str,
        args: TrustTokenArgs | pulumi.ResourceOptions | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **given: Unpack[TrustTokenArgsDict],
    ) -> None:
        super().__init__(resource_name, *_sdk.taken(TrustTokenArgs, args, opts, given))
