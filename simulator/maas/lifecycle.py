"""What machines go through: each step an action on the state, the next one a timer or something the hardware does.

Owns: states, timers, time-outs and what netbooting machines are told. Does not own: which request may start what (the API's
handlers ask `status`), what commissioning finds (`commissioning`), what is installed (`deployment`).
"""

from __future__ import annotations

from collections.abc import Callable

from ..world import Machine, Nic
from . import commissioning, deployment, power, reach, scriptsets, times
from .records.node import MACHINE, Node
from .region import Region
from .status import ABORTED, FAILED, Status

_TIMED = frozenset(FAILED)
_ABORT_EVENTS = {
    Status.COMMISSIONING: "Aborted commissioning",
    Status.DEPLOYING: "Aborted deployment",
    Status.DISK_ERASING: "Aborted disk erasing",
    Status.TESTING: "Aborted testing",
}


class Lifecycle:
    """Moves a region's machines; registers for the rack's events and for the timers it sets."""

    def __init__(self, region: Region) -> None:
        self.region = region
        world = region.world
        world.on_netboot(self.netboot)
        world.on_power(self.powered)
        world.on_disk_boot(self.disk_booted)
        timers: dict[str, Callable[..., None]] = {
            "maas.power": self._power,
            "maas.timeout": self._timeout,
            "maas.stopped": self._stopped,
            "maas.enlisted": self._enlisted,
            "maas.gathered": self._gathered,
            "maas.tested": self._tested,
            "maas.installed": self._installed,
            "maas.rescued": self._rescued,
            "maas.erased": self._erased,
        }
        for kind, handler in timers.items():
            region.clock.on(kind, handler)

    # --- steps that requests start

    def enter(self, node: Node, status: Status, event: str | None = None) -> None:
        """Puts a node into a state; what was timed for the state before is void."""
        node.previous_status, node.status, node.step = node.status, status, node.step + 1
        if event:
            self.region.event(node, event)
        if status in _TIMED:
            minutes = self.region.store.settings.get("node_timeout", 30)
            seconds = times.RELEASE_TIMEOUT if status == Status.RELEASING else float(str(minutes)) * 60
            self._later(seconds, "maas.timeout", node)

    def commission(self, node: Node, user: str) -> None:
        """Starts commissioning; the caller made the script sets."""
        node.owner = user
        self.enter(node, Status.COMMISSIONING, "Commissioning")
        self.request_power(node, "cycle")

    def test(self, node: Node, user: str) -> None:
        """Starts tests only; the machine goes back to its state afterwards."""
        node.owner = node.owner or user
        self.enter(node, Status.TESTING, "Testing")
        self.request_power(node, "cycle")

    def deploy(self, node: Node) -> None:
        """Starts an installation."""
        self.enter(node, Status.DEPLOYING, "Deploying")
        self.request_power(node, "cycle")

    def release(self, node: Node, *, erase: bool = False, quick: bool = False) -> None:
        """Gives a machine back, its disks erased first if so asked."""
        if erase:
            self.enter(node, Status.DISK_ERASING)
            node.quick_erase = quick
            self.request_power(node, "cycle")
            return
        deployment.forget(node)
        self.enter(node, Status.RELEASING, "Releasing")
        if power.driven(node) and node.power_state != "off":
            self.request_power(node, "off")
        else:
            self._released(node)

    def abort(self, node: Node) -> None:
        """Stops what is going on; the state changes when the machine has been stopped."""
        self.region.event(node, _ABORT_EVENTS[Status(node.status)])
        if node.status == Status.COMMISSIONING:
            node.owner = None
        node.step += 1
        self._later(times.POWER, "maas.stopped", node)

    def rescue(self, node: Node) -> None:
        """Boots a machine into the rescue system."""
        before = node.status if node.status != Status.ENTERING_RESCUE_MODE else node.previous_status
        self.enter(node, Status.ENTERING_RESCUE_MODE, "Entering rescue mode")
        node.previous_status = before
        self.request_power(node, "cycle")

    def leave_rescue(self, node: Node) -> None:
        """Puts a machine in rescue mode back to what it was."""
        before = node.previous_status
        self.enter(node, Status.EXITING_RESCUE_MODE)
        node.previous_status = before
        self.request_power(node, "cycle" if before == Status.DEPLOYED else "off")

    def break_(self, node: Node) -> None:
        """Takes a machine out of use."""
        before = node.status
        deployment.forget(node)
        node.owner = None
        self.region.event(node, "Releasing")
        self.enter(node, Status.BROKEN)
        node.was_deployed = before == Status.DEPLOYED
        self.request_power(node, "off")

    def request_power(self, node: Node, action: power.Action) -> None:
        """Has the rack switch a machine, soon; nobody can switch one without a BMC."""
        if power.driven(node):
            node.power_step += 1
            self._power_later(times.POWER, node, action, 0)

    # --- what the hardware does

    def node_of(self, machine: Machine) -> Node | None:
        """The node whose MAC addresses a machine has."""
        macs = {nic.mac.lower() for nic in machine.nics}
        store = self.region.store
        found = next((row for row in store.interfaces.values() if row.mac in macs), None)
        return store.node(found.node) if found else self._behind_bmc(machine)

    def _behind_bmc(self, machine: Machine) -> Node | None:
        """The node that was made without MAC addresses and whose BMC switches this machine."""
        store = self.region.store
        known = {row.node for row in store.interfaces.values()}
        for node in store.nodes.values():
            if node.system_id not in known and node.node_type == MACHINE and power.reaches(self.region, node, machine):
                return node
        return None

    def netboot(self, machine: Machine, nic: Nic) -> bool:
        """A machine asks for a boot server: MAAS answers on VLANs where it serves DHCP."""
        vlan = reach.vlan_of(self.region, nic.network or "")
        if not vlan or not vlan.dhcp_on or not reach.rack_connected(self.region):
            return False
        node = self.node_of(machine)
        if node is None:
            self.region.clock.after(times.ENLIST, "maas.enlisted", key=machine.key)
        elif node.node_type != MACHINE:
            return False
        else:
            self.serve(machine, node)
        return True

    def serve(self, machine: Machine, node: Node) -> None:
        """Tells a machine that asks for a boot server what to do, as its node's state wants it."""
        region = self.region
        installed = node.status == Status.DEPLOYING and not node.netboot
        if installed or node.status in (Status.DEPLOYED, Status.EXITING_RESCUE_MODE):
            region.world.boot_disk(machine.key)
            return
        steps = {
            Status.COMMISSIONING: ("maas.gathered", times.gather(machine)),
            Status.TESTING: ("maas.tested", times.EPHEMERAL + times.TEST),
            Status.DEPLOYING: ("maas.installed", times.install(machine)),
            Status.ENTERING_RESCUE_MODE: ("maas.rescued", times.EPHEMERAL),
            Status.DISK_ERASING: ("maas.erased", times.EPHEMERAL + (times.QUICK_ERASE if node.quick_erase else times.ERASE)),
        }
        step = steps.get(Status(node.status))
        if not step:
            region.world.power_off(machine.key)  # MAAS has no use for it now and tells it to switch itself off
        elif not commissioning.ephemeral(region):
            region.event(node, "Loading ephemeral", level="ERROR", description="the boot image is missing")
        else:
            region.event(node, "Loading ephemeral", level="DEBUG")
            self._later(step[1], step[0], node)

    def powered(self, machine: Machine) -> None:
        """A machine's power changed."""
        node = self.node_of(machine)
        if not node or not power.driven(node):
            return
        node.power_state = machine.power
        if machine.power == "off" and node.status == Status.RELEASING:
            self._released(node)
        elif machine.power == "off" and node.status == Status.EXITING_RESCUE_MODE and node.previous_status != Status.DEPLOYED:
            self._rescue_left(node)

    def disk_booted(self, machine: Machine) -> None:
        """An installed system came up."""
        node = self.node_of(machine)
        if node and node.status == Status.DEPLOYING and not node.netboot:
            deployment.finish(self.region, node)
            self.enter(node, Status.DEPLOYED, "Deployed")
        elif node and node.status == Status.EXITING_RESCUE_MODE:
            self._rescue_left(node)

    # --- timers

    def _later(self, seconds: float, kind: str, node: Node, **args: object) -> None:
        self.region.clock.after(seconds, kind, system_id=node.system_id, step=node.step, **args)

    def _power_later(self, seconds: float, node: Node, action: power.Action, attempt: int) -> None:
        args = {"system_id": node.system_id, "step": node.power_step, "action": action, "attempt": attempt}
        self.region.clock.after(seconds, "maas.power", **args)

    def _due(self, system_id: str, step: int) -> Node | None:
        node = self.region.store.node(system_id)
        return node if node and node.step == step else None

    def _power(self, system_id: str, step: int, action: power.Action, attempt: int) -> None:
        node = self.region.store.node(system_id)
        if not node or node.power_step != step:
            return
        try:
            if action == "cycle" and power.query(self.region, node) == "off":
                action = "on"
            power.switch(self.region, node, action)
        except power.PowerError as exc:
            self._power_failed(node, action, attempt, str(exc))

    def _power_failed(self, node: Node, action: power.Action, attempt: int, text: str) -> None:
        if attempt < len(times.POWER_RETRIES):
            self._power_later(times.POWER_RETRIES[attempt], node, action, attempt + 1)
            return
        verb = "off" if action == "off" else "on"
        node.power_state = "error"
        self.region.event(node, f"Failed to power {verb} node", level="ERROR", description=text)
        if verb == "on" and node.status in FAILED:
            self.fail(node, f"Power {verb} for the node failed: {text}")

    def fail(self, node: Node, why: str) -> None:
        """Marks what a node is doing as failed."""
        status = Status(node.status)
        if status == Status.COMMISSIONING:
            scriptsets.finish(self.region, node.commissioning_set, scriptsets.ABORTED)
            scriptsets.finish(self.region, node.testing_set, scriptsets.ABORTED)
        self.region.event(node, "Marking node failed", level="ERROR", description=why, action="mark_failed")
        before = node.previous_status
        self.enter(node, FAILED[status])
        node.previous_status = before

    def _timeout(self, system_id: str, step: int) -> None:
        node = self._due(system_id, step)
        if node and node.status in FAILED:
            minutes = 5 if node.status == Status.RELEASING else self.region.store.settings.get("node_timeout", 30)
            self.fail(node, f"Node operation '{Status(node.status).title}' timed out after {minutes} minutes.")

    def _stopped(self, system_id: str, step: int) -> None:
        node = self._due(system_id, step)
        if not node:
            return
        status = Status(node.status)
        target = ABORTED.get(status)
        for number in (node.commissioning_set, node.testing_set):
            scriptsets.finish(self.region, number, scriptsets.ABORTED)
        if status in (Status.DEPLOYING, Status.DISK_ERASING):
            deployment.free_addresses(self.region, node)
        self.enter(node, Status(node.previous_status) if target is None else target)
        if node.status in (Status.READY, Status.NEW):
            node.owner = None
        self.request_power(node, "off")

    def _enlisted(self, key: str) -> None:
        machine = self.region.world.machines.get(key)
        if machine and machine.power == "on" and self.node_of(machine) is None:
            commissioning.enlist(self.region, machine)
            self.region.world.power_off(key)

    def _gathered(self, system_id: str, step: int) -> None:
        node = self._due(system_id, step)
        machine = self.machine(node) if node else None
        if not node or not machine:
            return
        if self.region.world.fault("commission-fails", node.hostname, node.system_id):
            commissioning.fail(self.region, node)
            self.enter(node, Status.FAILED_COMMISSIONING, "Failed commissioning")
            return
        commissioning.finish(self.region, node, machine)
        if node.testing_set is not None and scriptsets.status_of(self.region, node.testing_set) == scriptsets.PENDING:
            self.enter(node, Status.TESTING, "Testing")
            node.previous_status = Status.READY
            self._later(times.TEST, "maas.tested", node)
        else:
            self._ready(node, machine)

    def _tested(self, system_id: str, step: int) -> None:
        node = self._due(system_id, step)
        machine = self.machine(node) if node else None
        if not node or not machine:
            return
        before = Status(node.previous_status)
        if self.region.world.fault("test-fails", node.hostname, node.system_id):
            scriptsets.finish(self.region, node.testing_set, scriptsets.FAILED)
            self.enter(node, Status.FAILED_TESTING, "Failed testing")
            node.previous_status = before
            return
        scriptsets.finish(self.region, node.testing_set, scriptsets.PASSED)
        if before == Status.READY:
            self._ready(node, machine)
        else:
            self.enter(node, before, before.title)
            self.request_power(node, "cycle" if before == Status.DEPLOYED else "off")

    def _ready(self, node: Node, machine: Machine) -> None:
        self.enter(node, Status.READY, "Ready")
        node.owner, node.netboot = None, True
        if not node.enable_ssh:
            self.region.world.power_off(machine.key)

    def _installed(self, system_id: str, step: int) -> None:
        node = self._due(system_id, step)
        machine = self.machine(node) if node else None
        if not node or not machine:
            return
        world = self.region.world
        if world.fault("deploy-hangs", node.hostname, node.system_id):
            return
        if world.fault("deploy-fails", node.hostname, node.system_id):
            deployment.fail(self.region, node)
            self.fail(node, "Installation failed (refer to the installation log for more information).")
            return
        deployment.install(self.region, node, machine)
        world.reboot(machine.key)

    def _rescued(self, system_id: str, step: int) -> None:
        node = self._due(system_id, step)
        if node:
            before = node.previous_status
            self.enter(node, Status.RESCUE_MODE, "Rescue mode")
            node.previous_status = before

    def _rescue_left(self, node: Node) -> None:
        self.enter(node, Status(node.previous_status), "Exited rescue mode")

    def _erased(self, system_id: str, step: int) -> None:
        node = self._due(system_id, step)
        machine = self.machine(node) if node else None
        if node and machine:
            machine.os = None
            self.release(node)

    def _released(self, node: Node) -> None:
        deployment.free_addresses(self.region, node)
        node.owner, node.owner_data, node.agent_name = None, {}, ""
        node.netboot, node.locked = True, False
        self.enter(node, Status.READY if node.commissioned else Status.NEW, "Released")

    def machine(self, node: Node) -> Machine | None:
        """The machine of the rack that has a node's interfaces."""
        rows = self.region.store.interfaces_of(node)
        found = (self.region.world.by_mac(row.mac) for row in rows if row.type == "physical")
        if not rows:
            found = (each for each in self.region.world.machines.values() if power.reaches(self.region, node, each))
        return next((machine for machine in found if machine), None)
