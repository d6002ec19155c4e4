"""Random programs and edits: the state ends as asked, in the right order, also after a crash."""

from __future__ import annotations

import pathlib
import tempfile

import pytest
from engine_harness import TYPE, CrashError, Want, World
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

_NAMES = "abcdefg"


@st.composite
def programs(draw: st.DrawFn) -> list[Want]:
    """Draws a program: resources that need only earlier ones."""
    names = draw(st.lists(st.sampled_from(_NAMES), unique=True, max_size=6))
    wants = []
    for number, name in enumerate(names):
        needs = draw(st.lists(st.sampled_from(names[:number]), unique=True, max_size=2)) if number else []
        size, slot = draw(st.integers(1, 3)), draw(st.integers(1, 2))
        zone = draw(st.sampled_from(["east", "west"]))
        wants.append(Want(name, tuple(needs), size, zone, slot))
    return wants


_SETTINGS = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def _check(world: World, wants: list[Want]) -> None:
    """The cloud and the state hold what the program asks for and nothing else."""
    asked = {w.name: (w.size, w.zone, w.slot) for w in wants}
    objects = {o["label"]: (o["size"], o["zone"], o["slot"]) for o in world.cloud.objects.values()}
    assert objects == asked
    assert len(world.cloud.objects) == len(asked)
    stored = {r.inputs["label"]: r for r in world.resources() if r.type == TYPE}
    assert {n: (r.inputs["size"], r.inputs["zone"], r.inputs["slot"]) for n, r in stored.items()} == asked
    assert not any(r.delete or r.pending_replacement for r in world.resources())
    for want in wants:
        assert stored[want.name].inputs["peers"] == [stored[n].id for n in want.needs]
        assert stored[want.name].id in world.cloud.objects


def _deletes_after_dependents(world: World, wants: list[Want], since: int, before: dict[str, tuple[str, ...]]) -> None:
    """Who needed a removed object was deleted before it; delete-before-replace has its own order."""
    wanted = {w.name for w in wants}
    gone = [what for kind, what in world.cloud.calls[since:] if kind == "delete"]
    for position, id_ in enumerate(gone):
        if id_.partition("@")[0] in wanted:
            continue
        users = [user for user, needs in before.items() if id_ in needs and user in gone]
        assert all(gone.index(user) < position for user in users)


@_SETTINGS
@given(programs(), programs())
def test_an_edit_ends_in_what_the_program_asks_for(first: list[Want], second: list[Want]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(pathlib.Path(folder))
        for wants in (first, second):
            since = len(world.cloud.calls)
            before = {r.id: tuple(r.inputs.get("peers") or ()) for r in world.resources() if r.type == TYPE}
            outcome = world.run(wants)
            assert not outcome.failed, outcome.messages
            _check(world, wants)
            _deletes_after_dependents(world, wants, since, before)
        calls = len(world.cloud.calls)
        assert world.run(second).changes.keys() <= {"same"}
        assert len(world.cloud.calls) == calls


@_SETTINGS
@given(programs())
def test_nothing_is_created_twice(wants: list[Want]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(pathlib.Path(folder))
        world.run(wants)
        created = [what for kind, what in world.cloud.calls if kind == "create"]
        assert sorted(created) == sorted(w.name for w in wants)


@_SETTINGS
@given(programs(), programs(), st.integers(1, 24))
def test_a_crash_after_any_record_leaves_a_state_that_one_more_up_converges_from(
    first: list[Want], second: list[Want], record: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(pathlib.Path(folder))
        world.run(first)
        try:
            world.run(second, crash_after=record)
        except CrashError:
            known = {r.id for r in world.resources()}
            unknown = {o["label"] for i, o in world.cloud.objects.items() if i not in known}
            waiting = {urn.rpartition("::")[2] for urn, kind in world.pending() if kind == "creating"}
            assert unknown <= waiting  # whatever the state does not hold is announced as being created
        outcome = world.run(second)
        assert not outcome.failed, outcome.messages
        _check(world, second)


def test_a_destroy_after_a_crash_leaves_nothing(tmp_path: pathlib.Path) -> None:
    wants = [Want("a"), Want("b", ("a",)), Want("c", ("b",))]
    world = World(tmp_path)
    with pytest.raises(CrashError):
        world.run(wants, crash_after=6)
    assert world.resources()
    world.run(wants)
    assert not world.run([]).failed
    assert not world.cloud.objects
    assert not world.resources()
