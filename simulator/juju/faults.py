"""The faults that this service knows, and the question whether one strikes now."""

from __future__ import annotations

import fnmatch

from ..world import Fault, World

KNOWN = {
    "hook-error": "a unit's hook fails; target: application or unit, `hook`: only this one (install, start, …)",
    "agent-lost": "the agent of a unit or machine does not answer while the fault is there",
    "provisioning-error": "MAAS cannot start a machine; target: machine id or hostname",
    "container-fails": "a container cannot be created; target: machine id such as 0/lxd/1",
    "drop-connection": "closes the connection at `method` (Facade.Method), `when`: before or after it took effect",
    "slow": "waits `seconds` (default 5) before it answers",
    "relation-never-joins": "units of a relation never see each other; target: its key or APPLICATION:ENDPOINT",
}


class Faults:
    """Asks the world about this service's faults."""

    def __init__(self, world: World) -> None:
        self._world = world

    def take(self, name: str, *targets: str) -> Fault | None:
        """The fault that strikes one of `targets`, used up by one."""
        return self._world.fault(name, *targets)

    def holds(self, name: str, *targets: str) -> bool:
        """Whether a fault is there for one of `targets`; asking does not use it up."""
        return any(fault.strikes(name, targets) for fault in self._world.data.faults)

    def hook_fails(self, application: str, unit: str, hook: str) -> bool:
        """Whether a hook of a unit goes wrong now."""
        matching = [f for f in self._of("hook-error", application, unit) if fnmatch.fnmatch(hook, f.options.get("hook", "*"))]
        return self._use(matching)

    def drops(self, method: str, when: str) -> bool:
        """Whether the connection breaks before or after a method."""
        found = [
            fault
            for fault in self._of("drop-connection", "juju", method)
            if fnmatch.fnmatch(method, fault.options.get("method", "*")) and fault.options.get("when", "after") == when
        ]
        return self._use(found)

    def _of(self, name: str, *targets: str) -> list[Fault]:
        return [fault for fault in self._world.data.faults if fault.strikes(name, targets)]

    def _use(self, matching: list[Fault]) -> bool:
        if not matching:
            return False
        fault = matching[0]
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                self._world.data.faults.remove(fault)
        return True
