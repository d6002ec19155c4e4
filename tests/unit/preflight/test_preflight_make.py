"""Where `make` runs the checks: on their own, and before an up unless told not to."""

from __future__ import annotations

import pathlib
import subprocess

ROOT = pathlib.Path(__file__).parents[3]


def planned(*words: str) -> list[str]:
    """The commands that make would run."""
    done = subprocess.run(["make", "-n", "--no-print-directory", *words], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def place(commands: list[str], text: str) -> int:
    return next((number for number, command in enumerate(commands) if text in command), -1)


def test_an_up_begins_with_the_checks() -> None:
    commands = planned("up")
    assert (
        0
        <= place(commands, "-m preflight --brief --stack dev --report .cache/preflight-dev.json")
        < place(commands, " up --stack dev")
    )


def test_an_up_can_be_told_not_to_check() -> None:
    commands = planned("up", "PREFLIGHT=no")
    assert place(commands, "-m preflight") == -1
    assert place(commands, " up --stack dev") >= 0


def test_the_checks_run_alone_and_take_options() -> None:
    commands = planned("preflight", "STACK=mysite", "CHECKS=--skip bmc")
    assert place(commands, "-m preflight --stack mysite --report .cache/preflight-mysite.json --skip bmc") >= 0
    assert place(commands, " up --stack") == -1
