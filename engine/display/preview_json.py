"""``preview --json``: one document with all steps, in the CLI's form."""

from __future__ import annotations

import json
from typing import Any, TextIO

from engine import events, state, values
from engine.display.event_json import detailed_diff
from engine.steps import Step


class PreviewDigest:
    """Collects a preview's events."""

    def __init__(self, *, show_secrets: bool):
        self._show_secrets = show_secrets
        self._steps: list[dict[str, Any]] = []
        self._diagnostics: list[dict[str, Any]] = []
        self._document: dict[str, Any] = {}
        self._summary: events.Summary | None = None

    def __call__(self, event: events.Event) -> None:
        if isinstance(event, events.Prelude) and event.config:
            self._document["config"] = event.config
        elif isinstance(event, events.StepStarted) and event.step.logical and not event.step.internal:
            self._steps.append(self._step(event.step))
        elif isinstance(event, events.Diagnostic) and event.severity != "debug":
            self._diagnostics.append(_diagnostic(event))
        elif isinstance(event, events.Summary):
            self._summary = event

    def _step(self, step: Step) -> dict[str, Any]:
        about: dict[str, Any] = {"op": step.op, "urn": step.urn}
        provider = (step.new or step.resource).provider
        if provider:
            about["provider"] = provider
        if step.old is not None:
            about["oldState"] = self._state(step.old)
        if step.new is not None:
            about["newState"] = self._state(step.new)
        reasons = {"replaceReasons": step.keys, "diffReasons": step.diffs}
        return {**about, **{k: v for k, v in reasons.items() if v}, "detailedDiff": detailed_diff(step)}

    def _state(self, resource: state.Resource) -> dict[str, Any]:
        shown = resource.copy()
        hide = values.reveal if self._show_secrets else values.mask
        shown.inputs, shown.outputs = hide(resource.inputs), hide(resource.outputs)
        return state.to_json(shown, str)

    def print(self, sink: TextIO) -> None:
        """Prints the document."""
        document = {**self._document, "steps": self._steps}
        if self._diagnostics:
            document["diagnostics"] = self._diagnostics
        if self._summary is not None:
            document["duration"] = int(self._summary.seconds * 1e9)
            document["changeSummary"] = dict(sorted(self._summary.changes.items()))
        print(json.dumps(document, indent=4, ensure_ascii=False), file=sink)


def _diagnostic(event: events.Diagnostic) -> dict[str, Any]:
    about = {"urn": event.urn} if event.urn else {}
    prefix = "" if event.severity.startswith("info") else f"{event.severity}: "
    return {**about, "message": prefix + event.message.rstrip("\n") + "\n", "severity": event.severity}
