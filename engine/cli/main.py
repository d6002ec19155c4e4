"""Entry point: parse, run the command, turn errors into one line and an exit code."""

from __future__ import annotations

import argparse
import sys

from engine.cli import config, deploy, parser, stack, state
from engine.cli.session import Session
from engine.errors import EngineError


def main(argv: list[str] | None = None) -> int:
    """Runs one command; returns its exit code."""
    arguments = parser.parse(sys.argv[1:] if argv is None else argv)
    commands = {"stack": stack.run, "config": config.run, "state": state.run, "cancel": _cancel}
    try:
        session = Session(
            arguments.cwd,
            getattr(arguments, "stack", ""),
            getattr(arguments, "config_file", ""),
            interactive=sys.stdin.isatty() and sys.stdout.isatty() and not arguments.non_interactive,
            check_integrity=not arguments.disable_integrity_checking,
        )
        return commands.get(arguments.command, deploy.run)(arguments, session)
    except EngineError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except OSError as error:
        print(f"error: {error.filename or 'the disk or the network'}: {error.strerror or error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("error: interrupted", file=sys.stderr)
        return 130


def _cancel(arguments: argparse.Namespace, session: Session) -> int:
    """Removes a stack's locks, so that its interrupted update can be taken up again."""
    ref = session.existing(arguments.name)
    if arguments.stale and not session.backend.abandoned(ref):
        return 0
    if not (arguments.yes or arguments.stale):
        if not session.interactive:
            raise EngineError("non-interactive mode requires --yes flag")
        if input(f"This will cancel any running update of '{ref.name}'! Go on? [yes/no] ").lower() not in ("y", "yes"):
            raise EngineError("confirmation declined")
    session.backend.cancel(ref)
    for warning in session.backend.settle_journal(ref):
        print(f"warning: {warning}", file=sys.stderr)
    print(f"The currently running update for '{ref.name}' has been canceled!")
    return 0
