"""machines/{system_id}/?op=…: what a machine is told to do, and in which states."""

from __future__ import annotations

from typing import Any

from .. import auth, commissioning, layouts, power, reach, scriptchoice, scriptsets
from ..call import Answer, Call
from ..errors import FieldErrors, Refused, forbidden
from ..forms import Form
from ..records.node import Node
from ..region import Region
from ..render import nodes
from ..status import (
    ABORTED,
    COMMISSIONABLE,
    DEPLOYABLE,
    LOCKABLE,
    NEVER_BROKEN,
    NOT_STARTABLE,
    RELEASABLE,
    RESCUABLE,
    RESCUED,
    TESTABLE,
    Status,
)
from . import deploy, machines
from .machines import own

one = machines.one
RESOURCES = ()

_NO_RACK = "No rack controllers can access the BMC of node"


def _admin(region: Region, call: Call) -> Node:
    node = machines.get(region, call)
    if not call.who.is_superuser or node.locked:
        raise forbidden()
    return node


def _require_rack(region: Region, node: Node, user: str | None = None) -> None:
    if not reach.rack_connected(region):
        raise Refused(503, _no_rack(region, node, user) if user else f"{_NO_RACK} {node.hostname}")


@one.op("POST", "commission")
def commission(region: Region, call: Call) -> Any:
    """Commissions. Fields: enable_ssh, skip_networking, skip_storage, commissioning_scripts, testing_scripts."""
    node, form = _admin(region, call), Form(call.body)
    extra, tests = scriptchoice.commissioning(region, form)
    if node.status not in COMMISSIONABLE:
        form.error("__all__", "Commission is not available because of the current state of the node.")
    form.check()
    commissioning.require_ephemeral(region)
    for flag in ("enable_ssh", "skip_networking", "skip_storage"):
        setattr(node, flag, form.boolean(flag))
    if not node.skip_networking and not node.skip_storage:
        layouts.clear(region, node)
    commissioning.begin(region, node, extra, tests)
    region.lifecycle.commission(node, call.who.username)
    return nodes.machine(region, node)


@one.op("POST", "test")
def test(region: Region, call: Call) -> Any:
    """Runs tests. Fields: testing_scripts, enable_ssh."""
    node, form = _admin(region, call), Form(call.body)
    tests = scriptchoice.chosen(region, form, "testing_scripts", scriptsets.TESTING)
    if node.status not in TESTABLE:
        form.error("__all__", "Test is not available because of the current state of the node.")
    form.check()
    commissioning.begin_tests(region, node, tests)
    region.lifecycle.test(node, call.who.username)
    return nodes.machine(region, node)


@one.op("POST", "override_failed_testing")
def override_failed_testing(region: Region, call: Call) -> Any:
    """Takes a machine back into use though its tests failed."""
    node = _admin(region, call)
    if node.status != Status.FAILED_TESTING:
        raise Refused(409, "Unable to override node status. Node is not in 'Failed testing' status.")
    region.lifecycle.enter(node, Status.DEPLOYED if node.osystem else Status.READY)
    if not node.osystem:
        node.owner = None
    return nodes.machine(region, node)


@one.op("POST", "abort")
def abort(region: Region, call: Call) -> Any:
    """Stops what goes on; the answer shows the state before."""
    node = own(region, call)
    if node.status not in ABORTED:
        title = Status(node.status).title
        raise Refused(409, f"Cannot abort in current state: node {node.system_id} is in state {title}.")
    region.lifecycle.abort(node)
    return nodes.machine(region, node)


@one.op("POST", "release")
def release(region: Region, call: Call) -> Any:
    """Gives a machine back. Fields: comment, erase, secure_erase, quick_erase, force."""
    node, form = own(region, call), Form(call.body)
    if region.since(3, 6) and call.json and not call.body:
        raise FieldErrors({})  # its form counts as not filled in: refused, with no reason given
    if node.status == Status.READY:
        return nodes.machine(region, node)
    if node.status not in RELEASABLE:
        title = Status(node.status).title
        raise Refused(409, f"Machine cannot be released in its current state ('{title}').")
    if region.since(3, 5):
        scriptchoice.chosen(region, form, "scripts", scriptsets.RELEASE)
        form.check()
    erase = form.boolean("erase") or bool(region.store.settings.get("enable_disk_erasing_on_release"))
    if node.status == Status.RELEASING:
        region.lifecycle.request_power(node, "off")
        if not reach.rack_connected(region):
            _no_rack(region, node, call.who.username)
        return nodes.machine(region, node)
    region.lifecycle.release(node, erase=erase and power.driven(node), quick=form.boolean("quick_erase"))
    if not reach.rack_connected(region):
        _no_rack(region, node, call.who.username)
    return nodes.machine(region, node)


def _no_rack(region: Region, node: Node, user: str | None) -> str:
    """Notes that no rack reaches a machine's BMC, for a request of `user` or for none; returns the reason."""
    text, kind = f"{_NO_RACK} {node.hostname}", "Failed to query node's BMC"
    node.power_state = "unknown"
    shown = f"({user}) - {text}" if user else text
    region.event(node, kind, level="WARNING", description=shown, user=user, action=kind)
    return text


@one.op("POST", "mark_broken")
def mark_broken(region: Region, call: Call) -> Any:
    """Takes a machine out of use. Fields: comment."""
    node = own(region, call)
    if node.status in NEVER_BROKEN or node.owner is None:
        raise forbidden()
    region.lifecycle.break_(node)
    return nodes.machine(region, node)


