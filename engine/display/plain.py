"""Lines for a pipe or a log: one when a step begins, one when it ends, in stable words."""

from __future__ import annotations

import time
from typing import TextIO

from engine import events, values
from engine.display import property_diff, text
from engine.steps import Op, Step

_QUIET = (Op.SAME, Op.REPLACE, Op.REMOVE_PENDING_REPLACE)


class PlainDisplay:
    """Prints an operation's events."""

    def __init__(self, out: TextIO, *, preview: bool, show_diff: bool, show_secrets: bool):
        self._out = out
        self._preview = preview
        self._show_diff = show_diff
        self._show_secrets = show_secrets
        self._started: dict[int, float] = {}

    def __call__(self, event: events.Event) -> None:
        if isinstance(event, events.StepStarted):
            self._begin(event.step)
        elif isinstance(event, events.StepDone):
            self._end(event.step, event.op)
        elif isinstance(event, events.StepFailed):
            self._line(event.step, event.step.op, f"{text.doing(event.step.op)} failed")
        elif isinstance(event, events.Diagnostic):
            self._tell(event)

    def _begin(self, step: Step) -> None:
        self._started[id(step)] = time.monotonic()
        if not self._preview and not step.internal and step.op not in _QUIET:
            self._line(step, step.op, text.doing(step.op))

    def _end(self, step: Step, op: Op) -> None:
        if step.internal or op in _QUIET or id(step) not in self._started:
            return
        elapsed = time.monotonic() - self._started.pop(id(step))
        words = text.planned(op) if self._preview else f"{text.done(op)} ({elapsed:.2f}s)"
        self._line(step, op, words)
        if self._show_diff:
            for line in property_diff.lines(step, show_secrets=self._show_secrets):
                self._print(line)

    def _line(self, step: Step, op: Op, words: str) -> None:
        self._print(f" {text.PREFIXES[op]} {text.label(step)} {words}")

    def _print(self, line: str) -> None:
        print(line, file=self._out, flush=True)

    def _tell(self, event: events.Diagnostic) -> None:
        if event.severity == "debug" or event.ephemeral:
            return
        message = event.message.rstrip("\n")
        if event.severity == "error" and event.urn:
            message = f"{event.urn.rpartition('::')[2]}: {message}" if event.urn not in message else message
        prefix = "" if event.severity.startswith("info") else f"{event.severity}: "
        for line in f"{prefix}{message}".splitlines():
            self._print(f"  {line}" if not prefix else line)

    def finish(self, summary: events.Summary, outputs: values.PropertyMap, olds: values.PropertyMap) -> None:
        """Prints the outputs and the counts."""
        for line in closing(summary, outputs, olds, show_secrets=self._show_secrets):
            self._print(line)


def closing(summary: events.Summary, outputs: values.PropertyMap, olds: values.PropertyMap, *, show_secrets: bool) -> list[str]:
    """Returns the lines that end an operation: outputs, counts, time."""
    lines = []
    listed = [*property_diff.output_lines(olds, outputs, show_secrets=show_secrets, changed_only=summary.preview)]
    if listed:
        lines += ["Outputs:", *listed, ""]
    counted = text.counts(summary.changes, preview=summary.preview)
    if counted:
        lines += ["Resources:", *(f"    {line}" for line in counted), ""]
    if summary.result == "failed" and not summary.preview:
        lines += ["What was done is kept in the state: mend the cause and run the same command again.", ""]
    if not summary.preview:
        lines += [f"Duration: {text.duration(summary.seconds)}", ""]
    return lines
