"""Engine events: what happens in an operation, told to the display, the event log and ``--json``."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from engine.redact import Redactor
from engine.steps import Op, Step


@dataclasses.dataclass(frozen=True, slots=True)
class StepStarted:
    """A step begins."""

    step: Step


@dataclasses.dataclass(frozen=True, slots=True)
class StepDone:
    """A step has succeeded, or outputs were registered later; ``op`` is what it came to."""

    step: Step
    op: Op


@dataclasses.dataclass(frozen=True, slots=True)
class StepFailed:
    """A step has failed; a diagnostic said why."""

    step: Step


@dataclasses.dataclass(frozen=True, slots=True)
class Diagnostic:
    """A message for the operator."""

    severity: str
    message: str
    urn: str = ""
    ephemeral: bool = False
    """Progress that is worth a glance only."""


@dataclasses.dataclass(frozen=True, slots=True)
class Prelude:
    """The operation begins, with this configuration (secrets masked)."""

    config: dict[str, str]


@dataclasses.dataclass(frozen=True, slots=True)
class Summary:
    """The operation has ended."""

    preview: bool
    changes: dict[str, int]
    seconds: float
    result: str


@dataclasses.dataclass(frozen=True, slots=True)
class Ended:
    """Nothing more will come."""


Event = StepStarted | StepDone | StepFailed | Diagnostic | Prelude | Summary | Ended
Listener = Callable[[Event], None]


class Events:
    """Passes events on, without the secrets that messages may hold, and counts the changes."""

    def __init__(self, redactor: Redactor, *, preview: bool):
        self._listeners: list[Listener] = []
        self._redactor = redactor
        self._preview = preview
        self.changes: dict[str, int] = {}

    def subscribe(self, listener: Listener) -> None:
        """Lets ``listener`` hear all that follows."""
        self._listeners.append(listener)

    def emit(self, event: Event) -> None:
        """Tells all listeners."""
        for listener in self._listeners:
            listener(event)

    def diagnostic(self, severity: str, message: str, urn: str = "", *, ephemeral: bool = False) -> None:
        """Tells all listeners a message."""
        self.emit(Diagnostic(severity, self._redactor(message), urn, ephemeral))

    def step_failed(self, step: Step, reason: str) -> None:
        """Reports why a step failed; a preview has no event for the failure itself."""
        urn = "" if step.internal else step.urn
        self.diagnostic("error", f"Preview failed: {reason}" if self._preview else reason, urn)
        if not self._preview:
            self.emit(StepFailed(step))

    def step_done(self, step: Step, op: Op, *, counts: bool) -> None:
        """Counts a finished step and tells those who wait for its end."""
        if counts and not step.internal:
            self.changes[op] = self.changes.get(op, 0) + 1
        shown = step.resource.custom or step.op in (Op.REFRESH, Op.DELETE)
        if self._preview or shown:
            self.emit(StepDone(step, op))
