"""An image that a charm's action brings: Ubuntu's, synced, or that of load balancers, made of one of those.

Owns: that there is one. One that is there already is as good, and none is taken away: other things in the cloud may run on it,
and what the charm brings later has other names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pydantic

from clients import openstack

from .._base import Found, Made, Props, Resource
from . import _login, _tasks
from ._cloud import CloudProvider, OnCloud
from ._vocabulary import Name


class CharmImageInputs(OnCloud):
    """An image by a tag, or by how its name begins.

    Attributes:
        application: whose leader runs the action.
        action: brings the image when there is none.
        tag: one of the image's.
        prefix: how its name begins.
        timeout: seconds that the action may take.
    """

    application: Name
    action: Name
    tag: str = ""
    prefix: str = ""
    timeout: float = 3600

    @pydantic.model_validator(mode="after")
    def _known(self) -> CharmImageInputs:
        if not self.tag and not self.prefix:
            raise ValueError("say tag or prefix: without them any image would do")
        return self


class CharmImageProvider(CloudProvider[CharmImageInputs]):
    """Images by what they are known by; without one the action runs again."""

    inputs = CharmImageInputs
    computed = ("image",)
    replace_on = frozenset({"cloud", "tag", "prefix"})

    def make(self, inputs: CharmImageInputs) -> Made:
        cloud = self.cloud(inputs.cloud)
        if _newest(cloud, inputs) is None:
            place = _login.Place.parse(inputs.cloud)
            model = self.controller(place.controller or None).model(place.model)
            _tasks.run(model, f"{inputs.application}/leader", inputs.action, seconds=inputs.timeout)
        what = "an active image " + (f"with the tag {inputs.tag}" if inputs.tag else f"named {inputs.prefix}…")
        image = cloud.wait(f"{what} after {inputs.action}", lambda: _newest(cloud, inputs), bool, seconds=inputs.timeout)
        return Made(id=inputs.tag or inputs.prefix, outputs={"image": image})

    def look(self, id_: str, old: Props, cloud: openstack.Cloud) -> Found | None:
        inputs = self.parse(old)
        found = _newest(cloud, inputs)
        return None if found is None else Found(inputs={"tag": inputs.tag, "prefix": inputs.prefix}, outputs={"image": found})

    def change(self, id_: str, old: Props, inputs: CharmImageInputs) -> Mapping[str, Any]:
        """Another application or action would bring the next one; this one is there."""
        return {"image": old["image"]}

    def end(self, id_: str, old: Props, cloud: openstack.Cloud) -> None:
        """The images stay."""


def _newest(cloud: openstack.Cloud, inputs: CharmImageInputs) -> str | None:
    """The name of the image that Glance got last; its lists begin with that."""
    found = cloud.images.list(status="active", **({"tag": inputs.tag} if inputs.tag else {}))
    return next((image.name for image in found if image.name.startswith(inputs.prefix)), None)


class CharmImage(Resource, module="openstack", name="CharmImage"):
    """An image that a charm brought."""

    provider_class = CharmImageProvider
    image: pulumi.Output[str]
    """The name of the newest one."""

    def __init__(
        self,
        resource_name: str,
        *,
        application: pulumi.Input[str],
        action: pulumi.Input[str],
        tag: pulumi.Input[str] = "",
        prefix: pulumi.Input[str] = "",
        cloud: pulumi.Input[str] = "",
        timeout: pulumi.Input[float] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {key: value for key, value in locals().items() if key in CharmImageInputs.model_fields}
        super().__init__(resource_name, given, opts)
