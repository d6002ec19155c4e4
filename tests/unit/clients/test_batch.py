from __future__ import annotations

import threading
from concurrent import futures

import pytest

from clients._batch import Batch


def test_two_hundred_questions_take_a_few_requests() -> None:
    asked: list[frozenset[int]] = []
    all_here = threading.Event()

    def fetch(keys: frozenset[int]) -> dict[int, str]:
        asked.append(keys)
        all_here.wait(30)
        return {key: str(key) for key in keys if key % 2}

    batch = Batch(fetch)
    with futures.ThreadPoolExecutor(200) as pool:
        answers = [pool.submit(batch.get, n) for n in range(200)]
        while not batch._open or len(batch._open.keys) + len(asked[0]) < 200:
            pass
        all_here.set()
        assert [a.result(30) for a in answers] == [str(n) if n % 2 else None for n in range(200)]
    assert len(asked) == 2
    assert frozenset().union(*asked) == frozenset(range(200))


def test_each_question_alone_is_a_request_of_its_own() -> None:
    asked: list[frozenset[str]] = []
    batch: Batch[str, str] = Batch(lambda keys: asked.append(keys) or dict.fromkeys(keys, "x"))
    assert (batch.get("a"), batch.get("a")) == ("x", "x")
    assert asked == [frozenset("a"), frozenset("a")]


def test_an_error_reaches_the_round_and_not_the_next() -> None:
    answers = iter([OSError("away"), {"a": "x"}])

    def fetch(_: frozenset[str]) -> dict[str, str]:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    batch = Batch(fetch)
    with pytest.raises(OSError, match="away"):
        batch.get("a")
    assert batch.get("a") == "x"
