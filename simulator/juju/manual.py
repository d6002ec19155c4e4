"""Machines that no cloud is asked for: what `juju add-machine ssh:USER@HOST` does on the machine itself.

The real command logs in, looks at the machine, and runs the controller's script there. Its stand-in asks for the same by the
admin API. What the script writes is on the machine's disk, so that it is gone when MAAS installs another system.
"""

from __future__ import annotations

from typing import Any

from ..world import Machine as Hardware
from . import maasfacts, timing
from .errors import ApiError
from .maasclient import MaasError
from .parts import Parts
from .records import Machine, Model

PREFIX = "manual:"
NONCE = "juju_nonce"
RUNNING = "Manually provisioned machine"
_VERSIONS = {name: version for version, name in maasfacts.SERIES.items()}


class Manual:
    """Looks at machines over SSH and starts agents on them."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def look(self, model: Model, address: str) -> dict[str, Any]:
        """What is to be known before a machine is added.

        Raises:
            ApiError: nothing answers at the address, or it is some Juju's machine already.
        """
        hardware, answer = await self._host(model, address)
        known = {machine.nonce for other in self._parts.store.models() for machine in other.machines.values()}
        if nonce_of(hardware) in known:
            raise ApiError("machine is already provisioned", "")
        release = str((hardware.os or {}).get("release")).rpartition("/")[2]
        return {
            "base": {"name": "ubuntu", "channel": f"{_VERSIONS.get(release, release)}/stable"},
            "hardware": {"arch": hardware.architecture, "mem": hardware.memory, "cpu-cores": hardware.cpus},
            "hostname": answer.get("hostname") or "",
        }

    async def provision(self, model: Model, machine: Machine, address: str) -> None:
        """Runs the controller's script, after which the agent starts.

        Raises:
            ApiError: nothing answers at the address.
        """
        hardware, answer = await self._host(model, address)
        found = machine.model_copy()
        maasfacts.learn(found, answer)
        machine.hostname, machine.interfaces, machine.addresses = found.hostname, found.interfaces, found.addresses
        (hardware.os or {})[NONCE] = machine.nonce
        self._parts.world.changed()
        self._parts.clock.after(timing.MACHINE_AGENT, "juju.machine-agent", model=model.uuid, machine=machine.id)

    async def _host(self, model: Model, address: str) -> tuple[Hardware, dict[str, Any]]:
        """The running machine that has an address, and what MAAS says of it."""
        try:
            known = await self._parts.provisioner.maas(model).get("machines/")
        except MaasError as exc:
            raise ApiError(str(exc)) from exc
        for answer in known:
            named = address in (answer.get("ip_addresses") or []) or address in (answer.get("hostname"), answer.get("fqdn"))
            for hardware in self._parts.world.machines.values():
                if named and (hardware.os or {}).get("system_id") == answer["system_id"] and hardware.boot == "disk":
                    return hardware, answer
        text = f"ssh: connect to host {address} port 22: No route to host"
        raise ApiError(f"subprocess encountered error code 255 ({text})", "")


def nonce_of(hardware: Hardware) -> str:
    """The nonce of the Juju machine that a system is, "" when it is none."""
    system = hardware.os or {}
    return system.get(NONCE) or maasfacts.nonce_of(system.get("user_data"))


def is_manual(machine: Machine) -> bool:
    """Whether a machine was added by hand: no cloud gave it, and none takes it back."""
    return machine.instance_id.startswith(PREFIX)


def script(machine: Machine) -> str:
    """What the real command would run on the machine."""
    return "\n".join(
        [
            "#!/bin/bash",
            "set -e",
            "mkdir -p /var/lib/juju",
            f"printf %s '{machine.nonce}' > /var/lib/juju/nonce.txt",
            "chmod 0644 /var/lib/juju/nonce.txt",
            f"systemctl enable --now jujud-machine-{machine.id}.service",
            "",
        ]
    )
