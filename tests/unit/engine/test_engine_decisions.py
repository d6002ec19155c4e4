"""What the engine decides and in which order, over an in-memory cloud."""

from __future__ import annotations

import dataclasses
import io
import pathlib

import pytest
import rich.console
from engine_harness import Want, World

from engine import events, values
from engine.display import property_diff, text
from engine.display.event_json import EventLog
from engine.display.live import LiveDisplay
from engine.display.plain import PlainDisplay, closing
from engine.graph import DependencyGraph, levels
from engine.options import Options, Targets
from engine.state import Resource
from engine.steps import Op, Step

CHAIN = [Want("a"), Want("b", ("a",)), Want("c", ("b",))]


@pytest.fixture
def world(tmp_path: pathlib.Path) -> World:
    return World(tmp_path)


def names(world: World, kind: str) -> list[str]:
    return [what.partition("@")[0] for k, what in world.cloud.calls if k == kind]


def test_creates_follow_dependencies_and_deletes_reverse_them(world: World) -> None:
    assert world.run(CHAIN).changes == {"create": 3}
    assert names(world, "create") == ["a", "b", "c"]
    assert world.run([]).changes == {"delete": 3}
    assert names(world, "delete") == ["c", "b", "a"]


def test_nothing_changed_means_no_calls(world: World) -> None:
    world.run(CHAIN)
    calls = len(world.cloud.calls)
    assert world.run(CHAIN).changes == {"same": 3}
    assert len(world.cloud.calls) == calls


def test_a_preview_changes_nothing(world: World) -> None:
    outcome = world.run(CHAIN, options=Options(dry_run=True))
    assert outcome.changes == {"create": 3}
    assert not world.cloud.objects
    assert not world.resources()


def test_a_replacement_creates_first(world: World) -> None:
    world.run(CHAIN)
    world.cloud.calls.clear()
    changed = [dataclasses.replace(CHAIN[0], zone="west"), *CHAIN[1:]]
    assert world.run(changed).changes == {"replace": 1, "update": 1, "same": 1}
    assert [kind for kind, _ in world.cloud.calls] == ["create", "update", "delete"]


def test_delete_before_replace_deletes_first(world: World) -> None:
    world.run(CHAIN)
    world.cloud.calls.clear()
    world.run([dataclasses.replace(CHAIN[0], slot=2), *CHAIN[1:]])
    assert [kind for kind, _ in world.cloud.calls] == ["delete", "create", "update"]


def test_a_failure_stops_what_depends_on_it_and_the_next_run_resumes(world: World) -> None:
    world.cloud.failing = {("create", "b")}
    outcome = world.run([*CHAIN, Want("d")])
    assert outcome.failed
    assert "create b failed" in outcome.messages
    world.cloud.failing = set()
    assert not world.run([*CHAIN, Want("d")]).failed
    assert sorted(o["label"] for o in world.cloud.objects.values()) == ["a", "b", "c", "d"]


def test_continue_on_error_goes_on_with_the_rest(world: World) -> None:
    world.cloud.failing = {("create", "b")}
    options = Options(parallel=1, continue_on_error=True)
    assert world.run([*CHAIN, Want("d"), Want("e", ("d",))], options=options).failed
    assert {"d", "e"} <= {o["label"] for o in world.cloud.objects.values()}


def test_a_failed_delete_of_a_replacement_is_tried_again(world: World) -> None:
    world.run([Want("a")])
    world.cloud.failing = {("delete", "a@east/1-1")}
    assert world.run([Want("a", zone="west")]).failed
    assert [r.delete for r in world.resources() if r.id == "a@east/1-1"] == [True]
    world.cloud.failing = set()
    assert not world.run([Want("a", zone="west")]).failed
    assert list(world.cloud.objects) == ["a@west/1-1"]


def test_the_protected_stay(world: World) -> None:
    world.run([Want("a", protect=True), Want("b")])
    outcome = world.run([])
    assert outcome.failed
    assert any("cannot be deleted" in m and "protect" in m for m in outcome.messages)
    assert [o["label"] for o in world.cloud.objects.values()] == ["a"]
    assert any("unable to replace" in m for m in world.run([Want("a", zone="west", protect=True)]).messages)


def test_a_refused_input_names_the_property(world: World) -> None:
    outcome = world.run([Want("a", size=-1)])
    assert outcome.failed
    assert any("property size value {-1} has a problem: must not be negative" in m for m in outcome.messages)


def test_the_same_name_twice_is_refused(world: World) -> None:
    outcome = world.run([Want("a"), Want("a")])
    assert any("Duplicate resource URN" in m for m in outcome.messages)
    assert outcome.failed


def test_targets_leave_the_rest_alone(world: World) -> None:
    world.run([Want("a"), Want("b")])
    grown = [Want("a", size=2), Want("b", size=2)]
    assert world.run(grown, options=Options(targets=Targets(["**::a"]))).changes == {"update": 1, "same": 1}
    assert world.run(grown, options=Options(excludes=Targets(["**::b"]))).changes == {"same": 2}
    outcome = world.run(grown, options=Options(targets=Targets(["urn:pulumi:dev::proj::t::nobody"])))
    assert any("could not be found in the stack" in m for m in outcome.messages)


