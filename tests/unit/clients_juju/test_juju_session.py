"""What a session does when connections break, controllers are slow or busy, and many ask at once."""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections.abc import Mapping
from typing import Any

import pytest

from clients import juju
from clients.juju import errors
from clients.juju._session import Session

Answer = dict[str, Any] | Exception | float


class Line:
    """A connection that plays a script: a reply, an exception, or seconds of silence."""

    def __init__(self, script: list[Answer]) -> None:
        self.usable = True
        self._script = script
        self.asked: list[str] = []

    async def call(self, facade: str, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        self.asked.append(f"{facade}.{method}")
        answer = self._script.pop(0) if self._script else {}
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, float):
            await asyncio.sleep(answer)
            return {}
        return answer

    async def close(self) -> None:
        self.usable = False


class Switchboard:
    """Hands out lines, or refuses to."""

    def __init__(self, *scripts: list[Answer] | Exception) -> None:
        self._scripts = list(scripts)
        self.lines: list[Line] = []
        self.dialled = 0

    async def __call__(self) -> Line:
        self.dialled += 1
        script = self._scripts.pop(0) if self._scripts else []
        if isinstance(script, Exception):
            raise script
        self.lines.append(Line(script))
        return self.lines[-1]


def session(board: Switchboard, patience: float = 5.0) -> Session:
    return Session(board, "the Juju controller 'site'", patience=patience, backoff=0.001)


def test_a_read_is_asked_again_over_a_new_connection() -> None:
    board = Switchboard([ConnectionError("gone")], [{"a": 1}])
    made = session(board)
    assert made.call("Client", "FullStatus") == {"a": 1}
    assert board.dialled == 2
    assert not board.lines[0].usable


def test_what_may_not_be_done_twice_ends_in_unknown() -> None:
    board = Switchboard([ConnectionError("gone")], [{}])
    with pytest.raises(juju.Unknown, match=r"AddMachines was under way .* may have been done; run again"):
        session(board).call("MachineManager", "AddMachines")
    assert [line.asked for line in board.lines] == [["MachineManager.AddMachines"]]


def test_what_may_be_done_twice_is() -> None:
    board = Switchboard([ConnectionError("gone")], [ConnectionError("again")], [{"results": [{}]}])
    assert session(board).call("Application", "SetConfigs") == {"results": [{}]}
    assert board.dialled == 3


def test_a_silent_controller_is_given_up_and_dialled_again() -> None:
    board = Switchboard([30.0], [{"a": 1}])
    assert session(board).call("Client", "FullStatus", seconds=0.05) == {"a": 1}
    assert board.dialled == 2


def test_a_busy_controller_is_asked_again_on_the_same_connection() -> None:
    busy = errors.of({"message": "state changing too quickly; try again soon", "code": "excessive contention"}, "x")
    board = Switchboard([busy, busy, {"units": ["a/0"]}])
    assert session(board).call("Application", "AddUnits") == {"units": ["a/0"]}
    assert board.dialled == 1


def test_what_the_controller_refuses_is_said_once() -> None:
    board = Switchboard([errors.of({"message": "no", "code": "bad request"}, "x")])
    with pytest.raises(juju.Refused, match="no"):
        session(board).call("Application", "Get")
    assert board.dialled == 1


def test_a_controller_that_comes_back_is_dialled_until_it_answers() -> None:
    down = ConnectionRefusedError("refused")
    board = Switchboard([{}, ConnectionError("restart")], down, down, down, [{"a": 1}])
    made = session(board)
    made.call("Client", "FullStatus")
    assert made.call("Client", "FullStatus") == {"a": 1}
    assert board.dialled == 5


def test_a_controller_that_never_answers_is_said_so() -> None:
    board = Switchboard(*[ConnectionRefusedError("connection refused")] * 10000)
    with pytest.raises(juju.Unreachable, match="the Juju controller 'site' can't be reached: connection refused"):
        session(board, patience=0.05).call("Client", "FullStatus")


def test_a_wrong_certificate_is_said_at_once() -> None:
    import ssl

    board = Switchboard(ssl.SSLCertVerificationError("certificate verify failed"))
    with pytest.raises(juju.Unreachable, match="certificate verify failed"):
        session(board, patience=600).call("Client", "FullStatus")
    assert board.dialled == 1


def test_a_line_that_died_unnoticed_is_replaced_before_it_is_used() -> None:
    board = Switchboard([{}], [{"a": 1}])
    made = session(board)
    made.call("Client", "FullStatus")
    board.lines[0].usable = False
    assert made.call("MachineManager", "AddMachines") == {"a": 1}


def test_many_threads_share_one_connection() -> None:
    board = Switchboard([0.01] * 40)
    made = session(board)
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda _: made.call("Client", "FullStatus"), range(40)))
    assert board.dialled == 1
    assert len(board.lines[0].asked) == 40


def test_a_closed_session_opens_again_when_it_is_needed() -> None:
    board = Switchboard([{}], [{"a": 1}])
    made = session(board)
    made.call("Client", "FullStatus")
    made.close()
    assert made.call("Client", "FullStatus") == {"a": 1}
