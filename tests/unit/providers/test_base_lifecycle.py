"""The base's answers to each of the engine's calls, without an engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import pulumi
import pytest
from pulumi import dynamic
from pulumi.runtime import rpc

from clients.errors import ClientError
from providers import _base


class DoorInputs(_base.Inputs):
    """A door."""

    name: str
    colour: str | None = None
    width: int | None = None
    locks: tuple[str, ...] = ()
    code: dict[str, str] | None = None


class DoorProvider(_base.Provider[DoorInputs]):
    """Keeps doors in a class attribute, as a server would."""

    inputs = DoorInputs
    computed = ("opened", "serial")
    secret = frozenset({"code"})
    replace_on = frozenset({"name"})
    doors: ClassVar[dict[str, dict[str, Any]]] = {}
    error: ClassVar[Exception | None] = None

    def refusals(self, news: _base.Props) -> Iterator[tuple[str, str]]:
        if news.get("colour") == "invisible":
            yield "colour", "a door must be seen"

    def make(self, inputs: DoorInputs) -> _base.Made:
        if self.error:
            raise self.error
        self.doors["1"] = inputs.model_dump()
        return _base.Made(id="1", outputs={"opened": False, "serial": "S1"})

    def fetch(self, id_: str, old: _base.Props) -> _base.Found | None:
        door = self.doors.get(id_)
        return door and _base.Found(inputs={k: v for k, v in door.items() if k != "code"}, outputs={"opened": True})

    def change(self, id_: str, old: _base.Props, inputs: DoorInputs) -> Mapping[str, Any]:
        self.doors[id_] = inputs.model_dump()
        return {"opened": "changed"}

    def remove(self, id_: str, old: _base.Props) -> None:
        self.doors.pop(id_, None)


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> DoorProvider:
    monkeypatch.setattr(DoorProvider, "doors", {})
    monkeypatch.setattr(DoorProvider, "error", None)
    return DoorProvider()


def check(provider: DoorProvider, **news: Any) -> dynamic.CheckResult:
    return provider.check({}, {"__provider": "x", **news})


def reasons(result: dynamic.CheckResult) -> list[tuple[str, str]]:
    return [(f.property, f.reason) for f in result.failures]


def test_check_normalises_and_drops_the_engines_keys_and_nulls(door: DoorProvider) -> None:
    result = check(door, name="front", width=90.0, opened=None)
    assert result.inputs == {"name": "front", "width": 90, "locks": []}
    assert isinstance(result.inputs["width"], int)
    assert result.failures == []


def test_check_returns_the_news_only(door: DoorProvider) -> None:
    assert "colour" not in door.check({"name": "front", "colour": "red"}, {"name": "front"}).inputs


@pytest.mark.parametrize("unknown", [rpc.UNKNOWN, pulumi.output.Unknown()])
def test_check_lets_unknowns_pass_and_still_normalises_the_rest(door: DoorProvider, unknown: Any) -> None:
    result = check(door, name=unknown, width="90")
    assert result.failures == []
    assert result.inputs == {"name": unknown, "width": 90, "locks": []}


def test_check_lets_a_partly_unknown_list_pass(door: DoorProvider) -> None:
    assert check(door, name="front", locks=["a", rpc.UNKNOWN]).failures == []


def test_check_still_finds_errors_beside_an_unknown(door: DoorProvider) -> None:
    assert reasons(check(door, name=rpc.UNKNOWN, width="wide")) == [
        ("width", "Input should be a valid integer, unable to parse string as an integer (got 'wide')")
    ]


def test_check_refuses_an_unheard_of_key_and_names_the_near_one(door: DoorProvider) -> None:
    assert reasons(check(door, name="front", color="red")) == [("color", "there is no such input; did you mean 'colour'?")]


def test_check_refuses_an_unheard_of_key_even_when_its_value_is_unknown(door: DoorProvider) -> None:
    assert reasons(check(door, name="front", zzz=rpc.UNKNOWN)) == [("zzz", "there is no such input")]


def test_check_reports_every_error_at_once_and_a_missing_one_without_a_value(door: DoorProvider) -> None:
    assert [name for name, _ in reasons(check(door, width="wide", zzz=1))] == ["name", "width", "zzz"]
    assert ("name", "Field required") in reasons(check(door))


def test_check_never_shows_a_secret(door: DoorProvider) -> None:
    assert "hunter2" not in repr(reasons(check(door, name="front", code="hunter2")))
    assert "hunter2" not in repr(reasons(check(door, name="front", code={"pin": ["hunter2"]})))


def test_check_asks_the_subclass_when_types_are_right(door: DoorProvider) -> None:
    assert reasons(check(door, name="front", colour="invisible")) == [("colour", "a door must be seen")]


def test_secret_wrappers_are_taken_off(door: DoorProvider) -> None:
    wrapped = rpc.wrap_rpc_secret({"pin": rpc.wrap_rpc_secret("1234")})
    assert check(door, name="front", code=wrapped).inputs["code"] == {"pin": "1234"}


def test_an_unchanged_resource_has_no_diff(door: DoorProvider) -> None:
    made = door.create({"__provider": "x", "name": "front", "width": 90, "locks": ["a"]})
    diff = door.diff("1", {**made.outs, "__provider": "x"}, {"__provider": "y", "name": "front", "width": 90.0, "locks": ["a"]})
    assert (diff.changes, diff.replaces) == (False, [])


def test_null_and_absent_are_the_same(door: DoorProvider) -> None:
    assert door.diff("1", {"name": "a", "colour": None}, {"name": "a"}).changes is False


def test_a_removed_input_is_a_change(door: DoorProvider) -> None:
    assert door.diff("1", {"name": "a", "colour": "red"}, {"name": "a"}).changes is True


def test_an_unknown_is_a_change_and_replaces_where_its_input_does(door: DoorProvider) -> None:
    in_place = door.diff("1", {"name": "a", "colour": "red"}, {"name": "a", "colour": rpc.UNKNOWN})
    replaced = door.diff("1", {"name": "a"}, {"name": rpc.UNKNOWN})
    assert (in_place.changes, in_place.replaces) == (True, [])
    assert (replaced.changes, replaced.replaces, replaced.delete_before_replace) == (True, ["name"], True)


def test_create_returns_the_inputs_and_what_was_made(door: DoorProvider) -> None:
    made = door.create({"__provider": "x", "name": "front"})
    assert (made.id, made.outs) == ("1", {"name": "front", "locks": [], "opened": False, "serial": "S1"})


def test_read_tells_drift_of_managed_inputs_only(door: DoorProvider) -> None:
    outs = door.create({"name": "front", "colour": "red", "code": {"pin": "1"}}).outs
    door.doors["1"].update(colour="blue", width=10)
    read = door.read("1", outs)
    assert read.inputs == {"name": "front", "colour": "blue", "locks": [], "code": {"pin": "1"}}
    assert read.outs == {**read.inputs, "opened": True, "serial": "S1"}
    assert door.diff("1", read.outs, {"name": "front", "colour": "red", "code": {"pin": "1"}, "locks": []}).changes is True


def test_read_tells_that_a_managed_input_was_cleared(door: DoorProvider) -> None:
    outs = door.create({"name": "front", "colour": "red"}).outs
    door.doors["1"]["colour"] = None
    read = door.read("1", outs)
    assert "colour" not in read.inputs
    assert "colour" not in read.outs


def test_read_keeps_the_programs_spelling_of_what_means_the_same(door: DoorProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DoorProvider, "same", lambda _, name, old, new: str(old).lower() == str(new).lower())
    outs = door.create({"name": "front", "colour": "Red"}).outs
    door.doors["1"]["colour"] = "RED"
    assert door.read("1", outs).inputs["colour"] == "Red"


def test_read_of_a_gone_object_is_an_empty_id(door: DoorProvider) -> None:
    read = door.read("7", {"name": "front"})
    assert (read.id, read.outs) == ("", {})


def test_update_keeps_the_outputs_that_it_does_not_tell(door: DoorProvider) -> None:
    outs = door.create({"name": "front"}).outs
    updated = door.update("1", outs, {"__provider": "x", "name": "front", "colour": "red"})
    assert updated.outs == {"name": "front", "colour": "red", "locks": [], "opened": "changed", "serial": "S1"}


def test_a_value_that_turns_out_not_to_fit_is_an_expected_error(door: DoorProvider) -> None:
    with pytest.raises(_base.ExpectedError, match=r"width: .*got 'wide'"):
        door.create({"name": "front", "width": "wide"})


@pytest.mark.parametrize("error", [_base.ExpectedError("no hinges"), ClientError("no hinges", status=409)])
def test_an_expected_error_leaves_its_frames_and_causes_behind(door: DoorProvider, error: Exception) -> None:
    error.__cause__ = ValueError("inner")
    DoorProvider.error = error
    with pytest.raises(type(error), match="no hinges") as caught:
        door.create({"name": "front"})
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert "make" not in [frame.name for frame in caught.traceback]


def test_an_unexpected_error_keeps_its_frames(door: DoorProvider) -> None:
    DoorProvider.error = KeyError("hinge")
    with pytest.raises(KeyError) as caught:
        door.create({"name": "front"})
    assert "make" in [frame.name for frame in caught.traceback]


def test_delete_passes_the_last_outputs(door: DoorProvider) -> None:
    door.create({"name": "front"})
    door.delete("1", {"name": "front"})
    door.delete("1", {"name": "front"})
    assert door.doors == {}
