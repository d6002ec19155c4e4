"""What the controller believes of agents: statuses as people see them, from records and from who still answers."""

from __future__ import annotations

from .records import Machine, Model, RemoteApplication, Status, Unit
from .store import Store, relations_of, units_of

SEVERITY = ("error", "blocked", "maintenance", "waiting", "active", "terminated", "unknown")


def machine_agent(store: Store, machine: Machine) -> Status:
    """A machine agent's status: "down" when a started agent doesn't answer."""
    if machine.started and (not machine.present or store.lost(machine.id, machine.hostname)):
        return Status(status="down", info="agent is not communicating with the server", since=machine.agent.since)
    return machine.agent


def unit_statuses(store: Store, model: Model, unit: Unit) -> tuple[Status, Status]:
    """A unit's workload and agent status.

    A failed hook shows as workload error while the agent is idle; an agent that doesn't answer makes both unknown.
    """
    machine = model.machines[unit.machine]
    host = model.machines.get(machine.parent, machine)
    if machine.started and (
        not (machine.present and host.present) or store.lost(unit.name, unit.application, machine.id, machine.hostname)
    ):
        advice = f"agent lost, see 'juju show-status-log {unit.name}'"
        return (
            Status(status="unknown", info=advice, since=unit.workload.since),
            Status(status="lost", info="agent is not communicating with the server", since=unit.agent.since),
        )
    if unit.failed:
        hook = unit.failed.partition(" ")[0]
        error = Status(status="error", info=f'hook failed: "{hook}"', since=unit.agent.since, data={"hook": hook})
        return error, Status(status="idle", since=unit.agent.since)
    return unit.workload, unit.agent


def application_status(store: Store, model: Model, name: str) -> Status:
    """The worst of its units' workloads; "unknown" without units, or a subordinate's wait for a principal."""
    units = units_of(model, name)
    app = model.applications[name]
    if not units:
        waits = app.subordinate and not any(r.container_scoped for r in relations_of(model, name))
        return Status(status="unknown", info="waiting for principal" if waits else "", since=app.created)
    found = [unit_statuses(store, model, unit)[0] for unit in units]
    return min(found, key=lambda s: SEVERITY.index(s.status))


def remote_status(store: Store, remote: RemoteApplication) -> Status:
    """The status of the offered application, "terminated" when its offer is gone."""
    source = store.find_model(remote.source_model)
    offer = next((o for o in source.offers.values() if o.uuid == remote.offer_uuid), None) if source else None
    if source is None or offer is None or offer.application not in source.applications:
        return Status(status="terminated", info="offer has been removed")
    return application_status(store, source, offer.application)
