"""MachineManager: machines of a model."""

from __future__ import annotations

from typing import Any

from .. import config
from ..charms import catalogue
from ..errors import ApiError
from ..facade import Call, Facade, each
from ..machines import merged
from ..manual import is_manual
from ..manual import script as manual_script
from ..records import Machine
from ..store import containers_of, machine, units_on
from ..wire import parse_base, read_base, tag, untag

facade = Facade("MachineManager", 9, 10)
LATEST = "ubuntu@24.04"


@facade.writes("AddMachines")
def add_machines(call: Call) -> dict[str, Any]:
    """Adds machines and containers."""

    def one(asked: dict[str, Any]) -> dict[str, Any]:
        return {"machine": _add(call, asked).id}

    return each(call.params["params"], one, "machines", machine="")


@facade.writes("DestroyMachineWithParams")
def destroy(call: Call) -> dict[str, Any]:
    """Removes machines; with force also what is on them."""
    force, keep = bool(call.params.get("force")), bool(call.params.get("keep"))

    def one(name: str) -> dict[str, Any]:
        found = machine(call.model, untag(name, "machine"))
        info = _info(call, found)
        if not call.params.get("dry-run"):
            call.parts.machines.destroy(call.model, found, force=force, keep=keep)
        return {"info": info}

    return each(call.params["machine-tags"], one)


@facade.writes("RetryProvisioning")
def retry(call: Call) -> dict[str, Any]:
    """Starts over with machines that MAAS could not give."""
    names = [untag(name, "machine") for name in call.params.get("machines") or []]
    if call.params.get("all"):
        names = [found.id for found in call.model.machines.values() if found.instance.status == "provisioning error"]

    def one(name: str) -> None:
        found = machine(call.model, name)
        if found.instance.status != "provisioning error":
            raise ApiError(f"machine {name} is not in an error state ({found.instance.status})", "")
        call.parts.provisioner.retry(call.model, found)

    return each(names, one)


@facade.reads("InstanceTypes")
def instance_types(call: Call) -> dict[str, Any]:
    """MAAS has no types of instances."""
    return each(call.params.get("constraints") or [], lambda asked: {"instance-types": []})


@facade.reads("ProvisioningScript")
def script(call: Call) -> dict[str, Any]:
    """What makes a machine that was added by hand this model's."""
    found = machine(call.model, call.params["machine-id"])
    if not is_manual(found):
        raise ApiError(f"machine {found.id} was not added by hand: its script comes with its instance", "not supported")
    return {"script": manual_script(found)}


def _add(call: Call, asked: dict[str, Any]) -> Machine:
    model = call.model
    if model.life != "alive":
        raise ApiError(f'model "{model.name}" is no longer alive', "")
    base = read_base(asked.get("base")) or _default_base(call)
    if base.partition("@")[2] not in _known_bases():
        raise ApiError(f'cannot add a new machine: base "{base}" not supported', "not supported")
    constraints = merged(model.constraints, asked.get("constraints") or {})
    placement = asked.get("placement") or {}
    if bool(asked.get("instance-id")) != bool(asked.get("nonce")):
        raise ApiError("cannot add a new machine: cannot specify a nonce without an instance id", "")
    if asked.get("instance-id"):
        return call.parts.machines.add_manual(model, base, asked)
    kind, parent = asked.get("container-type"), asked.get("parent-id")
    if kind and parent:
        return call.parts.machines.add_container(model, machine(model, parent), kind, base, asked.get("constraints") or {})
    if kind:
        return call.parts.machines.place(model, base, constraints, (kind, ""))
    if not placement:
        return call.parts.machines.add(model, base, constraints)
    where = (placement.get("scope") or "", placement.get("directive") or "")
    return call.parts.machines.place(model, base, constraints, where)


def _default_base(call: Call) -> str:
    value = config.effective(call.controller, call.model)["default-base"][0]
    return parse_base(str(value)) if value else LATEST


def _known_bases() -> set[str]:
    return {base for charm in catalogue().values() for track in charm.tracks.values() for base in track["bases"]}


def _info(call: Call, found: Machine) -> dict[str, Any]:
    units = [unit for unit in units_on(call.model, found.id) if not unit.principal]
    return {
        "machine-id": found.id,
        "destroyed-units": [{"tag": tag("unit", unit.name)} for unit in units],
        "destroyed-storage": [{"tag": name} for unit in units for name in unit.storage],
        "detached-storage": [],
        "destroyed-containers": [{"info": _info(call, inside)} for inside in containers_of(call.model, found.id)],
    }