def test_an_asked_replacement_happens_without_a_change(world: World) -> None:
    world.run([Want("a")])
    world.cloud.calls.clear()
    assert world.run([Want("a")], options=Options(replaces=Targets(["**::a"]))).changes == {"replace": 1}


def _resource(name: str, **more: object) -> Resource:
    return Resource(urn=f"urn:pulumi:dev::p::t:t:T::{name}", type="t:t:T", custom=True, id=name, **more)  # type: ignore[arg-type]


def test_levels_put_what_needs_most_first() -> None:
    a, d = _resource("a"), _resource("d")
    b = _resource("b", dependencies=[a.urn])
    c = _resource("c", dependencies=[b.urn])
    graph = DependencyGraph([a, d, b, c])
    assert levels([a, b, c, d], graph) == [[c], [b], [a, d]]
    assert graph.depending_on(a, (), children=False) == [b, c]
    assert set(map(id, graph.transitive_dependencies(c))) == {id(a), id(b)}


def test_children_of_a_component_outlive_those_that_depend_on_it() -> None:
    component = Resource(urn="urn:pulumi:dev::p::c:c:C::k", type="c:c:C")
    child = _resource("child", parent=component.urn)
    user = _resource("user", dependencies=[component.urn])
    graph = DependencyGraph([component, child, user])
    assert graph.dependencies_of(user) == [component, child]


def _step(op: Op = Op.UPDATE) -> Step:
    old = _resource("a", inputs={"size": 1, "password": values.Secret("old"), "__provider": "x"})
    new = _resource("a", inputs={"size": 2, "password": values.Secret("new"), "__provider": "y"})
    return Step(op=op, old=old, new=new)


def test_property_changes_are_shown_with_secrets_masked() -> None:
    lines = [line.strip() for line in property_diff.lines(_step(), show_secrets=False)]
    assert lines == ["~ password: [secret] => [secret]", "~ size: 1 => 2"]
    assert '~ password: "old" => "new"' in "".join(property_diff.lines(_step(), show_secrets=True))


def test_plain_lines_are_stable() -> None:
    out = io.StringIO()
    display = PlainDisplay(out, preview=False, show_diff=False, show_secrets=False)
    step = _step(Op.CREATE)
    for event in (
        events.StepStarted(step),
        events.Diagnostic("info", "a: waiting\n"),
        events.Diagnostic("debug", "noise"),
        events.StepDone(step, Op.CREATE),
        events.Diagnostic("error", "it broke", step.urn),
    ):
        display(event)
    display.finish(events.Summary(False, {"create": 1, "same": 2}, 61, "failed"), {"x": values.Secret(1)}, {})
    lines = out.getvalue().splitlines()
    assert lines[0] == " +  t:t:T a creating"
    assert lines[1] == "  a: waiting"
    assert lines[2].startswith(" +  t:t:T a created (")
    assert lines[3] == "error: a: it broke"
    assert "    x: [secret]" in lines
    assert lines[-2] == "Duration: 1m01s"
    assert "    1 change. 2 unchanged" in lines


@pytest.mark.parametrize(
    ("preview", "expected"), [(True, ["  ~ b: 1 => 2", "  - c: 3"]), (False, ["    a: 0", "  ~ b: 1 => 2", "  - c: 3"])]
)
def test_a_preview_shows_the_outputs_that_change(preview: bool, expected: list[str]) -> None:
    summary = events.Summary(preview, {"same": 1}, 1, "succeeded")
    lines = closing(summary, {"a": 0, "b": 2}, {"a": 0, "b": 1, "c": 3}, show_secrets=False)
    assert lines[1 : lines.index("")] == expected
    assert not [line for line in closing(summary, {"a": 0}, {"a": 0}, show_secrets=False) if preview and "Outputs" in line]


def test_the_live_tree_shows_time_reason_and_counts() -> None:
    now = [0.0]
    console = rich.console.Console(file=io.StringIO(), width=120, height=30, force_terminal=False)
    live = LiveDisplay(console, preview=False, show_diff=False, show_secrets=False, clock=lambda: now[0])
    running, finished = _step(Op.CREATE), Step(op=Op.CREATE, new=_resource("b"))
    for event in (
        events.StepStarted(running),
        events.StepStarted(finished),
        events.Diagnostic("info", "a: Deploying (waiting for power)"),
        events.Diagnostic("info", "something else"),
        events.StepDone(finished, Op.CREATE),
    ):
        live(event)
    now[0] = 65.0
    live(events.Diagnostic("error", "broken", running.urn))
    console.print(live.render())
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "creating (1m05s)" in shown
    assert "Deploying (waiting for power)" in shown
    assert "something else" in shown
    assert "1 under way   1 create" in shown
    assert "error: a: broken" in shown


def test_the_event_log_hides_secrets_and_keeps_lines_whole() -> None:
    out = io.StringIO()
    log = EventLog(out)
    log(events.StepStarted(_step()))
    log(events.Diagnostic("info", "line\u2028separator"))
    assert len(out.getvalue().splitlines()) == 2
    assert '"old"' in out.getvalue()  # the state before, as a field
    assert 'new"' not in out.getvalue().replace('"new":', "")


@pytest.mark.parametrize(("seconds", "words"), [(0.4, "0s"), (59.6, "1m00s"), (3723, "1h02m03s")])
def test_durations(seconds: float, words: str) -> None:
    assert text.duration(seconds) == words
