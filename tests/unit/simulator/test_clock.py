from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.clock import Clock


class Real:
    """A real clock that stands until it is moved."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def make(factor: float = 10.0) -> tuple[Clock, Real, list[tuple[str, float]]]:
    real = Real()
    clock = Clock(now=1000.0, factor=factor, real=real)
    ran: list[tuple[str, float]] = []
    clock.on("note", lambda name: ran.append((name, clock.now())))
    return clock, real, ran


def test_time_runs_factor_times_as_fast() -> None:
    clock, real, _ = make(factor=10)
    real.seconds += 3
    assert clock.now() == 1030.0


def test_a_new_factor_counts_from_then_on() -> None:
    clock, real, _ = make(factor=10)
    real.seconds += 1
    clock.set_factor(2)
    real.seconds += 1
    assert clock.now() == 1012.0


def test_timers_run_in_order_of_time_at_their_own_time() -> None:
    clock, _, ran = make(factor=0)
    clock.after(20, "note", name="second")
    clock.after(10, "note", name="first")
    clock.advance(30)
    assert ran == [("first", 1010.0), ("second", 1020.0)]
    assert clock.now() == 1030.0


def test_advance_also_runs_timers_that_timers_set() -> None:
    clock, _, ran = make(factor=0)
    clock.on("chain", lambda: clock.after(5, "note", name="late"))
    clock.after(10, "chain")
    clock.advance(14)
    assert ran == []
    clock.advance(1)
    assert ran == [("late", 1015.0)]


def test_a_cancelled_timer_does_not_run_and_cancelling_twice_is_fine() -> None:
    clock, _, ran = make(factor=0)
    timer = clock.after(10, "note", name="x")
    clock.cancel(timer)
    clock.cancel(timer)
    clock.advance(100)
    assert ran == []


def test_until_next_is_in_real_seconds() -> None:
    clock, real, _ = make(factor=10)
    assert clock.until_next() is None
    timer = clock.after(50, "note", name="x")
    assert clock.until_next() == pytest.approx(5.0)
    real.seconds += 6
    assert clock.until_next() == 0.0
    clock.cancel(timer)
    assert clock.until_next() is None


def test_a_standing_clock_has_no_next() -> None:
    clock, _, _ = make(factor=0)
    clock.after(1, "note", name="x")
    assert clock.until_next() is None


def test_run_due_stops_at_its_limit() -> None:
    clock, real, ran = make(factor=1)
    for number in range(5):
        clock.after(1, "note", name=str(number))
    real.seconds += 2
    assert clock.run_due(limit=3) == 3
    assert clock.run_due() == 2
    assert len(ran) == 5


def test_a_late_timer_runs_at_the_time_it_was_due() -> None:
    clock, real, ran = make(factor=1)
    clock.on("chain", lambda: clock.after(10, "note", name="next"))
    clock.after(10, "chain")
    clock.after(100, "note", name="time-out")
    real.seconds += 1000
    while clock.run_due():
        pass
    assert ran == [("next", 1020.0), ("time-out", 1100.0)]
    assert clock.now() == 2000.0


def test_who_waits_is_woken_by_new_timers_and_factors() -> None:
    clock, _, _ = make()
    woken: list[str] = []
    clock.on_wake(lambda: woken.append("woken"))
    clock.after(1, "note", name="x")
    clock.set_factor(5)
    assert woken == ["woken", "woken"]


def test_two_handlers_for_a_kind_are_refused() -> None:
    clock, _, _ = make()
    with pytest.raises(ValueError, match="note"):
        clock.on("note", print)


def test_a_dumped_clock_goes_on_where_it_stood() -> None:
    clock, _, _ = make(factor=0)
    clock.after(10, "note", name="x")
    clock.advance(4)
    state = json.loads(json.dumps(clock.dump()))
    other, _, ran = make(factor=0)
    other.load(state)
    assert other.now() == 1004.0
    other.advance(6)
    assert ran == [("x", 1010.0)]


@given(
    st.lists(st.floats(min_value=0, max_value=1000), max_size=30), st.lists(st.floats(min_value=0, max_value=300), max_size=10)
)
def test_every_timer_runs_once_and_in_order(delays: list[float], steps: list[float]) -> None:
    clock, _, ran = make(factor=0)
    for number, delay in enumerate(delays):
        clock.after(delay, "note", name=str(number))
    for step in steps:
        clock.advance(step)
    clock.advance(2000)
    assert sorted(int(name) for name, _ in ran) == list(range(len(delays)))
    assert [when for _, when in ran] == sorted(when for _, when in ran)
