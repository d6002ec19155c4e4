"""`juju bootstrap`, and the clouds and credentials that it starts from."""

from __future__ import annotations

import argparse
import pathlib
import secrets
import sys
import time
from collections.abc import Callable
from typing import Any

import yaml

from .clirpc import CommandError, Simulator
from .clistore import ClientStore
from .constraints import parse
from .errors import ApiError
from .version import VERSION
from .wire import hardware_text, parse_base

POLL = 0.1
"""Real seconds between two looks at a bootstrap."""
DEADLINE = 1200.0
"""Virtual seconds that a bootstrap may take (`bootstrap-timeout`), after the machine's deployment."""
_NO_VALUE = ("--no-switch", "--auto-upgrade", "--clouds", "--force", "--build-agent")


def add_to(commands: Any) -> None:
    """Adds bootstrap, add-cloud, update-cloud, add-credential and update-credential."""
    bootstrap_ = commands.add_parser("bootstrap")
    bootstrap_.add_argument("cloud")
    bootstrap_.add_argument("name", nargs="?")
    for option in ("--bootstrap-constraints", "--constraints", "--config", "--model-default"):
        bootstrap_.add_argument(option, action="append", default=[])
    for option in (
        "--bootstrap-base",
        "--credential",
        "--to",
        "--agent-version",
        "--add-model",
        "--timeout",
        "--metadata-source",
    ):
        bootstrap_.add_argument(option, default="")
    for option in _NO_VALUE:
        bootstrap_.add_argument(option, action="store_true")
    bootstrap_.set_defaults(run=bootstrap)
    for name in ("add-cloud", "update-cloud"):
        parser = commands.add_parser(name)
        parser.add_argument("cloud")
        parser.add_argument("definition", nargs="?")
        parser.add_argument("-f", "--file")
        parser.add_argument("--client", action="store_true")
        parser.add_argument("-c", "--controller")
        parser.add_argument("--force", action="store_true")
        parser.set_defaults(run=add_cloud)
    for name in ("add-credential", "update-credential"):
        parser = commands.add_parser(name)
        parser.add_argument("cloud")
        parser.add_argument("credential", nargs="?")
        parser.add_argument("-f", "--file")
        parser.add_argument("--client", action="store_true")
        parser.add_argument("-c", "--controller")
        parser.add_argument("--region")
        parser.set_defaults(run=add_credential)


def bootstrap(asked: argparse.Namespace, store: ClientStore, simulator: Callable[[], Simulator]) -> int:
    """Makes a controller on a machine of a cloud, waits until it answers, and notes it down."""
    cloud_name, _, region = asked.cloud.partition("/")
    name = asked.name or f"{cloud_name}-default"
    cloud = _cloud(store, cloud_name)
    regions = list(cloud.get("regions") or {}) or ["default"]
    region = region or regions[0]
    if name in store.controllers():
        raise CommandError(f'controller "{name}" already exists')
    credential_name, credential = _credential(store, cloud_name, asked.credential)
    password = secrets.token_hex(16)
    request = _request(asked, cloud_name, cloud, region) | {"name": name, "password": password}
    request["credential"] = {
        "name": credential_name,
        "auth-type": credential.get("auth-type", "oauth1"),
        "attrs": {key: str(value) for key, value in credential.items() if key != "auth-type"},
    }
    where = simulator()
    _say(f'Creating Juju controller "{name}" on {cloud_name}/{region}')
    _say(f"Looking for packaged Juju agent version {VERSION} for amd64")
    _say(f"Launching controller instance(s) on {cloud_name}/{region}...")
    made = where.post("juju/controllers", request)
    made = _wait_or_undo(where, made)
    _note_down(store, made, request, region, switch=not asked.no_switch)
    where.post(f"juju/controllers/{made['uuid']}/claim", {})
    _say("Contacting Juju controller at " + made["address"].partition(":")[0] + " to verify accessibility...")
    _say("")
    _say(f'Bootstrap complete, controller "{name}" is now available')
    _say('Controller machines are in the "controller" model')
    _say("")
    _say("Now you can run\n\tjuju add-model <model-name>\nto create a new model to deploy workloads.")
    return 0


def add_cloud(asked: argparse.Namespace, store: ClientStore, simulator: Callable[[], Simulator]) -> int:
    """Notes a cloud of a definition file down."""
    path = asked.file or asked.definition
    if not path:
        raise CommandError("a cloud definition file is needed: juju add-cloud CLOUD FILE")
    defined = (_yaml(path).get("clouds") or {}).get(asked.cloud)
    if not defined:
        raise CommandError(f'cloud "{asked.cloud}" not found in file {path}')
    if asked.command == "add-cloud" and asked.cloud in store.clouds() and not asked.force:
        raise CommandError(
            f'local cloud "{asked.cloud}" already exists; use `update-cloud {asked.cloud} --client` to override it'
        )
    store.put_cloud(asked.cloud, defined)
    done = "added" if asked.command == "add-cloud" else "updated"
    _say(f'Cloud "{asked.cloud}" successfully {done} to your local client.')
    return 0


def add_credential(asked: argparse.Namespace, store: ClientStore, simulator: Callable[[], Simulator]) -> int:
    """Notes credentials of a file down."""
    if not asked.file:
        raise CommandError("only credentials of a file are modelled: use -f FILE")
    if asked.cloud not in store.clouds():
        raise CommandError(f"cloud {asked.cloud} not valid")
    found = (_yaml(asked.file).get("credentials") or {}).get(asked.cloud) or {}
    wanted = {name: c for name, c in found.items() if isinstance(c, dict) and asked.credential in (None, name)}
    if not wanted:
        raise CommandError(f"credentials for cloud {asked.cloud} not found in {asked.file}")
    for name, credential in wanted.items():
        known = name in store.credentials(asked.cloud)
        store.put_credential(asked.cloud, name, credential)
        _say(f'Credential "{name}" {"updated" if known else "added"} locally for cloud "{asked.cloud}".')
    return 0


