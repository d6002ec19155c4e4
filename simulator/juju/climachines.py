"""`juju add-machine ssh:USER@HOST`: a machine that the cloud doesn't know becomes a model's."""

from __future__ import annotations

import argparse
import pathlib
import sys
import uuid
from collections.abc import Callable
from typing import Any

from .clirpc import CommandError, Simulator, call
from .clistore import ClientStore

_PREFIX = "manual:"
_MANAGER = ("MachineManager", 10)


def add_to(commands: Any) -> None:
    """Adds the command."""
    parser = commands.add_parser("add-machine")
    parser.add_argument("placement", nargs="?", default="")
    parser.add_argument("-m", "--model", default="")
    parser.add_argument("--private-key", default="")
    parser.add_argument("--public-key", default="")
    parser.set_defaults(run=add_machine)


def add_machine(asked: argparse.Namespace, store: ClientStore, simulator: Callable[[], Simulator]) -> int:
    """Adds the machine at an address, with its agent."""
    scope, _, target = asked.placement.partition(":")
    if scope != "ssh" or not target:
        raise CommandError("the stand-in adds machines over SSH only: juju add-machine ssh:USER@HOST", 2)
    for key in filter(None, (asked.private_key, asked.public_key)):
        if not pathlib.Path(key).is_file():
            raise CommandError(f"open {key}: no such file or directory")
    address, where = target.rpartition("@")[2], simulator()
    ask, model = _asker(store, asked.model)
    facts = where.post("juju/hosts/look", {"model": model, "address": address})
    number = _added(ask, address, facts)
    try:
        where.post("juju/hosts/provision", {"model": model, "machine": number, "address": address})
    except CommandError:
        ask("DestroyMachineWithParams", {"machine-tags": [f"machine-{number}"], "force": True, "keep": False})
        raise
    print(f"created machine {number}", file=sys.stderr)
    return 0


def _asker(store: ClientStore, text: str) -> tuple[Callable[[str, dict[str, Any]], dict[str, Any]], str]:
    """Asks the machines' facade of the model that -m names, and the model's UUID."""
    name, colon, wanted = text.partition(":")
    name, wanted = (name, wanted) if colon else (store.current(), text or store.current_model(store.current()))
    controller = store.controllers().get(name)
    if controller is None:
        raise CommandError(f"controller {name} not found")
    account = store.account(name)
    known = call(controller, account, ("ModelManager", 10, "ListModels"), {"tag": f"user-{account['user']}"})
    models = [entry["model"] for entry in known.get("user-models") or []]
    uuids = {m["uuid"]: m for m in models}
    found = uuids.get(wanted) or next((m for m in models if wanted.rpartition("/")[2] == m["name"]), None)
    if found is None:
        raise CommandError(f"model {text} not found")
    model = str(found["uuid"])
    return lambda method, params: call(controller, account, (*_MANAGER, method), params, model), model


def _added(ask: Callable[[str, dict[str, Any]], dict[str, Any]], address: str, facts: dict[str, Any]) -> str:
    instance = f"{_PREFIX}{address}"
    machine = {
        "base": facts["base"],
        "hardware-characteristics": facts["hardware"],
        "instance-id": instance,
        "nonce": f"{instance}:{uuid.uuid4()}",
        "addresses": [{"value": address, "type": "ipv4", "scope": "local-cloud"}],
        "jobs": ["JobHostUnits"],
        "constraints": {},
        "container-type": "",
        "parent-id": "",
    }
    result = ask("AddMachines", {"params": [machine]})["machines"][0]
    if result.get("error"):
        raise CommandError(result["error"]["message"])
    number = str(result["machine"])
    script = {"machine-id": number, "nonce": machine["nonce"], "data-dir": "", "disable-package-commands": False}
    ask("ProvisioningScript", script)
    return number