@one.op("POST", "mark_fixed")
def mark_fixed(region: Region, call: Call) -> Any:
    """Takes a broken machine back into use."""
    node = _admin(region, call)
    if node.status != Status.BROKEN:
        raise Refused(409, "Can't mark a non-broken node as 'Ready'.")
    region.lifecycle.enter(node, Status.DEPLOYED if node.was_deployed else Status.READY)
    node.was_deployed = False
    return nodes.machine(region, node)


@one.op("POST", "rescue_mode")
def rescue_mode(region: Region, call: Call) -> Any:
    """Boots into the rescue system."""
    node = _admin(region, call)
    if node.status not in RESCUABLE:
        title = Status(node.status).title
        raise Refused(409, f"Invalid transition: {title} -> Entering rescue mode.")
    commissioning.require_ephemeral(region)
    region.lifecycle.rescue(node)
    return nodes.machine(region, node)


@one.op("POST", "exit_rescue_mode")
def exit_rescue_mode(region: Region, call: Call) -> Any:
    """Leaves the rescue system."""
    node = _admin(region, call)
    if node.status not in RESCUED:
        title = Status(node.status).title
        raise Refused(409, f"Invalid transition: {title} -> Exiting rescue mode.")
    region.lifecycle.leave_rescue(node)
    return nodes.machine(region, node)


@one.op("POST", "lock")
def lock(region: Region, call: Call) -> Any:
    """Guards a machine against change and deletion."""
    node = machines.get(region, call)
    if not (call.who.is_superuser or node.owner == call.who.username):
        raise forbidden()
    if node.locked:
        raise Refused(409, "Machine is already locked")
    if node.status not in LOCKABLE:
        raise Refused(409, "Can't lock, node is not deployed or deploying")
    node.locked = True
    return nodes.machine(region, node)


@one.op("POST", "unlock")
def unlock(region: Region, call: Call) -> Any:
    """Ends the guard."""
    node = machines.get(region, call)
    if not (call.who.is_superuser or node.owner == call.who.username):
        raise forbidden()
    if not node.locked:
        raise Refused(409, "Machine is not locked")
    node.locked = False
    return nodes.machine(region, node)


@one.op("POST", "power_on")
def power_on(region: Region, call: Call) -> Any:
    """Switches on; an allocated machine is deployed."""
    node = own(region, call)
    if node.status in NOT_STARTABLE:
        raise Refused(409, "Can't start node: it hasn't been allocated.")
    _require_rack(region, node, call.who.username)
    if node.status == Status.ALLOCATED:
        return deploy.start(region, call, node, Form(call.body))
    region.lifecycle.request_power(node, "on")
    return nodes.machine(region, node)


@one.op("POST", "power_off")
def power_off(region: Region, call: Call) -> Any:
    """Switches off; null for a machine that MAAS cannot switch. Fields: stop_mode, comment."""
    node = own(region, call)
    if not reach.rack_connected(region):
        _no_rack(region, node, None)
    if not power.driven(node):
        return None
    _require_rack(region, node)
    region.lifecycle.request_power(node, "off")
    return nodes.machine(region, node)


@one.op("GET", "query_power_state")
def query_power_state(region: Region, call: Call) -> Any:
    """Asks the BMC."""
    node = machines.get(region, call)
    _require_rack(region, node)
    return machines.power_query(region, node)


@one.op("GET", "power_parameters")
def power_parameters(region: Region, call: Call) -> Any:
    """Reads the power parameters, passwords too: for admins."""
    node = machines.get(region, call)
    if not call.who.is_superuser:
        raise forbidden()
    return node.power_parameters


@one.op("GET", "details")
def details(region: Region, call: Call) -> Any:
    """What lldp and lshw said, in BSON; the simulated ephemeral system keeps neither."""
    machines.get(region, call)
    return Answer(body=b"\x11\x00\x00\x00\nlldp\x00\nlshw\x00\x00", content_type="application/bson")


@one.op("GET", "get_token")
def get_token(region: Region, call: Call) -> Any:
    """The machine's own key; none is needed here, so each call makes up one."""
    machines.get(region, call)
    if not call.who.is_superuser:
        raise forbidden()
    return {name: auth.random_key() for name in ("token_key", "token_secret", "consumer_key")}


@one.op("GET", "get_curtin_config")
def get_curtin_config(region: Region, call: Call) -> Any:
    """The installer's configuration, as long as a machine is being deployed."""
    node = machines.get(region, call)
    if node.status not in (Status.DEPLOYING, Status.DEPLOYED, Status.FAILED_DEPLOYMENT):
        raise Refused(400, f"Machine {node.system_id} is not in a deployment state.")
    raise Refused(500, "'NoneType' object has no attribute 'system_id'")


@one.op("POST", "deploy")
def deploy_machine(region: Region, call: Call) -> Any:
    """Deploys. Fields: osystem, distro_series, hwe_kernel, user_data, install_kvm, ephemeral_deploy, and more."""
    node, form = machines.get(region, call), Form(call.body)
    if node.locked or not (call.who.is_superuser or node.owner in (None, call.who.username)):
        raise forbidden()
    if node.status not in DEPLOYABLE:
        raise Refused(409, f"Can't deploy a machine that is in the '{Status(node.status).title}' state")
    return deploy.start(region, call, node, form)
