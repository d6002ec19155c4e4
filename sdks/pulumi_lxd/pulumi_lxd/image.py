"""Images on LXD servers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict, Unpack

import pulumi

from providers import lxd

from . import _inputs, _sdk


class ImageArgsDict(TypedDict, total=False):
    """The arguments of Image."""

    aliases: _inputs.Texts | None
    project: _inputs.Text | None
    remote: _inputs.Text | None
    source_image: pulumi.Input[_inputs.ImageSourceImageArgs] | Mapping[str, object] | None
    source_instance: pulumi.Input[_inputs.ImageSourceInstanceArgs] | Mapping[str, object] | None


class ImageArgs(_sdk.Arguments, of=ImageArgsDict):
    """The arguments of Image as an object."""

    def __init__(self, **given: Unpack[ImageArgsDict]) -> None:
        super().__init__(given)


class Image(lxd.Image, module="lxd", name="Image"):
    """An image, copied from another server or made of an instance."""

    def __init__(
        self,
        resource_name: str,
        args: ImageArgs | pulumi.ResourceOptions | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **given: Unpack[ImageArgsDict],
    ) -> None:
        super().__init__(resource_name, *_sdk.taken(ImageArgs, args, opts, given))
