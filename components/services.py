"""The optional services made ready: what their charms want done once they are settled, and the proof that clients find them.

Does not own: their applications, which come with the bundle's overlays.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import pulumi

from config.services import Action, Service, ServicesSpec
from providers import juju, openstack

from ._component import Component


@dataclasses.dataclass(frozen=True, kw_only=True)
class ServicesArgs:
    """The cloud, the model it lives in, and what must stand before a service can be made ready."""

    cloud: pulumi.Input[str]
    controller: pulumi.Input[str]
    model: juju.Model
    ready: list[pulumi.Resource]


class Services(Component):
    """The services that are on. `done` is what waits for all of them."""

    def __init__(self, name: str, spec: ServicesSpec, args: ServicesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._args = args
        self.done: list[pulumi.Resource] = []
        self._last: Mapping[str, list[pulumi.Resource]] = {}
        for switch, service in spec.on():
            before = [step for other in service.needs for step in self._last.get(other, [])]
            self._last = {**self._last, switch: self._made_ready(switch, service, before)}
        self.register_outputs({"services": list(self._last)})

    def _made_ready(self, switch: str, service: Service, before: list[pulumi.Resource]) -> list[pulumi.Resource]:
        """One action after another, then the look into the catalogue."""
        steps = [*self._args.ready, *before]
        for action in service.actions:
            steps = [self._action(switch, action, steps)]
        found: list[pulumi.Resource] = [self._catalogued(kind, steps) for kind in service.catalogue]
        done = found or steps
        self.done += done
        return done

    def _action(self, switch: str, action: Action, after: list[pulumi.Resource]) -> juju.Action:
        return juju.Action(
            f"{switch}-{action.name}",
            unit=f"{action.application}/leader",
            name=action.name,
            parameters=dict(action.parameters) or None,
            controller=self._args.controller,
            model=self._args.model.id,
            opts=self.child(depends_on=after, deleted_with=self._args.model),
        )

    def _catalogued(self, kind: str, after: list[pulumi.Resource]) -> openstack.ServiceCheck:
        return openstack.ServiceCheck(
            kind,
            type=kind,
            cloud=self._args.cloud,
            opts=self.child(depends_on=after, deleted_with=self._args.model),
        )
