"""Holds websocket frames against the controller's own schema, in both directions.

The schema was made by reflection over Go types; what differs on the wire is said here, with the reason, and nowhere else.
"""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
from collections.abc import Iterator
from typing import Any

import jsonschema

SHARED = pathlib.Path(os.environ.get("SHARED_DIR") or pathlib.Path(__file__).parents[4] / "shared")
SCHEMA = SHARED / "truth" / "juju" / "schema-subset.json"

BYTES = {"secret-key", "fingerprint"}
"""[]byte: an array of numbers to reflection, a string in base64 to JSON (and [] when there are none)."""
UNSEEN = {
    "ResolveCharmWithChannelResult": {"supported-series"},  # libjuju asks for it
    "ListSecretResult": {"latest-revision-checksum", "access"},  # newer than the schema's source
    "DeployFromRepositoryResult": set(),
}
"""Fields that a 3.6 controller sends beside the schema's, by definition."""
MARSHALLED = {"AllWatcherNextResults", "Number"}
"""Types that write themselves otherwise: deltas are arrays [kind, "change"|"remove", entity], a version number is a string."""


class Frames:
    """Checks frames; `problems` gathers what is wrong with them."""

    def __init__(self) -> None:
        self._facades = _load() if SCHEMA.exists() else {}
        self.problems: list[str] = []
        self.seen: set[str] = set()
        self._validators: dict[tuple[str, int, bool], Any] = {}
        self._held: set[Any] = set()

    def check(self, frame: dict[str, Any], reply: dict[str, Any]) -> None:
        """Checks a request and, when it was not refused, the answer to it."""
        name, method = f"{frame['type']}({frame['version']})", frame["request"]
        schema = self._schema(frame["type"], frame["version"])
        if schema is None or method not in schema["properties"]:
            return
        self.seen.add(f"{name}.{method}")
        form = (name, method, _form(frame.get("params")), _form(reply.get("response")), "error" in reply)
        if form in self._held:
            return
        self._held.add(form)
        parts = schema["properties"][method].get("properties", {})
        params = without_nulls(frame.get("params") or {})
        self._hold(f"{name}.{method} request", schema, parts.get("Params"), params, answer=False)
        if "error" not in reply:
            self._hold(f"{name}.{method} response", schema, parts.get("Result"), reply["response"], answer=True)

    def _schema(self, name: str, version: int) -> dict[str, Any] | None:
        known = {v: schema for (n, v), schema in self._facades.items() if n == name}
        return known.get(version) or known.get(max(known, default=0))

    def _hold(self, what: str, schema: dict[str, Any], part: Any, value: Any, *, answer: bool) -> None:
        if part is None:
            return
        key = (what, id(schema), answer)
        if key not in self._validators:
            whole = {"definitions": _relaxed(schema.get("definitions", {}), answer=answer)} | _relaxed(part, answer=answer)
            self._validators[key] = jsonschema.Draft7Validator(whole)
        for error in self._validators[key].iter_errors(value):
            self.problems.append(f"{what}: {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}")


@contextlib.contextmanager
def watched() -> Iterator[Frames]:
    """Holds every frame of every simulated controller in this process against the schema, as long as it lasts."""
    from simulator.juju.rpc import Connection

    checking, reply = Frames(), Connection._reply
    watch(checking)
    try:
        yield checking
    finally:
        Connection._reply = reply  # type: ignore[method-assign]


def watch(checking: Frames) -> None:
    """Holds every frame of every simulated controller in this process against the schema from now on."""
    from simulator.juju.rpc import Connection

    reply = Connection._reply

    async def checked(self: Connection, frame: dict[str, Any], name: str) -> dict[str, Any]:
        answer = await reply(self, frame, name)
        checking.check(frame, answer)
        return answer

    Connection._reply = checked  # type: ignore[method-assign]


def watch_into(path: str) -> None:
    """Watches this process to its end, and adds what is wrong to a file, a line each."""

    class Told(list[str]):
        def append(self, problem: str) -> None:
            with open(path, "a", encoding="utf-8") as file:
                file.write(f"{problem}\n")

    checking = Frames()
    checking.problems = Told()
    watch(checking)


def _form(value: Any) -> Any:
    """A value's form: the schema speaks of keys and types only, so that of frames of one form one is enough."""
    if isinstance(value, dict):
        return frozenset((key, _form(item)) for key, item in value.items())
    return (list, frozenset(map(_form, value))) if isinstance(value, list) else type(value)


def without_nulls(value: Any) -> Any:
    """libjuju sends null for every unset field; to Go that is the same as leaving it out."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


def _load() -> dict[tuple[str, int], dict[str, Any]]:
    return {(facade["Name"], facade["Version"]): facade["Schema"] for facade in json.loads(SCHEMA.read_text())["facades"]}


def _relaxed(schema: Any, *, answer: bool, name: str = "") -> Any:
    if isinstance(schema, list):
        return [_relaxed(item, answer=answer) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if name in MARSHALLED or (
        schema.get("type") == "object" and not schema.get("properties") and "patternProperties" not in schema
    ):
        return {}  # interface{}, or a macaroon
    properties = schema.get("properties")
    if isinstance(properties, dict) and any(key.startswith("[key") for key in properties):
        return {}
    found = {key: _relaxed(item, answer=answer, name=key) for key, item in schema.items()}
    if isinstance(properties, dict) and schema.get("type") == "object":
        found["properties"] |= {key: {} for key in BYTES & set(properties)} | {key: {} for key in UNSEEN.get(name, set())}
        _make_optional(found, answer=answer)
    return found


def _make_optional(found: dict[str, Any], *, answer: bool) -> None:
    """Go takes what is missing in a request as its zero value, and flattens embedded structs."""
    required = [key for key in found.get("required", []) if not key[:1].isupper() or key in ("Errors", "Info", "Results", "Args")]
    required = [key for key in required if key not in ("macaroon", *BYTES)]
    found.pop("required", None)
    if answer and required:
        found["required"] = required
