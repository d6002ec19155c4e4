from __future__ import annotations

import itertools
import threading
import time
from concurrent import futures

import pytest

from clients import _watch
from clients.errors import ClientError, DeadlineError

LONG = 30.0


class Server:
    """Counts list requests; each object becomes ready with the n-th."""

    def __init__(self, ready_at: int = 3) -> None:
        self.requests = 0
        self.ready_at = ready_at
        self.fail_with: Exception | None = None

    def list(self) -> dict[str, str]:
        self.requests += 1
        if self.fail_with is not None:
            raise self.fail_with
        state = "ready" if self.requests >= self.ready_at else f"busy {self.requests}"
        return {str(n): state for n in range(200)}


def wait(watch: _watch.Watch[str, str], id_: str, deadline: float = LONG, **kwargs: object) -> str | None:
    return watch.wait(
        id_, lambda v: v == "ready", deadline=deadline, describe=lambda v: f"{id_} to be ready; it is {v}", **kwargs
    )


def test_200_waiters_cost_as_many_requests_as_one() -> None:
    def requests(waiters: int) -> int:
        server = Server(ready_at=6)
        watch = _watch.Watch(server.list, 0.2)
        barrier = threading.Barrier(waiters)

        def one(n: int) -> str | None:
            barrier.wait()
            return wait(watch, str(n))

        with futures.ThreadPoolExecutor(waiters) as pool:
            assert set(pool.map(one, range(waiters))) == {"ready"}
        return server.requests

    alone, together = requests(1), requests(200)
    # one more is fair: a waiter that arrives during a poll must not trust what that poll saw
    assert alone == 6
    assert together - alone in {0, 1}


def test_polls_are_an_interval_apart() -> None:
    moments: list[float] = []
    server = Server(ready_at=4)

    def fetch() -> dict[str, str]:
        moments.append(time.monotonic())
        return server.list()

    wait(_watch.Watch(fetch, 0.05), "1")
    assert all(b - a >= 0.05 for a, b in itertools.pairwise(moments))


def test_nobody_waits_nobody_asks() -> None:
    server = Server(ready_at=1)
    watch = _watch.Watch(server.list, 0.001)
    wait(watch, "1")
    time.sleep(0.05)
    assert server.requests == 1


def test_what_was_seen_before_the_wait_began_does_not_count() -> None:
    server = Server(ready_at=1)
    watch = _watch.Watch(server.list, 0.001)
    wait(watch, "1")
    server.ready_at = server.requests + 3
    assert wait(watch, "1") == "ready"
    assert server.requests == 4


def test_changes_are_told_once_each() -> None:
    seen: list[tuple[str | None, str | None]] = []
    wait(_watch.Watch(Server(3).list, 0.001), "1", on_change=lambda old, new: seen.append((old, new)))
    assert seen == [(None, "busy 1"), ("busy 1", "busy 2"), ("busy 2", "ready")]


def test_the_deadline_names_what_was_waited_for_and_the_last_state() -> None:
    server = Server(ready_at=10**9)
    with pytest.raises(DeadlineError, match=r"^waited 0 s for 7 to be ready; it is busy \d+$"):
        wait(_watch.Watch(server.list, 0.001), "7", deadline=0.1)


def test_an_object_that_is_gone_is_none() -> None:
    watch = _watch.Watch(Server(1).list, 0.001)
    assert watch.wait("unheard of", lambda v: v is None, deadline=LONG, describe=str) is None


def test_a_passing_error_is_tolerated_and_named_at_the_deadline() -> None:
    server = Server()
    server.fail_with = ClientError("the region restarts")
    watch = _watch.Watch(server.list, 0.001, tolerate=(ClientError,))
    with pytest.raises(DeadlineError, match="the region restarts"):
        wait(watch, "1", deadline=0.1)
    server.fail_with, server.ready_at = None, 1
    assert wait(watch, "1") == "ready"


def test_a_lasting_error_reaches_every_waiter_with_one_request() -> None:
    server = Server()
    server.fail_with = ClientError("wrong key")
    release = threading.Event()

    def fetch() -> dict[str, str]:
        release.wait(LONG)
        return server.list()

    watch = _watch.Watch(fetch, LONG)
    with futures.ThreadPoolExecutor(5) as pool:
        waits = [pool.submit(wait, watch, str(n)) for n in range(5)]
        while len(watch.waiting()) < 5:
            time.sleep(0.001)
        release.set()
        assert {str(w.exception(LONG)) for w in waits} == {"wrong key"}
    assert server.requests == 1


def test_what_a_predicate_raises_ends_only_its_own_wait() -> None:
    watch = _watch.Watch(Server(3).list, 0.001)

    def refuse(_: str | None) -> bool:
        raise ClientError("failed commissioning")

    with futures.ThreadPoolExecutor(2) as pool:
        bad = pool.submit(watch.wait, "1", refuse, deadline=LONG, describe=str)
        good = pool.submit(wait, watch, "2")
        assert isinstance(bad.exception(LONG), ClientError)
        assert good.result(LONG) == "ready"


def test_waiting_names_the_ids() -> None:
    seen: list[frozenset[str]] = []
    server = Server(1)

    def fetch() -> dict[str, str]:
        seen.append(watch.waiting())
        return server.list()

    watch = _watch.Watch(fetch, 0.001)
    wait(watch, "5")
    assert seen == [frozenset({"5"})]
    assert watch.waiting() == frozenset()
