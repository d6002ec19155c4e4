"""Juju's cloud: MAAS as Juju calls it, the controller on it, and the model that OpenStack lives in.

Owns: cloud, credential, controller, model and SSH keys. Does not own: the machine under the controller, which is a VM of the
Controller component; nor what runs in the model.
"""

from __future__ import annotations

import dataclasses

import pulumi

from config.juju import JujuSpec
from providers import juju

from ._component import Component


@dataclasses.dataclass(frozen=True, kw_only=True)
class JujuCloudArgs:
    """How the controller finds its machine, on what base, and what must be there first."""

    base: str
    bootstrap_tags: tuple[str, ...]
    space: str | None
    machines_ready: list[pulumi.Resource]


class JujuCloud(Component):
    """The bootstrapped controller and its model."""

    def __init__(self, name: str, spec: JujuSpec, args: JujuCloudArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        cloud = juju.Cloud(spec.cloud, name=spec.cloud, type="maas", endpoint=spec.endpoint, opts=self.child())
        credential = juju.Credential(
            spec.credential, name=spec.credential, cloud=cloud.name, attributes_from="maas", opts=self.child()
        )
        self.controller = juju.Controller(
            spec.controller,
            name=spec.controller,
            cloud=cloud.name,
            credential=credential.name,
            bootstrap_base=args.base,
            bootstrap_constraints={"tags": list(args.bootstrap_tags)},
            config=dict(spec.bootstrap_config) or None,
            opts=self.child(depends_on=args.machines_ready),
        )
        self.model = juju.Model(
            spec.model,
            name=spec.model,
            controller=self.controller.name,
            cloud=cloud.name,
            credential=credential.name,
            config=self._model_config(spec, args),
            constraints=dict(spec.constraints) or None,
            opts=self.child(),
        )
        for index, payload in enumerate(spec.ssh_keys):
            juju.SshKey(
                f"{spec.model}-{index}",
                controller=self.controller.name,
                model=self.model.id,
                payload=payload,
                opts=self.child(deleted_with=self.model),
            )
        self.register_outputs({"controller": self.controller.name, "model": self.model.uuid})

    def _model_config(self, spec: JujuSpec, args: JujuCloudArgs) -> dict[str, object]:
        """MAAS has no space called alpha, so the model must be told which one is the default."""
        wanted: dict[str, object] = {"default-base": args.base}
        if args.space:
            wanted["default-space"] = args.space
        return {**wanted, **spec.model_config_}
