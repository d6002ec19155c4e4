"""POST /servers/{id}/action: what can be done to a server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ... import bodies
from ...call import NotModelled, Reply
from ...faults import Fault, bad_request, conflict, denied, not_found
from ...routes import Request
from .. import actionschema, console, history, moving, quotas, snapshots, transitions, views
from ..compute import Compute
from ..records import Failure, Server
from ..table import ROUTES
from .servers import begin_deletion, password

_Action = Callable[[Compute, Server, Request, Any], Reply]
_ACTIONS: dict[str, _Action] = {}
_ADMIN = frozenset({"migrate", "os-migrateLive", "evacuate", "os-resetState", "injectNetworkInfo", "resetNetwork"})
_UNLOCKED = frozenset({"lock", "unlock", "os-getConsoleOutput", "os-resetState"})
_UNMODELLED = frozenset(
    {
        "addFixedIp",
        "removeFixedIp",
        "changePassword",
        "createBackup",
        "os-getVNCConsole",
        "os-getSPICEConsole",
        "os-getSerialConsole",
        "os-getRDPConsole",
        "rescue",
        "unrescue",
        "restore",
        "shelve",
        "shelveOffload",
        "unshelve",
        "trigger_crash_dump",
    }
)
_FLOATING_UNTIL, _IMAGE_ID_SINCE = 43, 45


def _action(*names: str) -> Callable[[_Action], _Action]:
    def register(function: _Action) -> _Action:
        _ACTIONS.update(dict.fromkeys(names, function))
        return function

    return register


@ROUTES.on("POST", "/servers/{server_id}/action", schema={"type": "object"})
def act(compute: Compute, request: Request) -> Reply:
    """Does what the body's one key says."""
    if len(request.body) != 1:
        raise bad_request("Malformed request body")
    [(name, given)] = request.body.items()
    if name in _UNMODELLED:
        raise NotModelled(f"server action {name}")
    if name not in _ACTIONS:
        raise bad_request(f"There is no such action: {name}")
    bodies.check(actionschema.of(name), given, name)
    server = compute.server(request.params["server_id"], request)
    if name in _ADMIN and not request.admin:
        raise denied(f"os_compute_api:os-{name}")
    if server.locked and not request.admin and name not in _UNLOCKED:
        raise conflict(f"Instance {server.id} is locked")
    return _ACTIONS[name](compute, server, request, given)


@_action("os-start", "os-stop", "pause", "unpause", "suspend", "resume")
def _turn(compute: Compute, server: Server, request: Request, _given: Any) -> Reply:
    [name] = request.body
    _begin(compute, server, request, transitions.TRANSITIONS[name])
    return Reply(status=202)


def _begin(compute: Compute, server: Server, request: Request, transition: transitions.Transition) -> None:
    transitions.begin(compute, server, transition)
    history.note(compute, server, transition.name, request.caller)


@_action("reboot")
def _reboot(compute: Compute, server: Server, request: Request, given: Any) -> Reply:
    _begin(compute, server, request, transitions.TRANSITIONS[f"reboot-{given['type'].lower()}"])
    return Reply(status=202)


@_action("rebuild")
def _rebuild(compute: Compute, server: Server, request: Request, given: Any) -> Reply:
    image_id = given["imageRef"]
    if not compute.cloud.image.sees(request.caller, image_id):
        raise bad_request("Cannot find image for rebuild")
    _begin(compute, server, request, transitions.TRANSITIONS["rebuild"])
    server.image_id, server.name = image_id, given.get("name", server.name)
    shown = views.whole(compute, server, request) | {"adminPass": given.get("adminPass") or password()}
    return Reply(status=202, body={"server": shown})


@_action("lock")
def _lock(_compute: Compute, server: Server, request: Request, given: Any) -> Reply:
    server.locked, server.locked_reason = True, (given or {}).get("locked_reason") if request.version >= 73 else None
    return Reply(status=202)


@_action("unlock")
def _unlock(_compute: Compute, server: Server, _request: Request, _given: Any) -> Reply:
    server.locked, server.locked_reason = False, None
    return Reply(status=202)


@_action("createImage")
def _create_image(compute: Compute, server: Server, request: Request, given: Any) -> Reply:
    transitions.require(server, "createImage", frozenset({"active", "stopped", "paused", "suspended"}))
    history.note(compute, server, "createImage", request.caller)
    image_id = snapshots.take(compute, server, given["name"], given.get("metadata") or {})
    if request.version >= _IMAGE_ID_SINCE:
        return Reply(status=202, body={"image_id": image_id})
    return Reply(status=202, headers={"Location": f"{request.call.base}/images/{image_id}"})


