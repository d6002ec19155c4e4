"""`python -m preflight --stack NAME`: exit code 0 when a deployment may start, 1 when not, 2 for a wrong command line."""

from __future__ import annotations

import argparse
import datetime
import json
import os
import pathlib
import sys
import time
from collections.abc import Iterable, Sequence

import rich.console

from . import report, running
from .catalogue import CHECKS, sources
from .checks import Check
from .outcome import Result, passed
from .sources import NotKnownError, Sources


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the checks that are asked for and reports them."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    if asked.list:
        print("\n".join(f"{check.name:<18}{check.title}" for check in CHECKS))
        return 0
    if asked.stack is None:
        parser.error("--stack is missing: whose configuration is to be read?")
    try:
        chosen = choose(asked.only, asked.skip)
    except ValueError as error:
        parser.error(str(error))
    begun, start = datetime.datetime.now(datetime.UTC), time.monotonic()
    known = Sources(sources(pathlib.Path.cwd()), {"name": asked.stack})
    results = in_order(running.run(chosen, known, owners=CHECKS, deadline=asked.deadline))
    results = report.without(results, _secrets(known))
    seconds = time.monotonic() - start
    content = report.document(results, asked.stack, seconds, begun)
    if asked.report:
        try:
            report.save(asked.report, content)
        except OSError as error:
            parser.error(f"--report {asked.report} can't be written: {error.strerror}")
    if asked.json:
        print(json.dumps(content, indent=2, ensure_ascii=False))
    else:
        show(results, seconds, brief=asked.brief)
    return 0 if passed(results) else 1


def show(results: Sequence[Result], seconds: float, *, brief: bool) -> None:
    """A table on a terminal, plain lines in a pipe, and the summary below."""
    if sys.stdout.isatty():
        report.table(results, rich.console.Console(), brief=brief)
    else:
        print("".join(f"{line}\n" for line in report.lines(results, brief=brief)), end="")
    print(report.summary(results, seconds))
    if not passed(results):
        print("nothing was changed; mend what failed, or leave a check out with --skip NAME", file=sys.stderr)


def choose(only: Sequence[str], skip: Sequence[str]) -> list[Check]:
    """The checks that are asked for.

    Raises:
        ValueError: when a name is no check's.
    """
    names = [check.name for check in CHECKS]
    unknown = sorted({*only, *skip} - set(names))
    if unknown:
        raise ValueError(f"there is no check {', '.join(unknown)}; there are: {', '.join(names)}")
    return [check for check in CHECKS if (not only or check.name in only) and check.name not in skip]


def in_order(results: Iterable[Result]) -> tuple[Result, ...]:
    """Results in the order of the catalogue, whichever came first."""
    place = {check.name: position for position, check in enumerate(CHECKS)}
    return tuple(sorted(results, key=lambda result: place[result.name]))


def _secrets(known: Sources) -> frozenset[str]:
    try:
        return frozenset(known.get("stack").hidden())
    except NotKnownError:
        return frozenset()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m preflight", description="Checks a site against its live servers; changes nothing."
    )
    parser.add_argument("--stack", "-s", help="the stack whose configuration is read")
    parser.add_argument(
        "--report", type=pathlib.Path, metavar="FILE", help="also write the outcome as JSON, readable by the owner only"
    )
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON")
    parser.add_argument("--brief", action="store_true", help="show only what is not as it should be")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="run this check; may be repeated")
    parser.add_argument("--skip", action="append", default=[], metavar="NAME", help="leave this check out; may be repeated")
    parser.add_argument("--list", action="store_true", help="say which checks there are")
    parser.add_argument("--deadline", type=_seconds, default=running.DEADLINE, metavar="S", help="seconds that a check may take")
    return parser


def _seconds(text: str) -> float:
    value = float(text)
    if not value > 0:
        raise argparse.ArgumentTypeError("must be above 0")
    return value


if __name__ == "__main__":
    try:
        code = main()
        sys.stdout.flush()
    except KeyboardInterrupt:
        sys.exit("interrupted; nothing was changed")
    except BrokenPipeError:  # whoever reads, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 128 + 13
    sys.exit(code)
