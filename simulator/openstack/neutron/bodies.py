"""From the body of a POST or PUT to checked, converted values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .attributes import REQUIRED, UNSET, Attribute
from .errors import bad

Values = dict[str, Any]


def parse(body: bytes) -> Any:
    """The JSON of a body; an empty one is an empty object."""
    try:
        return json.loads(body) if body else {}
    except ValueError:
        raise bad("Body contains invalid data") from None


def resource(body: Any, member: str) -> Values:
    """The object under the resource's name."""
    found = body.get(member) if isinstance(body, dict) else None
    if not isinstance(found, dict):
        raise bad(f"Unable to find '{member}' in request body")
    return dict(found)


def with_project(values: Values, project_id: str) -> Values:
    """The same with project_id for both of its names, the caller's own where none is said."""
    named = {values.pop(key) for key in ("project_id", "tenant_id") if values.get(key) is not None}
    values.pop("project_id", None)
    values.pop("tenant_id", None)
    if len(named) > 1:
        raise bad("'project_id' and 'tenant_id' do not match")
    return {**values, "project_id": named.pop() if named else project_id}


def for_create(values: Values, attributes: Mapping[str, Attribute]) -> Values:
    """Values of a POST, checked, with the defaults of those that weren't sent."""
    known(values, attributes)
    for name, attribute in attributes.items():
        if name in values and not attribute.post:
            raise bad(f"Attribute '{name}' not allowed in POST")
        if name not in values and attribute.default is REQUIRED:
            raise bad(f"Failed to parse request. Required attribute '{name}' not specified")
    defaults = {n: a.default for n, a in attributes.items() if a.default is not UNSET and a.default is not REQUIRED}
    return {**_copied(defaults), **_accepted(values, attributes)}


def for_update(values: Values, attributes: Mapping[str, Attribute]) -> Values:
    """Values of a PUT, checked."""
    known(values, attributes)
    for name in values:
        if not attributes[name].put:
            raise bad(f"Cannot update read-only attribute {name}")
    return _accepted(values, attributes)


def known(values: Values, attributes: Mapping[str, Attribute]) -> None:
    """Refuses attributes that the resource hasn't."""
    unknown = [name for name in values if name not in attributes]
    if unknown:
        raise bad(f"Unrecognized attribute(s) '{', '.join(unknown)}'")


def _accepted(values: Values, attributes: Mapping[str, Attribute]) -> Values:
    return {name: _one(name, value, attributes[name]) for name, value in values.items()}


def _one(name: str, value: Any, attribute: Attribute) -> Any:
    reason = attribute.check(value) if attribute.check else None
    if reason:
        raise bad(f"Invalid input for {name}. Reason: {reason}")
    return attribute.convert(value) if attribute.convert else value


def _copied(defaults: Values) -> Values:
    return {name: value.copy() if isinstance(value, list | dict) else value for name, value in defaults.items()}