@_action("forceDelete")
def _force_delete(compute: Compute, server: Server, request: Request, _given: Any) -> Reply:
    begin_deletion(compute, server, request)
    return Reply(status=202)


@_action("os-resetState")
def _reset_state(compute: Compute, server: Server, _request: Request, given: Any) -> Reply:
    state = given["state"]
    server.vm_state, server.task_state, server.updated = state, None, compute.now()
    if state == "error" and server.fault is None:
        server.fault = Failure(code=500, message="The instance was put into error by an administrator.", created=compute.now())
    return Reply(status=202)


@_action("os-getConsoleOutput")
def _console(compute: Compute, server: Server, _request: Request, given: Any) -> Reply:
    if server.vm_state == "building" or not server.placed:
        raise conflict(f"Instance {server.id} is not ready")
    return Reply(status=200, body={"output": console.output(compute, server, (given or {}).get("length"))})


@_action("resize")
def _resize(compute: Compute, server: Server, request: Request, given: Any) -> Reply:
    moving.require_movable(server, "resize")
    wanted = str(given["flavorRef"])
    try:
        flavor = compute.flavor(wanted, request)
    except Fault:
        raise bad_request(f"Flavor {wanted} could not be found.") from None
    if flavor.id == server.flavor.id:
        raise bad_request("When resizing, instances must change flavor!")
    more = {"cores": flavor.vcpus - server.flavor.vcpus, "ram": flavor.ram - server.flavor.ram}
    quotas.require_room(compute, server.project_id, more)
    moving.resize(compute, server, request, flavor)
    history.note(compute, server, "resize", request.caller)
    return Reply(status=202)


@_action("confirmResize")
def _confirm(compute: Compute, server: Server, request: Request, _given: Any) -> Reply:
    transitions.require(server, "confirmResize", frozenset({"resized"}))
    history.note(compute, server, "confirmResize", request.caller)
    moving.confirm(compute, server)
    return Reply(status=204)


@_action("revertResize")
def _revert(compute: Compute, server: Server, request: Request, _given: Any) -> Reply:
    transitions.require(server, "revertResize", frozenset({"resized"}))
    history.note(compute, server, "revertResize", request.caller)
    moving.revert(compute, server)
    return Reply(status=202)


@_action("migrate")
def _migrate(compute: Compute, server: Server, request: Request, given: Any) -> Reply:
    moving.require_movable(server, "migrate")
    moving.resize(compute, server, request, None, (given or {}).get("host"))
    history.note(compute, server, "migrate", request.caller)
    return Reply(status=202)


@_action("os-migrateLive")
def _live_migrate(compute: Compute, server: Server, request: Request, given: Any) -> Reply:
    transitions.require(server, "os-migrateLive", frozenset({"active", "paused"}))
    moving.live_migrate(compute, server, request, given["host"])
    history.note(compute, server, "live-migration", request.caller)
    return Reply(status=202)


@_action("evacuate")
def _evacuate(compute: Compute, server: Server, request: Request, given: Any) -> Reply:
    moving.require_movable(server, "evacuate", also=frozenset({"error"}))
    moving.evacuate(compute, server, request, given.get("host"))
    history.note(compute, server, "evacuate", request.caller)
    return Reply(status=200, body={"adminPass": password()} if request.version < 14 else None)


@_action("addSecurityGroup", "removeSecurityGroup")
def _security_group(compute: Compute, server: Server, request: Request, given: Any) -> Reply:
    [name], wanted = request.body, given["name"]
    adding, groups = name == "addSecurityGroup", server.security_groups or ["default"]
    found = compute.cloud.network.security_group(server.project_id, wanted)
    if found is None:
        raise not_found(f"Security group {wanted} not found for project {server.project_id}.")
    if not adding and wanted not in groups:
        raise not_found(f"Security group {wanted} not associated with instance {server.id}")
    server.security_groups = [*groups, wanted] if adding else [each for each in groups if each != wanted]
    compute.cloud.network.set_security_groups(server.id, server.security_groups)
    return Reply(status=202)


@_action("addFloatingIp", "removeFloatingIp")
def _floating_ip(compute: Compute, server: Server, request: Request, given: Any) -> Reply:
    if request.version > _FLOATING_UNTIL:
        raise not_found("The resource could not be found.")
    [name], address = request.body, given["address"]
    compute.cloud.network.associate(address, server.id if name == "addFloatingIp" else None)
    return Reply(status=202, body="", headers={"Content-Type": "text/html; charset=UTF-8"})
