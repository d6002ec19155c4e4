"""The way into the cloud: where Keystone is, with which certificate authority, and the files that people use it by.

Owns: clouds.yaml and openrc, when the site names a directory for them; they go when the cloud goes. Does not own: the
administrator's password, which is Keystone's and is asked for when it is needed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import pulumi

from config.operations import AccessSpec
from providers import juju, openstack

from ._component import Component


@dataclasses.dataclass(frozen=True, kw_only=True)
class AccessArgs:
    """Where the cloud lives, and what must stand before it can be asked.

    `triggers` are what a new password or a new certificate comes from; the files are then written anew.
    """

    controller: pulumi.Input[str]
    model: juju.Model
    ready: list[pulumi.Resource]
    triggers: list[pulumi.Input[str]] = dataclasses.field(default_factory=list)


class Access(Component):
    """The cloud as its administrator reaches it. `id` is what all resources in it name as their `cloud`."""

    def __init__(self, name: str, spec: AccessSpec, args: AccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.resource = openstack.CloudAccess(
            spec.name,
            name=spec.name,
            controller=args.controller,
            model=args.model.id,
            region=spec.region,
            files=spec.directory,
            triggers=args.triggers or None,
            opts=self.child(depends_on=args.ready),
        )
        self.id = self.resource.id
        self.register_outputs({"auth_url": self.resource.auth_url})

    @property
    def outputs(self) -> Mapping[str, Any]:
        """What the stack exports of it; password, clouds.yaml and openrc are secrets."""
        found = self.resource
        return {
            "auth_url": found.auth_url,
            "horizon": found.horizon_url,
            "endpoints": found.endpoints,
            "clouds_yaml": pulumi.Output.secret(found.clouds_yaml),
            "openrc": pulumi.Output.secret(found.openrc),
        }
