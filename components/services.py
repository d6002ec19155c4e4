"""The optional services made ready: what their charms want done once they are settled, and the proof that they serve.

Owns: Manila's share types and the user of Ceph's dashboard, which go before their service does. Does not own: the applications,
which come with the bundle's overlays; nor what a charm's action makes in the cloud, such as Octavia's own network.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import pulumi

import bundle
from config.services import SERVICES, Action, Service, ServicesSpec, ShareType, WantedImage
from providers import juju, openstack

from ._component import Component


def expected_blocked(plan: bundle.Plan) -> dict[str, str]:
    """By application of a plan, how the message begins with which its charm waits for its action."""
    actions = [action for service in SERVICES.values() for action in service.actions]
    awaited = {action.application: action.awaited for action in actions if action.awaited}
    return {app.name: awaited[app.name] for app in plan.applications if app.name in awaited}


@dataclasses.dataclass(frozen=True, kw_only=True)
class ServicesArgs:
    """The cloud, the model it lives in, its applications' units, and what must stand before a service can be made ready.

    `parts_of` tells what the applications of a service consist of. All that is made for the service depends on that by itself: in
    which order things go follows from what each depends on, not from what stands between.
    """

    cloud: pulumi.Input[str]
    controller: pulumi.Input[str]
    model: juju.Model
    units: Mapping[str, int]
    parts_of: Callable[..., list[pulumi.Resource]]
    ready: list[pulumi.Resource]


class Services(Component):
    """The services that are on. `done` is what waits for all of them, `outputs` what an operator wants to know of them."""

    def __init__(self, name: str, spec: ServicesSpec, args: ServicesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts, args.model)
        self._args = args
        self._parts: list[pulumi.Resource] = []
        self.done: list[pulumi.Resource] = []
        self.outputs: dict[str, Any] = {}
        self._last: Mapping[str, list[pulumi.Resource]] = {}
        for switch, service in spec.on():
            self._parts = args.parts_of(*service.applications)
            before = [step for other in service.needs for step in self._last.get(other, [])]
            self._last = {**self._last, switch: self._made_ready(switch, service, [*args.ready, *before])}
        self.register_outputs({"services": list(self._last)})

    def _made_ready(self, switch: str, service: Service, after: list[pulumi.Resource]) -> list[pulumi.Resource]:
        """Images, one action after another, charms back at work; then the look, and what is made in a service that answers."""
        after = [self._image(image, after) for image in service.images] or after
        for action in service.actions:
            after = [self._action(switch, action, after)]
        after = [self._settled(action, after) for action in service.actions if action.awaited] or after
        checks: list[pulumi.Resource] = [self._catalogued(kind, after) for kind in service.catalogue]
        made: list[pulumi.Resource] = [self._share_type(kind, checks) for kind in service.share_types]
        if service.dashboard_user:
            made.append(self._dashboard_user(service.dashboard_user, after))
        done = [*checks, *made] or after
        self.done += done
        return done

    def _after(self, others: list[pulumi.Resource]) -> pulumi.ResourceOptions:
        return self.child(depends_on=[*self._parts, *others])

    def _action(self, switch: str, action: Action, after: list[pulumi.Resource]) -> juju.Action:
        return juju.Action(
            f"{switch}-{action.name}",
            unit=f"{action.application}/leader",
            name=action.name,
            parameters=dict(action.parameters) or None,
            controller=self._args.controller,
            model=self._args.model.id,
            opts=self._after(after),
        )

    def _settled(self, action: Action, after: list[pulumi.Resource]) -> juju.Settled:
        """The charm waits for nobody any more."""
        return juju.Settled(
            action.application,
            applications={action.application: self._args.units[action.application]},
            controller=self._args.controller,
            model=self._args.model.id,
            opts=self._after(after),
        )

    def _catalogued(self, kind: str, after: list[pulumi.Resource]) -> openstack.ServiceCheck:
        return openstack.ServiceCheck(kind, type=kind, cloud=self._args.cloud, opts=self._after(after))

    def _image(self, image: WantedImage, after: list[pulumi.Resource]) -> openstack.CharmImage:
        opts = self._after(after)
        return openstack.CharmImage(
            image.name,
            application=image.application,
            action=image.action,
            tag=image.tag,
            prefix=image.prefix,
            cloud=self._args.cloud,
            opts=opts,
        )

    def _share_type(self, kind: ShareType, after: list[pulumi.Resource]) -> openstack.ShareType:
        specs = dict(kind.extra_specs)
        opts = self._after(after)
        return openstack.ShareType(kind.name, name=kind.name, extra_specs=specs, cloud=self._args.cloud, opts=opts)

    def _dashboard_user(self, name: str, after: list[pulumi.Resource]) -> openstack.CephDashboardUser:
        user = openstack.CephDashboardUser(
            f"ceph-dashboard-{name}",
            username=name,
            controller=self._args.controller,
            model=self._args.model.id,
            opts=self._after(after),
        )
        self.outputs["ceph_dashboard"] = {"url": user.url, "user": name, "password": pulumi.Output.secret(user.password)}
        return user
