"""Engine events as JSON lines, in the form of the CLI's event log."""

from __future__ import annotations

import json
import math
import time
from typing import Any, TextIO

from engine import events, state, values
from engine.steps import Op, Step


class EventLog:
    """Writes one event a line."""

    def __init__(self, sink: TextIO, *, show_secrets: bool = False, internal: bool = True):
        self._sink = sink
        self._show_secrets = show_secrets
        self._internal = internal
        self._number = 0

    def __call__(self, event: events.Event) -> None:
        if isinstance(event, events.StepStarted | events.StepDone) and event.step.internal and not self._internal:
            return
        line = {"sequence": self._number, "timestamp": int(time.time()), **convert(event, self._show_secrets)}
        self._number += 1
        self._sink.write(json.dumps(line) + "\n")
        self._sink.flush()


def convert(event: events.Event, show_secrets: bool) -> dict[str, Any]:
    """Returns the event under its name in the event log."""
    if isinstance(event, events.StepStarted | events.StepDone | events.StepFailed):
        return _step_event(event, show_secrets)
    if isinstance(event, events.Diagnostic):
        return {"diagnosticEvent": _diagnostic(event)}
    if isinstance(event, events.Prelude):
        return {"preludeEvent": {"config": event.config}}
    if isinstance(event, events.Summary):
        return {"summaryEvent": _summary(event)}
    return {"cancelEvent": {}}


def _step_event(event: events.StepStarted | events.StepDone | events.StepFailed, show_secrets: bool) -> dict[str, Any]:
    op = event.op if isinstance(event, events.StepDone) else event.step.op
    about = metadata(event.step, op, show_secrets)
    if isinstance(event, events.StepStarted):
        return {"resourcePreEvent": {"metadata": about}}
    if isinstance(event, events.StepDone):
        return {"resOutputsEvent": {"metadata": about}}
    return {"resOpFailedEvent": {"metadata": about, "status": 1, "steps": 0}}


def _diagnostic(event: events.Diagnostic) -> dict[str, Any]:
    prefix = "" if event.severity.startswith("info") else f"{event.severity}: "
    found = {"urn": event.urn, "prefix": prefix, "message": event.message, "color": "never"}
    result = {**{k: v for k, v in found.items() if v}, "severity": event.severity}
    return {**result, "ephemeral": True} if event.ephemeral else result


def _summary(event: events.Summary) -> dict[str, Any]:
    return {
        "maybeCorrupt": False,
        "durationSeconds": math.ceil(event.seconds),
        "resourceChanges": event.changes,
        "PolicyPacks": {},
        "isPreview": event.preview,
        "result": event.result,
    }


def metadata(step: Step, op: Op, show_secrets: bool) -> dict[str, Any]:
    """Returns what an event says of its step."""
    about: dict[str, Any] = {
        "op": op,
        "urn": step.urn,
        "type": step.type,
        "old": _state(step.old, show_secrets),
        "new": _state(step.new, show_secrets),
        "keys": step.keys,
        "diffs": step.diffs,
        "detailedDiff": detailed_diff(step),
        "logical": step.logical,
        "provider": (step.new or step.resource).provider,
    }
    return {k: v for k, v in about.items() if v or k not in ("keys", "diffs")}


def detailed_diff(step: Step) -> dict[str, Any] | None:
    """Returns the changed paths with their kinds."""
    if step.detailed_diff is None:
        return None
    return {path: {"diffKind": kind, "inputDiff": True} for path, kind in step.detailed_diff.items()}


def _state(resource: state.Resource | None, show_secrets: bool) -> dict[str, Any] | None:
    if resource is None:
        return None
    about = {
        "type": resource.type,
        "urn": resource.urn,
        "custom": resource.custom,
        "delete": resource.delete,
        "id": resource.id,
        "parent": resource.parent,
        "protect": resource.protect,
        "external": resource.external,
        "retainOnDelete": resource.retain_on_delete,
        "inputs": shown(resource.inputs, show_secrets),
        "outputs": shown(resource.outputs or {}, show_secrets),
        "provider": resource.provider,
        "initErrors": resource.init_errors,
    }
    always = ("type", "urn", "custom", "id", "parent", "inputs", "outputs", "provider")
    return {k: v for k, v in about.items() if v or k in always}


def shown(properties: values.PropertyMap, show_secrets: bool) -> Any:
    """Returns property values for a log: secrets stand as sealed values without content."""
    if show_secrets:
        return state.store(values.reveal(properties), str)
    return state.store(properties, lambda _: "[secret]")
