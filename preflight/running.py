"""Runs checks side by side, each in a thread and under a deadline of its own."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from clients.errors import ClientError
from config import SiteError

from . import outcome
from .checks import Check, SourceError
from .outcome import Finding, Result
from .sources import NotKnownError, Sources

DEADLINE = 60.0


def run(
    checks: Sequence[Check],
    sources: Sources,
    *,
    owners: Sequence[Check] | None = None,
    deadline: float = DEADLINE,
    now: Callable[[], float] = time.monotonic,
) -> Iterator[Result]:
    """The results, as they come.

    Args:
        checks: what is to be run.
        sources: what they judge.
        owners: the checks that others point to when a source fails; by default `checks`.
        deadline: seconds that each check has.
        now: a clock that only goes forward.
    """
    names = {source: check.name for check in owners or checks for source in check.owns}
    done: queue.SimpleQueue[Result] = queue.SimpleQueue()
    start = now()

    def work(check: Check) -> None:
        findings = _findings(check, sources, names)
        done.put(Result(name=check.name, findings=findings, seconds=now() - start))

    for check in checks:  # a thread that hangs must not keep the program from ending
        threading.Thread(target=work, args=(check,), name=f"preflight {check.name}", daemon=True).start()
    waiting = {check.name: check for check in checks}
    while waiting:
        try:
            result = done.get(timeout=max(0.0, start + deadline - now()))
        except queue.Empty:
            break
        del waiting[result.name]
        yield result
    for check in waiting.values():
        owner = names.get(sources.awaited(check.needs) or "", check.name)
        late = _late(check, deadline) if owner == check.name else _pointed(owner)
        yield Result(name=check.name, findings=(late,), seconds=deadline)


def _findings(check: Check, sources: Sources, owners: dict[str, str]) -> tuple[Finding, ...]:
    try:
        needed = [sources.get(need) for need in check.needs]
        optional = [_or_none(sources, name) for name in check.may]
        return tuple(check.judge(*needed, *optional)) or (outcome.ok("", check.title),)
    except NotKnownError as error:
        owner = owners.get(error.source, check.name)
        if owner != check.name:
            return (_pointed(owner),)
        return _explained(error.error, check)
    except Exception as error:  # a check that breaks has failed, and the others go on
        return _explained(error, check)


def _or_none(sources: Sources, name: str) -> Any:
    try:
        return sources.get(name)
    except NotKnownError:
        return None


def _explained(error: Exception, check: Check) -> tuple[Finding, ...]:
    if isinstance(error, SiteError):
        return tuple(outcome.failed(problem.path, problem.value or "is wrong", problem.mend) for problem in error.problems)
    first = str(error).strip().partition("\n")[0]
    if isinstance(error, SourceError):
        return (outcome.failed("", error.said, error.mend),)
    if isinstance(error, ClientError):
        return (outcome.failed("", first, check.hint or "see what the server's log says of it"),)
    text = f"the check itself broke ({type(error).__name__}{': ' if first else ''}{first})"
    return (outcome.failed("", text, "look into it by hand, and go on with --skip"),)


def _pointed(owner: str) -> Finding:
    return outcome.skipped("", f"it needs what {owner} could not find out")


def _late(check: Check, deadline: float) -> Finding:
    said = f"no answer within {deadline:g} s ({check.title})"
    return outcome.failed("", said, "see whether the servers that it asks are overloaded, and run it again")
