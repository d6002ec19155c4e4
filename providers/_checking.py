"""Inputs as types, in a world where a preview doesn't know everything yet."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import pulumi
import pydantic
from pulumi.runtime import rpc

Props = dict[str, Any]


class Inputs(pydantic.BaseModel):
    """What a resource is asked to be; unknown keys are errors, None means "not ours to say"."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def is_unknown(value: Any) -> bool:
    """Whether a preview doesn't know this value yet, or not all of it."""
    if isinstance(value, Mapping):
        return any(is_unknown(v) for v in value.values())
    if isinstance(value, (list, tuple)):
        return any(is_unknown(v) for v in value)
    return isinstance(value, pulumi.output.Unknown) or (isinstance(value, str) and value == rpc.UNKNOWN)


def plain(props: Mapping[str, Any]) -> Props:
    """A property bag without the engine's own keys, nulls and secret wrappers.

    The engine drops nulls on its way anyway, and remembers by name which properties are secret.
    """
    bare = {k: _unwrapped(v) for k, v in props.items() if not k.startswith("__")}
    return {k: v for k, v in bare.items() if v is not None}


def failures(inputs: type[Inputs], news: Props, secret: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yields (input, reason) for each value that doesn't fit its type; unknown ones fit."""
    for name in _unknowns(news) - inputs.model_fields.keys():
        yield name, _no_such(inputs, name)
    try:
        _shape(inputs, _unknowns(news)).model_validate(_knowns(news))
    except pydantic.ValidationError as error:
        for item in error.errors():
            yield ".".join(map(str, item["loc"])), _reason(inputs, item, secret)


def normalised(inputs: type[Inputs], news: Props) -> Props:
    """The news as they are stored: typed and dumped again, the unknown ones as they came."""
    unknowns = _unknowns(news)
    return {**dump(_shape(inputs, unknowns).model_validate(_knowns(news))), **{k: news[k] for k in unknowns}}


def dump(inputs: Inputs) -> Props:
    """Typed inputs as the property bag that goes into the state."""
    return inputs.model_dump(mode="json", exclude_none=True)


def _unwrapped(value: Any) -> Any:
    if rpc.is_rpc_secret(value):
        return _unwrapped(rpc.unwrap_rpc_secret(value))
    if isinstance(value, Mapping):
        return {k: _unwrapped(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_unwrapped(v) for v in value]
    return value


def _unknowns(news: Props) -> frozenset[str]:
    return frozenset(k for k, v in news.items() if is_unknown(v))


def _knowns(news: Props) -> Props:
    return {k: v for k, v in news.items() if not is_unknown(v)}


@functools.cache
def _shape(inputs: type[Inputs], unknowns: frozenset[str]) -> type[Inputs]:
    """`inputs` with the unknown ones optional."""
    free: dict[str, Any] = {name: (Any, None) for name in unknowns if name in inputs.model_fields}
    return pydantic.create_model(inputs.__name__, __base__=inputs, **free) if free else inputs


def _reason(inputs: type[Inputs], item: Any, secret: Collection[str]) -> str:
    if item["type"] == "extra_forbidden" and len(item["loc"]) == 1:
        return _no_such(inputs, str(item["loc"][0]))
    hidden = item["type"] == "missing" or not item["loc"] or item["loc"][0] in secret
    shown = "" if hidden else f" (got {_short(item['input'])})"
    return f"{str(item['msg']).removeprefix('Value error, ')}{shown}"


def _no_such(inputs: type[Inputs], name: str) -> str:
    near = difflib.get_close_matches(name, inputs.model_fields, n=1)
    return "there is no such input" + (f"; did you mean {near[0]!r}?" if near else "")


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:79] + "…"
