"""The stand-in for the `juju` command: what a deployment needs of it, with its words and exit codes.

It keeps the client store of $JUJU_DATA like the real one. What the real one does itself over SSH and the cloud's API, the
simulator does for it; its admin API is found through endpoints.json in the simulator's folder, which the environment names.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import sys
from collections.abc import Sequence
from typing import NoReturn

from . import clibootstrap, clidestroy, climachines, clishow
from .clirpc import CommandError, Simulator
from .clistore import ClientStore

FOLDER_VARIABLE = "SIMULATOR_DIR"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise CommandError(message, 2)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command.

    Returns:
        The exit code: 0, 1 for a failure, 2 for a command line that makes no sense.
    """
    try:
        asked = _parser().parse_args(sys.argv[1:] if arguments is None else arguments)
        return int(asked.run(asked, ClientStore(), _simulator))
    except CommandError as exc:
        print(f"ERROR {exc}", file=sys.stderr)
        return exc.code if exc.code in (1, 2) else 1
    except KeyboardInterrupt:
        print("ERROR interrupted", file=sys.stderr)
        return 1


def _simulator() -> Simulator:
    return Simulator(pathlib.Path(os.environ.get(FOLDER_VARIABLE) or ".simulator") / "endpoints.json")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="juju", description="Stand-in for the juju command in front of the simulator.")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)
    clibootstrap.add_to(commands)
    clidestroy.add_to(commands)
    climachines.add_to(commands)
    clishow.add_to(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
