"""`python -m simulator`: start, stop, status, reset, fault, clock."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import pathlib
import signal
import sys
from typing import Any

from . import control, daemon


def main(argv: list[str] | None = None) -> int:
    """Runs one command; returns the exit code."""
    options = _parser().parse_args(argv)
    options.dir = options.dir.resolve()
    try:
        return int(options.run(options))
    except (control.ControlError, daemon.DaemonError) as exc:
        print(f"simulator: {exc}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        raise
    except OSError as exc:  # a full disk, a checkout that nobody may write to
        print(f"simulator: {exc.filename or options.dir}: {exc.strerror or exc}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m simulator", description="A rack on loopback: MAAS, LXD, Juju and OpenStack.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    start = _command(commands, "start", "start it (or say that it runs) and wait until it answers", _start)
    start.add_argument("--world", type=pathlib.Path, default=daemon.GUIDE, help="YAML file of the rack")
    start.add_argument("--factor", type=float, help="virtual seconds for each real second (default 360)")
    start.add_argument("--foreground", action="store_true", help="run in this process until interrupted")
    _command(commands, "stop", "stop it; its state stays", _stop)
    _command(commands, "status", "say what runs and how the machines are", _status)
    _command(commands, "reset", "put the rack back to its beginning", _reset)
    _fault_commands(commands)
    clock = _command(commands, "clock", "show or move virtual time", _clock)
    clock.add_argument("action", nargs="?", choices=["show", "advance", "factor"], default="show")
    clock.add_argument("value", nargs="?", type=float, help="seconds to advance, or the new factor")
    return parser


def _fault_commands(commands: Any) -> None:
    faults = commands.add_parser("fault", help="let something go wrong").add_subparsers(required=True, metavar="ACTION")
    add = _command(faults, "add", "add a fault", _fault_add)
    add.add_argument("name")
    add.add_argument("--target", default="*", help="what it strikes (a glob; default: anything)")
    add.add_argument("--times", type=int, help="how often (default: until cleared)")
    add.add_argument("options", nargs="*", metavar="key=value")
    _command(faults, "list", "list active and known faults", _fault_list)
    _command(faults, "clear", "take all faults away", _fault_clear)


def _command(commands: Any, name: str, text: str, run: Any) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    parser.add_argument("--dir", type=pathlib.Path, default=pathlib.Path(".simulator"), help="where it keeps its state")
    parser.set_defaults(run=run)
    return parser


def _start(options: argparse.Namespace) -> int:
    lock = control.acquire(options.dir)
    if not lock:
        control.wait_ready(options.dir)
        _say(f"the simulator runs already: {options.dir / daemon.ENDPOINTS}")
        return 0
    if options.foreground:
        with lock:
            asyncio.run(_serve(options))
        return 0
    lock.close()
    extra = ["--world", str(options.world.resolve())]
    extra += [] if options.factor is None else ["--factor", str(options.factor)]
    found = control.start(options.dir, extra)
    _say(f"the simulator runs (process {found['pid']}): {options.dir / daemon.ENDPOINTS}")
    return 0


async def _serve(options: argparse.Namespace) -> None:
    handler = daemon.log_to(options.dir)
    running = daemon.Daemon(options.dir, options.world, options.factor)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, running.stopping.set)
    try:
        await running.start()
    except OSError as exc:
        raise daemon.DaemonError(str(exc)) from exc
    try:
        await running.stopping.wait()
    finally:
        await running.stop()
        handler.close()


def _stop(options: argparse.Namespace) -> int:
    _say("the simulator has stopped" if control.stop(options.dir) else "no simulator runs")
    return 0


def _status(options: argparse.Namespace) -> int:
    if not control.running(options.dir):
        _say("no simulator runs")
        return 3
    _say(json.dumps(control.call(options.dir, "GET", "status"), indent=1))
    return 0


def _reset(options: argparse.Namespace) -> int:
    if control.running(options.dir):
        control.call(options.dir, "POST", "reset", {})
    else:
        control.forget(options.dir)
    _say("the rack is as at the beginning")
    return 0


def _fault_add(options: argparse.Namespace) -> int:
    pairs = [text.partition("=") for text in options.options]
    if wrong := [key for key, sign, _ in pairs if not sign]:
        raise control.ControlError(f"{wrong[0]!r} is not of the form key=value")
    asked = {"name": options.name, "target": options.target, "times": options.times}
    control.call(options.dir, "POST", "faults", asked | {"options": {key: value for key, _, value in pairs}})
    _say(f"fault {options.name} strikes {options.target}")
    return 0


def _fault_list(options: argparse.Namespace) -> int:
    _say(json.dumps(control.call(options.dir, "GET", "faults"), indent=1))
    return 0


def _fault_clear(options: argparse.Namespace) -> int:
    control.call(options.dir, "DELETE", "faults")
    _say("no faults")
    return 0


def _clock(options: argparse.Namespace) -> int:
    if options.action == "show":
        _say(json.dumps(control.call(options.dir, "GET", "clock")))
        return 0
    if options.value is None:
        raise control.ControlError(f"clock {options.action} needs a number")
    _say(json.dumps(control.call(options.dir, "POST", "clock", {options.action: options.value})))
    return 0


def _say(text: str) -> None:
    print(text)


if __name__ == "__main__":
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 128 + 13
    sys.exit(code)
