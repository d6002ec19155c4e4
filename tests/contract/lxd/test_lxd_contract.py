"""The recorded conversations with a real LXD, and that the comparison would notice."""

import copy
import json
import os
import pathlib

import pytest

from tests.contract import reporting
from tests.contract.lxd.compare import differences
from tests.contract.lxd.names import Names
from tests.contract.lxd.replay import recordings, replay

ROOM = pathlib.Path(__file__).parent
CHECKOUT = ROOM.parents[2]
SHARED = pathlib.Path(os.environ.get("SHARED_DIR", CHECKOUT.parent / "shared"))


@pytest.fixture(scope="module")
def truth():
    try:
        return recordings(SHARED / "truth" / "lxd")
    except FileNotFoundError as exc:
        pytest.skip(f"{exc}; set SHARED_DIR")


def test_every_recorded_pair_is_answered_alike_or_explained(truth, tmp_path):
    outcomes = replay(truth, tmp_path)
    assert len(outcomes) == sum(len(json.loads(path.read_text())) for path in truth.glob("*.json"))
    differing = [each for each in outcomes if each.lines]
    known = reporting.explanations(ROOM)
    assert {d.pair for d in differing} == known.keys(), "\n".join(f"{d.pair}: {d.request}: {d.lines}" for d in differing)


ANSWER = {
    "status": 200,
    "headers": {"Content-Type": "application/json", "Etag": '"' + "a" * 64 + '"'},
    "body": {
        "type": "sync",
        "metadata": {
            "id": "00000000-0000-0000-0000-000000000001",
            "url": "/1.0/operations/00000000-0000-0000-0000-000000000001",
            "created_at": "2026-11-22T10:26:31.280686779Z",
            "used_by": ["/1.0/instances/a", "/1.0/instances/b"],
            "limits": {"cpu": "2"},
            "pid": 17,
        },
    },
}


def changed(path, value):
    answer = copy.deepcopy(ANSWER)
    target = answer
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    return answer


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("status",), 202),
        (("headers", "Content-Type"), "text/plain"),
        (("headers",), {"Content-Type": "application/json"}),
        (("body", "type"), "async"),
        (("body", "metadata", "limits"), {"cpu": "3"}),
        (("body", "metadata", "limits"), {"cpu": 2}),
        (("body", "metadata", "limits"), {}),
        (("body", "metadata", "limits"), None),
        (("body", "metadata", "used_by"), ["/1.0/instances/b", "/1.0/instances/a"]),
        (("body", "metadata", "used_by"), ["/1.0/instances/a"]),
        (("body", "metadata", "created_at"), "0001-01-01T00:00:00Z"),
        (("body", "metadata", "pid"), "17"),
        (("body", "metadata", "url"), "/1.0/operations/00000000-0000-0000-0000-000000000002"),
        (("headers", "Etag"), '"' + "b" * 64 + '"'),
    ],
)
def test_a_change_is_noticed(path, value):
    assert differences(ANSWER, changed(path, value), Names({}))


def test_other_names_and_measurements_are_not_a_difference_if_they_are_so_throughout():
    text = json.dumps(ANSWER).replace("000000000001", "00000000000f").replace("10:26:31", "23:59:59").replace("17", "4711")
    text = text.replace("a" * 64, "c" * 64)
    assert differences(ANSWER, json.loads(text), Names({})) == []


def test_requests_carry_our_names():
    names = Names({})
    assert names.pair("a" * 64, "b" * 64)
    assert names.request(f"/1.0/images/{'a' * 64}") == f"/1.0/images/{'b' * 64}"
    assert names.request(f"/1.0/images/{'a' * 12}") == f"/1.0/images/{'b' * 12}"
    assert not names.pair("a" * 64, "c" * 64)
