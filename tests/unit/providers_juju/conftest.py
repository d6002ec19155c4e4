"""Statuses written down in a few words, and a model that plays them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from clients.juju import Application, Detail, Machine, Relation, Status, Unit

NOW = 1_000_000.0


def detail(text: str, since: float = NOW - 3600) -> Detail:
    """`blocked: Vault needs to be initialized` as a status."""
    word, _, message = text.partition(": ")
    return Detail(current=word, message=message, since=since)


def machine(id_: str, *, agent: str = "started", instance: str = "running", since: float = NOW - 3600) -> Machine:
    return Machine(
        id=id_,
        instance_id=f"i-{id_}",
        hostname="",
        addresses=("10.0.0.1",),
        agent=detail(agent, since),
        instance=detail(instance, since),
        base="ubuntu@24.04/stable",
        constraints="",
        hardware="",
    )


def unit(name: str, workload: str = "active", agent: str = "idle", **more: Any) -> Unit:
    since = more.pop("since", NOW - 3600)
    fields = {"machine": "0", "address": "10.0.0.1", "leader": False, "ports": (), "principal": None, **more}
    return Unit(name=name, workload=detail(workload, since), agent=detail(agent, since), **fields)


def application(name: str, **more: Any) -> Application:
    fields: dict[str, Any] = {
        "charm": name,
        "channel": "latest/stable",
        "revision": 1,
        "base": "ubuntu@24.04/stable",
        "life": "",
        "exposed": False,
        "exposed_endpoints": {},
        "bindings": {},
        "subordinate_to": (),
        "status": detail("active"),
    }
    return Application(name=name, **{**fields, **more})


def relation(first: str, second: str, *, interface: str = "x", status: str = "joined", id_: int = 1) -> Relation:
    ends = tuple(sorted((first, second)))
    return Relation(id=id_, key=" ".join(ends), endpoints=ends, interface=interface, scope="global", status=detail(status))


def status_of(*parts: Machine | Unit | Relation, at: float = NOW) -> Status:
    """A status with these machines, units and relations, and the applications that they imply."""
    units = {p.name: p for p in parts if isinstance(p, Unit)}
    return Status(
        at=at,
        model=Detail(current="available"),
        machines={p.id: p for p in parts if isinstance(p, Machine)},
        applications={u.application: application(u.application) for u in units.values()},
        units=units,
        relations=tuple(p for p in parts if isinstance(p, Relation)),
    )


@dataclasses.dataclass
class Words:
    """The little language above, for tests."""

    now: float = NOW
    detail: Callable[..., Detail] = detail
    machine: Callable[..., Machine] = machine
    unit: Callable[..., Unit] = unit
    relation: Callable[..., Relation] = relation
    status: Callable[..., Status] = status_of


@pytest.fixture
def words() -> Words:
    return Words()


class Film:
    """A model whose status moves on with each look; the last picture stays."""

    def __init__(self, pictures: list[Mapping[str, Any]]) -> None:
        self.pictures = pictures
        self.frames: list[tuple[str, dict[str, Any]]] = []
        self.usable = True

    async def call(self, facade: str, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        self.frames.append((f"{facade}.{method}", dict(params)))
        if method == "FullStatus":
            return dict(self.pictures.pop(0) if len(self.pictures) > 1 else self.pictures[0])
        if method == "StatusHistory":
            entry = {"since": "2026-11-22T10:00:00Z", "kind": "workload", "status": "error", "info": "hook failed: install"}
            return {"results": [{"history": {"statuses": [entry]}}]}
        return {"results": [{}]}

    async def close(self) -> None:
        self.usable = False

    def count(self, name: str) -> int:
        return sum(n == name for n, _ in self.frames)


@pytest.fixture
def film() -> type[Film]:
    return Film
