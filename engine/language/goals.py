"""From what the SDK sends to what the engine calls a goal: conversions only."""

from __future__ import annotations

import os
import re
import urllib.parse
from typing import Any

from pulumi.runtime.proto import alias_pb2, resource_pb2

from engine import wire
from engine.errors import EngineError
from engine.language.callbacks import hook_names
from engine.steps import Alias, Goal, ReadGoal

Request = resource_pb2.RegisterResourceRequest
Options = resource_pb2.TransformResourceOptions

_DURATION = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


def options_of(request: Request) -> Options:
    """Returns a registration's options in the form that transforms work on."""
    options = Options(
        depends_on=request.dependencies,
        ignore_changes=request.ignoreChanges,
        replace_on_changes=request.replaceOnChanges,
        version=request.version,
        aliases=[alias_pb2.Alias(urn=urn) for urn in request.aliasURNs] + list(request.aliases),
        provider=request.provider,
        plugin_download_url=request.pluginDownloadURL,
        deleted_with=request.deletedWith,
        additional_secret_outputs=request.additionalSecretOutputs,
        providers=request.providers,
        hide_diff=request.hideDiffs,
        replace_with=request.replace_with,
    )
    setattr(options, "import", request.importId)
    for field in ("protect", "replacement_trigger", "hooks"):
        if request.HasField(field):
            _assign(options, field, getattr(request, field))
    if request.HasField("retainOnDelete"):
        options.retain_on_delete = request.retainOnDelete
    if request.HasField("customTimeouts"):
        options.custom_timeouts.CopyFrom(request.customTimeouts)
    if request.deleteBeforeReplaceDefined or request.deleteBeforeReplace:
        options.delete_before_replace = request.deleteBeforeReplace
    return options


def _assign(options: Options, field: str, value: Any) -> None:
    if isinstance(value, bool):
        setattr(options, field, value)
    else:
        getattr(options, field).CopyFrom(value)


def inherit(options: Options, parent: Goal, *, custom: bool) -> None:
    """Fills in what a child takes from its parent."""
    if not options.deleted_with:
        options.deleted_with = parent.deleted_with
    if not options.HasField("protect") and parent.protect is not None:
        options.protect = parent.protect
    if not options.HasField("retain_on_delete") and parent.retain_on_delete is not None:
        options.retain_on_delete = parent.retain_on_delete
    if not options.provider and not custom:
        options.provider = parent.provider


def goal_of(request: Request, options: Options, properties: dict[str, Any], provider: str, root: str) -> Goal:
    """Returns the goal of a registration; ``properties`` hold values and their dependencies."""
    return Goal(
        type=request.type,
        name=request.name,
        custom=request.custom,
        parent=request.parent,
        properties=properties["values"],
        dependencies=sorted(properties["dependencies"]),
        property_dependencies={key: sorted(urns) for key, urns in properties["by_key"].items()},
        provider=provider,
        protect=options.protect if options.HasField("protect") else None,
        retain_on_delete=options.retain_on_delete if options.HasField("retain_on_delete") else None,
        delete_before_replace=options.delete_before_replace if options.HasField("delete_before_replace") else None,
        ignore_changes=list(options.ignore_changes),
        replace_on_changes=list(options.replace_on_changes),
        hide_diff=list(options.hide_diff),
        replacement_trigger=_trigger(options),
        additional_secret_outputs=list(options.additional_secret_outputs),
        aliases=[_alias(alias) for alias in options.aliases],
        import_id=getattr(options, "import"),
        custom_timeouts=_timeouts(options),
        deleted_with=options.deleted_with,
        replace_with=list(options.replace_with),
        source_position=source_position(request.sourcePosition, root),
        hooks=hook_names(options.hooks),
    )


def _trigger(options: Options) -> Any:
    return wire.from_value(options.replacement_trigger) if options.HasField("replacement_trigger") else None


def _alias(alias: alias_pb2.Alias) -> Alias:
    if alias.WhichOneof("alias") == "urn":
        return Alias(urn=alias.urn)
    spec = alias.spec
    return Alias(
        name=spec.name,
        type=spec.type,
        stack=spec.stack,
        project=spec.project,
        parent=spec.parentUrn,
        no_parent=spec.noParent,
    )


def _timeouts(options: Options) -> dict[str, float]:
    found = {
        key: duration(text) for key in ("create", "update", "delete", "read") if (text := getattr(options.custom_timeouts, key))
    }
    return {key: seconds for key, seconds in found.items() if seconds}


def duration(text: str) -> float:
    """Returns the seconds in a Go duration such as ``1h30m``."""
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise EngineError(f"custom timeout {text!r} is not a duration; write it like 30s, 5m or 1h30m")
    return wire.number(sum(float(number) * _SECONDS[unit] for number, unit in parts))


def read_goal_of(request: resource_pb2.ReadResourceRequest, provider: str, root: str) -> ReadGoal:
    """Returns the goal of a read."""
    return ReadGoal(
        type=request.type,
        name=request.name,
        id=request.id,
        provider=provider,
        parent=request.parent,
        properties=wire.from_struct(request.properties),
        dependencies=list(request.dependencies),
        additional_secret_outputs=list(request.additionalSecretOutputs),
        source_position=source_position(request.sourcePosition, root),
    )


def source_position(position: Any, root: str) -> str:
    """Returns where in the project a resource is made, as ``project:///FILE#LINE``."""
    if not position.uri.startswith("file:"):
        return ""
    path = urllib.parse.unquote(urllib.parse.urlparse(position.uri).path)
    column = f",{position.column}" if position.column else ""
    return f"project:///{os.path.relpath(path, root)}#{position.line}{column}"
