"""Machines and containers of a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from . import naming, replies


class Machines:
    """Adds, retries and removes machines."""

    def __init__(self, call: replies.Call, model: str) -> None:
        self._call = call
        self._model = model

    def add(
        self, *, base: str | None, constraints: Mapping[str, Any], placement: str | None = None, disks: Sequence[Any] = ()
    ) -> str:
        """Asks for a machine and returns its id; it is provisioned later.

        Args:
            base: such as `ubuntu@24.04/stable`; None leaves it to the model.
            constraints: in wire form; mem and root-disk in MiB.
            placement: what the cloud understands: `system-id=abc123`, `zone=az1`, or a host name.
            disks: storage directives in wire form.
        """
        where = None if placement is None else {"scope": self._model, "directive": placement}
        return self._add(base, constraints, where, disks)

    def add_container(self, *, parent: str, container_type: str, base: str | None, constraints: Mapping[str, Any]) -> str:
        """Asks for a container on a machine and returns its id, such as `0/lxd/1`."""
        return self._add(base, constraints, {"scope": container_type, "directive": parent}, ())

    def retry(self, ids: Sequence[str]) -> None:
        """Asks for another try at provisioning machines that could not be provisioned."""
        params = {"all": False, "machines": [naming.machine_tag(i) for i in ids]}
        replies.checked(self._call("MachineManager", "RetryProvisioning", params), f"provisioning {', '.join(ids)} again")

    def destroy(self, id_: str, *, force: bool = False, max_wait: float = 60) -> None:
        """Asks for a machine's end.

        Args:
            id_: the machine or container.
            force: whether units and containers on it go too, without their consent.
            max_wait: seconds a forced step may take before the next one begins.
        """
        params: dict[str, Any] = {"machine-tags": [naming.machine_tag(id_)], "force": force, "keep": False}
        if force:
            params["max-wait"] = replies.nanoseconds(max_wait)
        replies.first(self._call("MachineManager", "DestroyMachineWithParams", params), f"the removal of machine {id_}")

    def _add(
        self, base: str | None, constraints: Mapping[str, Any], placement: Mapping[str, str] | None, disks: Sequence[Any]
    ) -> str:
        machine: dict[str, Any] = {
            "jobs": ["JobHostUnits"],
            "constraints": dict(constraints),
            "placement": placement,
            "addresses": [],
            "disks": list(disks),
            "base": naming.base(base) if base else None,
            "container-type": "",
            "hardware-characteristics": {},
            "instance-id": "",
            "nonce": "",
            "parent-id": "",
        }
        params = {"params": [{k: v for k, v in machine.items() if v is not None}]}
        reply = self._call("MachineManager", "AddMachines", params)
        return str(replies.first(reply, "adding a machine", "machines")["machine"])
