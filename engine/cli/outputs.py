"""stack output: as a table, one value, JSON, or assignments for a shell."""

from __future__ import annotations

import argparse
import json
from typing import Any

from engine import values
from engine.cli.session import Session
from engine.errors import EngineError

_SPECIAL = frozenset("\\'\"`${[|&;<>()*?!")


def run(arguments: argparse.Namespace, session: Session) -> None:
    """Prints the outputs of a stack."""
    outputs = session.outputs(session.existing())
    shown: dict[str, Any] = values.reveal(outputs) if arguments.show_secrets else values.mask(outputs)
    shown = json.loads(json.dumps(shown, default=_reference, sort_keys=True))
    if arguments.property:
        if arguments.property not in shown:
            raise EngineError(f"current stack does not have output property '{arguments.property}'")
        _print_one(arguments, shown[arguments.property])
    elif arguments.json:
        print(json.dumps(dict(sorted(shown.items())), indent=2, ensure_ascii=False))
    elif arguments.shell:
        for name, value in sorted(shown.items()):
            print(f"{name}={_quoted(text(value))}")
    else:
        _print_table(shown)


def _quoted(word: str) -> str:
    """Returns a word that a shell takes as it is: escapes where that reads well, else quotes."""
    if not word or any(c in " \t\n" for c in word):
        return "'" + word.replace("'", "'\\''") + "'"
    escaped = "".join(f"\\{c}" if c in _SPECIAL else c for c in word)
    return f"\\{escaped}" if word.startswith("~") else escaped


def _reference(value: Any) -> Any:
    return value.urn if isinstance(value, values.ResourceReference) else str(value)


def _print_one(arguments: argparse.Namespace, value: Any) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False) if arguments.json else text(value))


def text(value: Any) -> str:
    """Returns a value as text: strings bare, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _print_table(shown: dict[str, Any]) -> None:
    print(f"Current stack outputs ({len(shown)}):")
    if not shown:
        print("    No output values currently in this stack")
        return
    width = max(len("OUTPUT"), *map(len, shown))
    print(f"    {'OUTPUT':<{width}}  VALUE")
    for name, value in sorted(shown.items()):
        print(f"    {name:<{width}}  {text(value)}")