def _request(asked: argparse.Namespace, cloud_name: str, cloud: dict[str, Any], region: str) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    try:
        for text in [*asked.constraints, *asked.bootstrap_constraints]:
            constraints |= parse(text)
        base = parse_base(asked.bootstrap_base) if asked.bootstrap_base else ""
    except ApiError as exc:
        raise CommandError(exc.message) from exc
    return {
        "cloud": {
            "name": cloud_name,
            "type": cloud.get("type", "maas"),
            "auth-types": cloud.get("auth-types") or ["oauth1"],
            "endpoint": cloud.get("endpoint", ""),
            "regions": [{"name": name} for name in cloud.get("regions") or {"default": {}}],
        },
        "region": region,
        "base": base,
        "constraints": constraints,
        "placement": asked.to,
        "config": _settings(asked.config),
        "model-config": _settings(asked.model_default),
    }


def _wait_or_undo(where: Simulator, made: dict[str, Any]) -> dict[str, Any]:
    """Waits for a controller; Ctrl-C or a failure takes back what there is of it."""
    try:
        return _wait(where, made)
    except KeyboardInterrupt:
        _say("Interrupt signalled: waiting for bootstrap to exit")
        _undo(where, made)
        raise CommandError("failed to bootstrap model: cannot start bootstrap instance: cancelled") from None
    except CommandError:
        _undo(where, made)
        raise


def _wait(where: Simulator, made: dict[str, Any]) -> dict[str, Any]:
    said: set[str] = set()
    began = where.get("clock")["now"]
    while not made["ready"]:
        machine = made["machine"]
        _say_once(said, machine["instance-id"] and f" - {machine['instance-id']} ({hardware_text(machine['hardware'], '')})")
        if machine["status"] == "running":
            began = began if "Installing" in " ".join(said) else where.get("clock")["now"]
            _say_once(said, "Installing Juju agent on bootstrap instance")
            for address in machine["addresses"][:1]:
                _say_once(said, f"Attempting to connect to {address}:22")
                _say_once(said, f"Connected to {address}")
        if machine["status"] == "provisioning error":
            raise CommandError(f"failed to bootstrap model: cannot start bootstrap instance: {_reason(machine['message'])}")
        if machine["status"] == "running" and where.get("clock")["now"] - began > DEADLINE:
            raise CommandError("failed to bootstrap model: bootstrap instance started but did not change to Deployed state")
        time.sleep(POLL)
        made = where.get(f"juju/controllers/{made['uuid']}")
    _say_once(said, "Bootstrap agent now started")
    return made


def _undo(where: Simulator, made: dict[str, Any]) -> None:
    try:
        where.post(f"juju/controllers/{made['uuid']}/destroy", {"models": True, "force": True})
    except CommandError as exc:
        _say(f"ERROR cannot clean up: {exc}")


def _note_down(store: ClientStore, made: dict[str, Any], request: dict[str, Any], region: str, *, switch: bool) -> None:
    cloud, home = request["cloud"], next(model for model in made["models"] if model["controller"])
    controller = {
        "uuid": made["uuid"],
        "api-endpoints": [made["address"]],
        "ca-cert": made["ca-cert"],
        "cloud": cloud["name"],
        "region": region,
        "type": cloud["type"],
        "agent-version": VERSION,
        "controller-machine-count": 1,
        "active-controller-machine-count": 1,
        "machine-count": 1,
    }
    account = {"user": "admin", "password": request["password"], "last-known-access": "superuser"}
    models = {"models": {"admin/controller": {"uuid": home["uuid"], "type": "iaas"}}, "current-model": "admin/controller"}
    config = {
        "controller-config": request["config"],
        "model-config": request["model-config"],
        "controller-model-uuid": home["uuid"],
        "credential": request["credential"]["name"],
        "cloud": cloud["name"],
        "type": cloud["type"],
        "region": region,
        "endpoint": cloud["endpoint"],
    }
    facts = {"controllers": controller, "accounts": account, "models": models, "bootstrap-config": config}
    store.add_controller(request["name"], facts, switch=switch)


def _cloud(store: ClientStore, name: str) -> dict[str, Any]:
    found = store.clouds().get(name)
    if found is None:
        raise CommandError(f'unknown cloud "{name}", please try "juju update-public-clouds"')
    return dict(found)


def _credential(store: ClientStore, cloud: str, name: str) -> tuple[str, dict[str, Any]]:
    known = store.credentials(cloud)
    if name:
        if name not in known:
            raise CommandError(f'"{name}" credential for cloud "{cloud}" not found')
        return name, known[name]
    if len(known) != 1:
        more = "more than one credential is available" if known else f"no credentials for cloud {cloud}"
        raise CommandError(f"{more}\nspecify a credential using the --credential argument")
    return next(iter(known.items()))


def _settings(values: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for value in values:
        key, equals, text = value.partition("=")
        if equals:
            found[key] = yaml.safe_load(text) if text else ""
        else:
            found |= _yaml(value)
    return found


def _yaml(path: str) -> dict[str, Any]:
    try:
        return dict(yaml.safe_load(pathlib.Path(path).read_text()) or {})
    except OSError as exc:
        raise CommandError(f"open {path}: {(exc.strerror or '').lower()}") from exc


def _reason(text: str) -> str:
    return text.partition("(")[2].removesuffix(")") if text.startswith("failed to start machine") else text


def _say_once(said: set[str], line: str) -> None:
    if line and line not in said:
        said.add(line)
        _say(line)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
