"""``preview --json``: one document with all steps, in the CLI's form."""

from __future__ import annotations

import json
from typing import Any, TextIO

from engine import events, state, urn, values
from engine.display.event_json import detailed_diff
from engine.steps import Op, Step


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
        elif isinstance(event, events.StepStarted) and _shows(event.step):
            self._steps.append(self._step(event.step, event.step.op))
        elif isinstance(event, events.StepDone) and event.step.op is Op.REFRESH and _found(event):
            self._steps = [self._step(event.step, event.op) if s["urn"] == event.step.urn else s for s in self._steps]
        elif isinstance(event, events.Diagnostic) and event.severity != "debug":
            self._diagnostics.append(_diagnostic(event))
        elif isinstance(event, events.Summary):
            self._summary = event

    def _step(self, step: Step, op: Op) -> dict[str, Any]:
        about: dict[str, Any] = {"op": op, "urn": step.urn}
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


def _shows(step: Step) -> bool:
    """Tells whether a step is worth a place: what stays the same is not, but for the stack."""
    if step.internal or (step.op is not Op.REFRESH and not step.logical):
        return False
    if step.op is not Op.SAME or step.old is None or step.new is None:
        return True
    return urn.qualified_type(step.urn) == urn.ROOT_STACK_TYPE or step.old.protect != step.new.protect


def _found(event: events.StepDone) -> bool:
    return event.op is Op.DELETE or (event.op is Op.UPDATE and event.step.detailed_diff is not None)


def _diagnostic(event: events.Diagnostic) -> dict[str, Any]:
    about = {"urn": event.urn} if event.urn else {}
    prefix = "" if event.severity.startswith("info") else f"{event.severity}: "
    return {**about, "message": prefix + event.message.rstrip("\n") + "\n", "severity": event.severity}
