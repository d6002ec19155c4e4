"""`juju version`, `controllers`, `models`, `status`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import Any

import yaml

from . import clistatus
from .clirpc import CommandError, Simulator, call
from .clistore import ClientStore
from .version import VERSION

_NONE = """No controllers registered.

Please either create a new controller using "juju bootstrap" or connect to
another controller that you have been given access to using "juju register"."""
_SHOWN = ("current-model", "user", "access", "cloud", "region", "agent-version", "uuid", "api-endpoints", "ca-cert")


def add_to(commands: Any) -> None:
    """Adds the commands."""
    for names, run in (
        (("version",), version),
        (("controllers", "list-controllers"), controllers),
        (("models", "list-models"), models),
        (("status",), status),
    ):
        parser = commands.add_parser(names[0], aliases=names[1:])
        parser.add_argument("--format", choices=("tabular", "json", "yaml"), default="tabular")
        parser.add_argument("-c", "--controller", default="")
        parser.add_argument("-m", "--model", default="")
        parser.add_argument("--relations", action="store_true")
        parser.add_argument("patterns", nargs="*")
        parser.set_defaults(run=run)


def version(asked: argparse.Namespace, store: ClientStore, simulator: Callable[[], Simulator]) -> int:
    """Prints the version."""
    text = f"{VERSION}-genericlinux-amd64"
    print(text if asked.format == "tabular" else _formatted(asked.format, text))
    return 0


def controllers(asked: argparse.Namespace, store: ClientStore, simulator: Callable[[], Simulator]) -> int:
    """Prints the controllers of the client store."""
    known = store.controllers()
    if asked.format != "tabular":
        shown = {name: _controller(store, name, facts) for name, facts in known.items()}
        print(_formatted(asked.format, {"controllers": shown, "current-controller": store.current()}))
        return 0
    if not known:
        raise CommandError(_NONE)
    rows = [["Controller", "Model", "User", "Access", "Cloud/Region", "Models", "Nodes", "HA", "Version"]]
    for name, facts in known.items():
        mark = "*" if name == store.current() else ""
        account = store.account(name)
        place = f"{facts['cloud']}/{facts['region']}"
        model = store.current_model(name).rpartition("/")[2] or "-"
        rows.append([name + mark, model, account.get("user", "-"), account.get("last-known-access", "-"), place, "-", "1", "none",
                     facts["agent-version"]])  # fmt: skip
    print(clistatus.table(rows))
    return 0


def models(asked: argparse.Namespace, store: ClientStore, simulator: Callable[[], Simulator]) -> int:
    """Prints the models of a controller."""
    name, facts, account = _reach(asked, store)
    params = {"user-tag": f"user-{account['user']}", "all": True}
    answer = call(facts, account, ("ModelManager", 10, "ListModelSummaries"), params)
    found = [result["result"] for result in answer["results"]]
    if asked.format != "tabular":
        shown = [
            {
                "name": f"admin/{m['name']}",
                "short-name": m["name"],
                "model-uuid": m["uuid"],
                "life": m["life"],
                "cloud": facts["cloud"],
                "is-controller": m["is-controller"],
                "status": {"current": m["status"]["status"]},
            }
            for m in found
        ]
        print(_formatted(asked.format, {"models": shown}))
        return 0
    print(f"Controller: {name}\n")
    rows = [["Model", "Cloud/Region", "Type", "Status", "Machines", "Units", "Access"]]
    for model in found:
        counts = {count["entity"]: str(count["count"]) for count in model["counts"]}
        place = f"{facts['cloud']}/{model['cloud-region']}"
        rows.append([model["name"], place, model["provider-type"], model["status"]["status"], counts["machines"], counts["units"],
                     model["user-access"]])  # fmt: skip
    print(clistatus.table(rows))
    return 0


def status(asked: argparse.Namespace, store: ClientStore, simulator: Callable[[], Simulator]) -> int:
    """Prints what is in a model."""
    name, facts, account = _reach(asked, store)
    wanted = asked.model.rpartition(":")[2] or store.current_model(name)
    if not wanted:
        raise CommandError('No selected model.\n\nTo see models run "juju models"')
    listed = call(
        facts, account, ("ModelManager", 10, "ListModelSummaries"), {"user-tag": f"user-{account['user']}", "all": True}
    )
    found = [r["result"] for r in listed["results"] if r["result"]["name"] == wanted.rpartition("/")[2]]
    if not found:
        raise CommandError(f"model {name}:admin/{wanted.rpartition('/')[2]} not found")
    full = call(facts, account, ("Client", 8, "FullStatus"), {"patterns": asked.patterns}, found[0]["uuid"])
    if asked.format == "tabular":
        print(clistatus.tabular(name, full))
    else:
        print(_formatted(asked.format, clistatus.structured(name, full)))
    return 0


def _reach(asked: argparse.Namespace, store: ClientStore) -> tuple[str, dict[str, Any], dict[str, Any]]:
    before, colon, _ = asked.model.partition(":")
    name = asked.controller or (before if colon else "") or store.current()
    if not name:
        raise CommandError('No selected controller.\n\nPlease use "juju switch" to select a controller.')
    if name not in store.controllers():
        raise CommandError(f"controller {name} not found")
    return name, store.controllers()[name], store.account(name)


def _controller(store: ClientStore, name: str, facts: dict[str, Any]) -> dict[str, Any]:
    account = store.account(name)
    everything = facts | {
        "current-model": store.current_model(name),
        "user": account.get("user"),
        "access": account.get("last-known-access"),
    }
    return {key: everything[key] for key in _SHOWN if key in everything}


def _formatted(kind: str, content: Any) -> str:
    return json.dumps(content) if kind == "json" else str(yaml.safe_dump(content, sort_keys=False)).rstrip()
