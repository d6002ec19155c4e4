"""`juju destroy-controller`, `kill-controller` and `unregister`."""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Callable
from typing import Any

from .clirpc import CommandError, Simulator
from .clistore import ClientStore

POLL = 0.1
DEADLINE = 3600.0
"""Virtual seconds that hosted models have to go, when no --model-timeout is given."""
_LIVE_MODELS = """cannot destroy controller "{name}"

The controller has live models. If you want
to destroy all models in the controller,
run this command again with the --destroy-all-models option.

Models:
{models}"""
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0}


def add_to(commands: Any) -> None:
    """Adds the three commands."""
    destroying = commands.add_parser("destroy-controller")
    for option in ("--destroy-all-models", "--destroy-storage", "--release-storage", "--force", "--no-wait"):
        destroying.add_argument(option, action="store_true")
    destroying.add_argument("--model-timeout", default="")
    killing = commands.add_parser("kill-controller")
    killing.add_argument("-t", "--timeout", default="")
    leaving = commands.add_parser("unregister")
    for parser, run in ((destroying, destroy), (killing, kill), (leaving, unregister)):
        parser.add_argument("name")
        parser.add_argument("-y", "--yes", "--no-prompt", dest="yes", action="store_true")
        parser.set_defaults(run=run)


def destroy(asked: argparse.Namespace, store: ClientStore, simulator: Callable[[], Simulator]) -> int:
    """Ends a controller, with all its models only when asked."""
    known = _known(store, asked.name)
    _confirm(asked, f'This command will destroy the "{asked.name}" controller and all its resources')
    where = simulator()
    state = _state(where, known)
    if state is None:
        raise CommandError(f'getting controller environ: controller "{asked.name}" is not reachable')
    alive = [model for model in state["models"] if not model["controller"]]
    if alive and not asked.destroy_all_models:
        lines = "\n".join(f"\t{model['owner']}/{model['name']} ({model['life']})" for model in alive)
        raise CommandError(_LIVE_MODELS.format(name=asked.name, models=lines))
    print("Destroying controller", file=sys.stderr)
    _end(where, known, force=asked.force, seconds=_duration(asked.model_timeout) or DEADLINE)
    store.remove_controller(asked.name)
    return 0


def kill(asked: argparse.Namespace, store: ClientStore, simulator: Callable[[], Simulator]) -> int:
    """Ends a controller by force, whatever it hosts."""
    known = _known(store, asked.name)
    _confirm(asked, f'This command will forcibly destroy the "{asked.name}" controller and all its resources')
    where = simulator()
    if _state(where, known) is not None:
        print(f'Destroying controller "{asked.name}"', file=sys.stderr)
        _end(where, known, force=True, seconds=_duration(asked.timeout) or DEADLINE)
    store.remove_controller(asked.name)
    return 0


def unregister(asked: argparse.Namespace, store: ClientStore, simulator: Callable[[], Simulator]) -> int:
    """Forgets a controller; it goes on."""
    _known(store, asked.name)
    _confirm(asked, f'This command will remove connection information for controller "{asked.name}"')
    store.remove_controller(asked.name)
    return 0


def _end(where: Simulator, known: dict[str, Any], *, force: bool, seconds: float) -> None:
    where.post(f"juju/controllers/{known['uuid']}/destroy", {"models": True, "force": force})
    deadline = where.get("clock")["now"] + seconds
    said = ""
    while (state := _state(where, known)) is not None:
        line = _progress(state)
        if line != said:
            print(line, file=sys.stderr, flush=True)
            said = line
        if where.get("clock")["now"] > deadline:
            raise CommandError(f"timed out waiting for hosted model resources to be reclaimed: {line}")
        time.sleep(POLL)


def _progress(state: dict[str, Any]) -> str:
    models = [model for model in state["models"] if not model["controller"]]
    if not models:
        return "All hosted models reclaimed, cleaning up controller machines"
    counts = {"model": len(models), **{kind: sum(m[f"{kind}s"] for m in models) for kind in ("machine", "application")}}
    shown = ", ".join(f"{count} {kind}{'s' if count > 1 else ''}" for kind, count in counts.items() if count)
    return f"Waiting for {shown}"


def _state(where: Simulator, known: dict[str, Any]) -> dict[str, Any] | None:
    try:
        return where.get(f"juju/controllers/{known['uuid']}")
    except CommandError as exc:
        if exc.code == 404:
            return None
        raise


def _known(store: ClientStore, name: str) -> dict[str, Any]:
    found = store.controllers().get(name)
    if found is None:
        raise CommandError(f"controller {name} not found")
    return dict(found)


def _confirm(asked: argparse.Namespace, what: str) -> None:
    if asked.yes:
        return
    print(f"WARNING {what}\n\nTo continue, enter the name of the controller: ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip() != asked.name:
        raise CommandError(f"{asked.command.replace('-', ' ')}: aborted")


def _duration(text: str) -> float | None:
    parts = re.findall(r"(\d+(?:\.\d+)?)([hms])", text)
    if text and not parts:
        raise CommandError(f'invalid value "{text}" for option --model-timeout: time: invalid duration "{text}"', 2)
    return sum(float(number) * _SECONDS[unit] for number, unit in parts) if parts else None
