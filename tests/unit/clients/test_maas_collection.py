"""What a collection does when an answer gets lost, against a session that loses them."""

from __future__ import annotations

from typing import Any

import pytest

from clients.maas import errors
from clients.maas._collection import Collection

LOST = errors.Unknown("lost")


class Session:
    """Plays back what each call answers, and remembers the calls."""

    backoff = 0.0001

    def __init__(self, **answers: list[Any]) -> None:
        self.answers = answers
        self.calls: list[tuple[str, str, dict[str, Any]]] = []

    def call(self, handler: str, action: str, what: str, **params: Any) -> Any:
        self.calls.append((handler, action, params))
        answer = self.answers[action].pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def count(self, action: str) -> int:
        return sum(call[1] == action for call in self.calls)


def zones(session: Session) -> Collection[str]:
    return Collection(session, ("Zones", "Zone"), "zone", lambda data: str(data["name"]), key="name")  # type: ignore[arg-type]


def test_an_effect_that_shows_is_not_asked_for_again() -> None:
    session = Session(create=[LOST])
    looks = iter([None, None, "a"])
    assert zones(session).create("a", lambda: next(looks), name="a") == "a"
    assert session.count("create") == 1


def test_an_effect_that_never_shows_is_asked_for_once_more() -> None:
    session = Session(create=[LOST, {"name": "a"}])
    assert zones(session).create("a", lambda: None, name="a") == "a"
    assert session.count("create") == 2


def test_a_second_loss_is_the_callers() -> None:
    session = Session(create=[LOST, LOST])
    with pytest.raises(errors.Unknown):
        zones(session).create("a", lambda: None, name="a")
    assert session.count("create") == 2


def test_updates_and_deletes_are_the_same_twice() -> None:
    session = Session(update=[LOST, {"name": "b"}], delete=[LOST, errors.NotFound("gone")])
    assert zones(session).update("a", name="b") == "b"
    assert session.calls[0] == ("Zone", "update", {"name": "a", "_name": "b"})
    zones(session).delete("b")
    assert session.count("delete") == 2


def test_gone_is_none_and_refused_is_not() -> None:
    session = Session(read=[errors.NotFound("gone"), errors.Unsupported("no such call", status=404)])
    assert zones(session).read("a") is None
    with pytest.raises(errors.Unsupported):
        zones(session).read("a")


def test_the_path_of_a_nested_collection_comes_along() -> None:
    session = Session(read=[[{"name": "x"}]])
    assert zones(session).at(system_id="m").list(flag=True) == ["x"]
    assert session.calls == [("Zones", "read", {"system_id": "m", "flag": True})]
