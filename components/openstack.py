"""OpenStack: the bundle's machines, containers, applications, units and integrations, each a tracked resource.

Does not own: the order in which charms settle, which is theirs; `Settled` waits for that. Applications, units and integrations
leave with their model, in one call.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Set
from typing import Any

import pulumi

import bundle
from config.vault import VaultSpec
from providers import juju, maas, openstack

from . import juju_inputs, services, upgrades, vault
from ._component import Component
from .placement import Placement


@dataclasses.dataclass(frozen=True, kw_only=True)
class OpenStackArgs:
    """The controller and model to deploy in, the MAAS machines by hostname, and who keeps the VMs among them on.

    `keep_on` takes a hostname and what must stand first; the model can't settle before what it returns. `vault` says how Vault,
    where the bundle has one, is brought into service; when nothing is said, a person does that. `sizes` are those of the VMs
    among the machines, by hostname.
    """

    controller: pulumi.Input[str]
    model: juju.Model
    machines: Mapping[str, maas.Machine]
    keep_on: Callable[[str, list[pulumi.Resource]], list[pulumi.Resource]]
    release: str = "caracal"
    vault: VaultSpec = dataclasses.field(default_factory=lambda: VaultSpec(manage=False))
    sizes: Mapping[str, str] = dataclasses.field(default_factory=dict)


class OpenStack(Component):
    """The expanded bundle in a model."""

    def __init__(
        self,
        name: str,
        plan: bundle.Plan,
        placement: Placement,
        args: OpenStackArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        self._plan, self._hosts, self._args = plan, placement.hosts, args
        self.release = self._release()
        self._before: list[pulumi.Resource] = [self.release]
        self.applications = {app.name: self._application(app) for app in upgrades.in_order(plan)}
        self.machines = {machine.key: self._machine(machine) for machine in plan.machines}
        hosts = {key: (placement.hosts[key], machine) for key, machine in self.machines.items()}
        self._powered = {key: args.keep_on(host, [machine]) for key, (host, machine) in hosts.items()}
        self.machines |= {container.key: self._container(container) for container in plan.containers}
        self.units = {unit.key: self._unit(unit) for unit in plan.units}
        self.consumed = {saas.name: self._consume(saas) for saas in plan.saas}
        self.offers = [self._offer(offer) for offer in plan.offers]
        self.integrations = {integration.key: self._integration(integration) for integration in plan.integrations}
        self.vault = self._vault()
        self.settled = self._settled(name)
        self.register_outputs({"units": self.settled.units})

    def _machine(self, machine: bundle.MachinePlan) -> juju.Machine:
        """A machine that MAAS has Ready, taken by its own id, so that site and model agree on which is which."""
        host = self._hosts[machine.key]
        known = self._args.machines[host]
        return juju.Machine(
            host,
            name=host,
            base=machine.base,
            constraints=dict(machine.constraints) or None,
            placement=pulumi.Output.concat("system-id=", known.id),
            controller=self._args.controller,
            model=self._args.model.id,
            opts=self._gone_with_model(depends_on=[known]),
        )

    def _container(self, container: bundle.ContainerPlan) -> juju.Machine:
        """A container with an address in each space of its unit; its constraints count when it is made, so none replaces it."""
        return juju.Machine(
            container.key,
            name=container.key,
            base=container.base,
            constraints=juju_inputs.given(container.constraints),
            parent=self.machines[container.host].id,
            container_type=container.container_type,
            controller=self._args.controller,
            model=self._args.model.id,
            opts=self._gone_with_model(ignore_changes=["constraints"]),
        )

    def _release(self) -> openstack.Release:
        """Lets through one release after another only, before anything changes."""
        charms = {app.charm: app.name for app in self._plan.applications}
        return openstack.Release(
            "release",
            release=self._args.release,
            sequence=list(bundle.TRACKS),
            monitors=charms.get("ceph-mon", ""),
            database=charms.get("mysql-innodb-cluster", ""),
            nova=charms.get("nova-cloud-controller", ""),
            controller=self._args.controller,
            model=self._args.model.id,
            opts=self._gone_with_model(),
        )

    def _application(self, app: bundle.ApplicationPlan) -> juju.Application:
        """The application without units: those are resources of their own. Each changes when the one before it is through."""
        hidden = ["options"] if juju_inputs.hidden(app) else None
        made = juju.Application(
            app.name,
            **juju_inputs.application(app),
            wait_idle=True,
            controller=self._args.controller,
            model=self._args.model.id,
            opts=self._gone_with_model(depends_on=self._before, additional_secret_outputs=hidden),
        )
        self._before = [made]
        return made

    def _unit(self, unit: bundle.UnitPlan) -> juju.Unit:
        return juju.Unit(
            unit.key,
            application=self.applications[unit.application].name,
            machine=self.machines[unit.machine].id,
            controller=self._args.controller,
            model=self._args.model.id,
            opts=self._gone_with_model(),
        )

    def _integration(self, integration: bundle.IntegrationPlan) -> juju.Integration:
        ends = integration.endpoints
        known: dict[str, pulumi.Resource] = {**self.applications, **self.consumed}
        applications = [known[end.application] for end in ends if end.application in known]
        return juju.Integration(
            integration.key,
            endpoints=[f"{end.application}:{end.endpoint}" for end in ends],
            controller=self._args.controller,
            model=self._args.model.id,
            opts=self._gone_with_model(depends_on=applications),
        )

    def _consume(self, saas: bundle.SaasPlan) -> juju.Consume:
        """An offer of another model, by the name that the bundle gives it."""
        return juju.Consume(
            saas.name,
            name=saas.name,
            offer_url=saas.url,
            controller=self._args.controller,
            model=self._args.model.id,
            opts=self._gone_with_model(),
        )

    def _offer(self, plan: bundle.OfferPlan) -> juju.Offer:
        """What other models may use; Juju refuses to end a model with offers in use, so that they go before it."""
        return juju.Offer(
            plan.offer.name,
            name=plan.offer.name,
            application=self.applications[plan.application].name,
            endpoints=list(plan.offer.endpoints),
            acl=juju_inputs.given(plan.offer.acl),
            controller=self._args.controller,
            model=self._args.model.id,
            opts=self.child(),
        )

    def _vault(self) -> vault.Vault | None:
        """Vault, as soon as it and its database are on their way; the rest of the model goes on settling meanwhile."""
        if vault.APPLICATION not in self.applications or not self._args.vault.manage:
            return None
        needs = vault.needs(self._plan)
        machines = {unit.machine for unit in needs.units}
        hosts = machines | {container.host for container in self._plan.containers if container.key in machines}
        units: list[pulumi.Resource] = [self.units[unit.key] for unit in needs.units]
        units += [self.integrations[integration.key] for integration in needs.integrations]
        units += [power for host in hosts for power in self._powered.get(host, [])]
        own = [unit for unit in needs.units if unit.application == vault.APPLICATION]
        args = vault.VaultArgs(
            controller=self._args.controller,
            model=self._args.model,
            count=self._plan.unit_counts()[vault.APPLICATION],
            units=units,
            spec=self._args.vault,
            hosts={**self._sizes({unit.machine for unit in own}), **{unit.key: self.units[unit.key].id for unit in own}},
        )
        return vault.Vault("vault", args, self.child())

    def _sizes(self, places: Set[str]) -> dict[str, str]:
        """The sizes of the VMs that machines or containers of the bundle are in, by hostname."""
        keys = {container.host for container in self._plan.containers if container.key in places} | places
        hosts = sorted(self._hosts[key] for key in keys if key in self._hosts)
        return {host: self._args.sizes[host] for host in hosts if host in self._args.sizes}

    def _settled(self, name: str) -> juju.Settled:
        """The whole model; what waits for a person is expected to."""
        powered = [power for powers in self._powered.values() for power in powers]
        everything: list[pulumi.Resource] = [*self.machines.values(), *self.units.values(), *self.integrations.values(), *powered]
        everything += self.vault.done if self.vault else []
        return juju.Settled(
            name,
            applications=self._plan.unit_counts(),
            machines=len(self.machines),
            expected_blocked=self._expected_blocked(),
            triggers=[upgrades.digest(self._plan), *vault.occasions(self._args.vault)],
            controller=self._args.controller,
            model=self._args.model.id,
            opts=self._gone_with_model(depends_on=everything),
        )

    def parts_of(self, *names: str) -> list[pulumi.Resource]:
        """The applications of these names, and those whose names begin with one and a hyphen; their units and integrations."""
        mine = {app for app in self.applications if any(app == name or app.startswith(f"{name}-") for name in names)}
        units = [self.units[unit.key] for unit in self._plan.units if unit.application in mine]
        joins = [i for i in self._plan.integrations if any(end.application in mine for end in i.endpoints)]
        return [*(self.applications[name] for name in sorted(mine)), *units, *(self.integrations[join.key] for join in joins)]

    def _expected_blocked(self) -> dict[str, str]:
        """Who may wait for somebody when all has settled: Vault for a person, others for what is then done for them."""
        sealed = vault.expected_blocked(self._args.vault) if vault.APPLICATION in self.applications else {}
        return {**sealed, **services.expected_blocked(self._plan)}

    def _gone_with_model(self, **options: Any) -> pulumi.ResourceOptions:
        return self.child(deleted_with=self._args.model, **options)
