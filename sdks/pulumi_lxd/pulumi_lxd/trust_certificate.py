"""Certificates that LXD trusts."""

from __future__ import annotations

from typing import TypedDict, Unpack

import pulumi

from providers import lxd

from . import _inputs, _sdk


class TrustCertificateArgsDict(TypedDict, total=False):
    """The arguments of TrustCertificate."""

    content: _inputs.Text | None
    name: _inputs.Text | None
    path: _inputs.Text | None
    projects: _inputs.Texts | None
    remote: _inputs.Text | None
    type: _inputs.Text | None


class TrustCertificateArgs(_sdk.Arguments, of=TrustCertificateArgsDict):
    """The arguments of TrustCertificate as an object."""

    def __init__(self, **given: Unpack[TrustCertificateArgsDict]) -> None:
        super().__init__(given)


class TrustCertificate(lxd.TrustCertificate, module="lxd", name="TrustCertificate"):
    """A trusted certificate."""

    def __init__(
        self,
        resource_name: str,
        args: TrustCertificateArgs | pulumi.ResourceOptions | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **given: Unpack[TrustCertificateArgsDict],
    ) -> None:
        super().__init__(resource_name, *_sdk.taken(TrustCertificateArgs, args, opts, given))
