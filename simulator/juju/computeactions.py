"""What the charms nova-compute and nova-cloud-controller answer to their actions; they act on the model's Nova."""

from __future__ import annotations

import json
from typing import Any, Protocol

from .charmactions import ActionError, Answer
from .parts import Parts
from .records import Model, Unit
from .store import units_of

REMOVED = "Unit was removed from the cloud"
_BUSY = (
    "This unit can not be removed from the cloud because it's still running VMs. Please remove these VMs or migrate them to "
    "another nova-compute unit"
)


class Nova(Protocol):
    """What a model's Nova is asked directly."""

    def set_enabled(self, host: str, enabled: bool) -> None:
        """Lets the scheduler use a host, or not; KeyError when it has not registered."""

    def unregister(self, host: str) -> None:
        """Deletes the service of a host."""

    def servers_on(self, host: str) -> list[str]:
        """Ids of the servers on a host."""


def disable(parts: Parts, model: Model, unit: Unit, asked: dict[str, Any]) -> dict[str, Any]:
    """Keeps new servers away."""
    return _enabled(parts, model, unit, "disable")


def enable(parts: Parts, model: Model, unit: Unit, asked: dict[str, Any]) -> dict[str, Any]:
    """Lets new servers come."""
    return _enabled(parts, model, unit, "enable")


def remove_from_cloud(parts: Parts, model: Model, unit: Unit, asked: dict[str, Any]) -> dict[str, Any]:
    """Stops the service and takes it out of Nova, unless servers run on it."""
    nova = parts.nova(model)
    host = _host(model, unit)
    if nova and nova.servers_on(host):
        raise ActionError(f"Action remove-from-cloud failed: {_BUSY}")
    unit.state["removed-from-cloud"] = True
    parts.settle.refresh(model, unit.application)  # the service stops first, and then leaves
    if nova:
        nova.unregister(host)
    return {"message": REMOVED}


def register_to_cloud(parts: Parts, model: Model, unit: Unit, asked: dict[str, Any]) -> dict[str, Any]:
    """Starts the service, which registers itself."""
    unit.state.pop("removed-from-cloud", None)
    told = "Nova compute service started. It should get registered with the cloud controller in a short time. Use the "
    return {"command": "openstack compute service list", "message": told + "'openstack' command to verify that it's registered."}


def instance_count(parts: Parts, model: Model, unit: Unit, asked: dict[str, Any]) -> dict[str, Any]:
    """How many servers run on the unit."""
    nova = parts.nova(model)
    return {"instance-count": len(nova.servers_on(_host(model, unit))) if nova else 0}


def node_name(parts: Parts, model: Model, unit: Unit, asked: dict[str, Any]) -> dict[str, Any]:
    """The unit's host as Nova knows it."""
    return {"node-name": _host(model, unit)}


def list_compute_nodes(parts: Parts, model: Model, unit: Unit, asked: dict[str, Any]) -> dict[str, Any]:
    """The unit's host, and all hosts."""
    units = [u for app in model.applications.values() if app.charm == "nova-compute" for u in units_of(model, app.name)]
    nodes = [{"host": _host(model, u), "binary": "nova-compute"} for u in units if "removed-from-cloud" not in u.state]
    return {"node-name": _host(model, unit), "compute-nodes": json.dumps(nodes)}


def archive_data(parts: Parts, model: Model, unit: Unit, asked: dict[str, Any]) -> dict[str, Any]:
    """Archives rows of deleted servers, of which the simulated database keeps none."""
    return {"archive-deleted-rows": "Nothing was archived.\n"}


def purge_data(parts: Parts, model: Model, unit: Unit, asked: dict[str, Any]) -> dict[str, Any]:
    """Purges what was archived: nothing."""
    return {"purge-deleted-rows": "Nothing was purged.\n"}


def _enabled(parts: Parts, model: Model, unit: Unit, action: str) -> dict[str, Any]:
    nova = parts.nova(model)
    if nova:
        try:
            nova.set_enabled(_host(model, unit), action == "enable")
        except KeyError:
            text = f"Compute host {_host(model, unit)} could not be found. (HTTP 404)"
            raise ActionError(f"Action {action} failed: {text}") from None
    return {}


def _host(model: Model, unit: Unit) -> str:
    return model.machines[unit.machine].hostname


ANSWERS: dict[tuple[str, str], Answer] = {
    ("nova-compute", "disable"): disable,
    ("nova-compute", "enable"): enable,
    ("nova-compute", "remove-from-cloud"): remove_from_cloud,
    ("nova-compute", "register-to-cloud"): register_to_cloud,
    ("nova-compute", "instance-count"): instance_count,
    ("nova-compute", "node-name"): node_name,
    ("nova-compute", "list-compute-nodes"): list_compute_nodes,
    ("nova-cloud-controller", "archive-data"): archive_data,
    ("nova-cloud-controller", "purge-data"): purge_data,
}
