"""A wire that answers what was recorded, remembers what was sent, and holds each frame against the controller's own schema."""

from __future__ import annotations

import copy
import json
import os
import pathlib
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema
import pytest

from clients.juju import Access, Model
from clients.juju._session import Session

SHARED = pathlib.Path(os.environ.get("SHARED_DIR") or pathlib.Path(__file__).parents[4] / "shared")
VERSIONS = {"Application": 20, "Charms": 6, "Client": 8, "ModelManager": 10}

# Go flattens embedded structs where the schema, made by reflection, asks for a property of that name; bytes are base64
EMBEDDED = {"UpsertSecretArg", "Entity", "ApplicationOfferDetailsV5"}
LEFT_OUT = {"macaroon", "fingerprint", "delta", "date", "exclude"}


def relaxed(schema: Any) -> Any:
    """The schema without what Go doesn't ask for on the wire."""
    if isinstance(schema, list):
        return [relaxed(s) for s in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") == "object" and not schema.get("properties") and "patternProperties" not in schema:
        return {}  # any JSON, or a macaroon
    found = {k: relaxed(v) for k, v in schema.items()}
    if isinstance(found.get("required"), list):
        found["required"] = [r for r in found["required"] if r not in EMBEDDED | LEFT_OUT]
    return found


class FakeWire:
    """Answers by "Facade.Method": a reply, a list of replies in turn, or an exception."""

    usable = True

    def __init__(self, replies: Mapping[str, Any], schemas: Mapping[tuple[str, int], Any]) -> None:
        self.replies = dict(replies)
        self.frames: list[tuple[str, dict[str, Any]]] = []
        self._schemas = schemas

    async def call(self, facade: str, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        name = f"{facade}.{method}"
        sent = json.loads(json.dumps(dict(params)))
        self.frames.append((name, sent))
        self._validate(facade, method, sent)
        if name not in self.replies:
            raise AssertionError(f"nothing is recorded for {name}")
        reply = self.replies[name]
        if isinstance(reply, list):
            reply = reply.pop(0) if len(reply) > 1 else reply[0]
        if isinstance(reply, Exception):
            raise reply
        return copy.deepcopy(reply)

    async def close(self) -> None:
        self.usable = False

    def sent(self, name: str) -> list[dict[str, Any]]:
        """The parameters of each call by that name."""
        return [params for n, params in self.frames if n == name]

    def _validate(self, facade: str, method: str, params: dict[str, Any]) -> None:
        found = [s for (name, version), s in self._schemas.items() if name == facade and version == VERSIONS.get(name, version)]
        if not found:
            return
        schema = found[-1]
        asked = schema["properties"][method].get("properties", {}).get("Params")
        if asked is not None:
            jsonschema.validate(params, {**asked, "definitions": schema.get("definitions", {})})


@pytest.fixture(scope="session")
def truth() -> dict[str, Any]:
    path = SHARED / "truth" / "juju" / "facades.json"
    if not path.exists():
        pytest.skip(f"the recorded frames are not here: {path}")
    return dict(json.loads(path.read_text()))


@pytest.fixture(scope="session")
def schemas() -> dict[tuple[str, int], Any]:
    path = SHARED / "truth" / "juju" / "schema-subset.json"
    if not path.exists():
        pytest.skip(f"the controller's schema is not here: {path}")
    return {(f["Name"], f["Version"]): relaxed(f["Schema"]) for f in json.loads(path.read_text())["facades"]}


@pytest.fixture(scope="session")
def recorded(truth: dict[str, Any]) -> dict[str, Any]:
    """The first good reply that was recorded for each method."""
    found: dict[str, Any] = {}
    for operation in truth["ops"].values():
        for call in operation["calls"]:
            name = str(call.get("call", "")).replace("(", " ").split(" ")[0]
            method = str(call.get("call", "")).rpartition(".")[2]
            reply = call.get("response") or {}
            if isinstance(reply, str):  # it refers to another operation
                continue
            if name and "error" not in reply and '"error": {' not in json.dumps(reply):
                found.setdefault(f"{name}.{method}", reply.get("response") or {})
    return found


@pytest.fixture
def wire(recorded: dict[str, Any], schemas: dict[tuple[str, int], Any]) -> FakeWire:
    return FakeWire(recorded, schemas)


@pytest.fixture
def session(wire: FakeWire) -> Iterator[Session]:
    async def dial() -> FakeWire:
        wire.usable = True
        return wire

    made = Session(dial, "the test", patience=2, backoff=0.01)
    yield made
    made.close()


@pytest.fixture
def model(session: Session) -> Model:
    return Model("6c11d5e3-d3d7-4506-ac2e-a3ec88aef8db", session, 0.01, Access(controller="site").entry)
