"""The plumbing between areas: routes, bodies, timers of several clouds, and jsonschema's words."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.clock import Clock
from simulator.openstack import areas
from simulator.openstack.call import Call, Refusal, Reply
from simulator.openstack.cloud import Cloud, Clouds
from simulator.openstack.gateway import response
from simulator.openstack.routing import Router
from simulator.openstack.schemawords import problems
from tests.contract.openstack.surroundings import Recorded


def call(method: str, path: str, body: bytes = b"") -> Call:
    return Call(method=method, path=path, body=body, base="http://host/at/h/1")


def router(**options: Any) -> Router:
    made = Router(
        lambda call: Reply(status=404), lambda call, allowed: Reply(status=405, headers={"Allow": ",".join(allowed)}), **options
    )
    made.add("GET", "/a/{key}", lambda call, key: Reply(body={"key": key}))
    made.add("DELETE", "/a/{key}", lambda call, key: Reply(status=204))
    made.add("GET", "/a/{key}/{rest:path}", lambda call, key, rest: Reply(body={"key": key, "rest": rest}))
    return made


def test_a_route_gets_the_parts_of_its_path() -> None:
    assert router().answer(call("GET", "/a/x.y")).body == {"key": "x.y"}
    assert router().answer(call("GET", "/a/x/b/c")).body == {"key": "x", "rest": "b/c"}
    assert router().answer(call("GET", "/a/")).status == 404
    assert router().answer(call("PUT", "/a/x")).headers == {"Allow": "GET,DELETE"}


def test_head_is_a_get_where_it_is_said() -> None:
    assert router().answer(call("HEAD", "/a/x")).status == 200
    assert router(heads=False).answer(call("HEAD", "/a/x")).status == 405


def test_a_router_without_an_answer_to_the_unknown_fails_loudly() -> None:
    with pytest.raises(KeyError, match="GET /x"):
        Router().answer(call("GET", "/x"))


def test_a_body_that_is_no_json_is_the_areas_own_refusal() -> None:
    assert call("POST", "/", b"").json() is None
    with pytest.raises(Refusal) as refused:
        call("POST", "/", b"{bad").json(lambda: Reply(status=418))
    assert refused.value.reply.status == 418


def test_answers_are_numbered_and_json_has_no_charset() -> None:
    sent = response(Reply(body={"a": 1}), ("X-One", "X-Two"))
    assert sent.headers["Content-Type"] == "application/json"
    assert sent.headers["X-One"] == sent.headers["X-Two"]
    assert sent.headers["X-One"].startswith("req-")
    assert "Content-Type" in response(Reply(body="<p>"), ()).headers


def test_an_unknown_area_is_an_attribute_error() -> None:
    cloud = Cloud(Clock(factor=0), Recorded())
    with pytest.raises(AttributeError, match="no area 'weather'"):
        _ = cloud.weather
    assert cloud.has("image")
    assert cloud.image is cloud.area("image")


def test_timers_find_their_own_cloud_and_only_while_it_is_there() -> None:
    clock, rang = Clock(factor=0), []
    made = {key: Cloud(clock, Recorded(), key=key) for key in ("a", "b")}
    clouds = Clouds(clock, made.get)
    for key, cloud in made.items():
        assert clouds.get(key) is cloud
        cloud.on("image.rings", lambda what, key=key: rang.append((key, what)))
        cloud.after(5, "image.rings", what=f"bell of {key}")
    del made["b"]
    clouds.keep({"a"})
    clock.advance(10)
    assert rang == [("a", "bell of a")]


def test_a_cloud_comes_back_as_it_was() -> None:
    clock = Clock(factor=0)
    first = Cloud(clock, Recorded())
    made = first.image.create("p", "noble", b"abc", disk_format="raw", os_distro="ubuntu")
    second = Cloud(clock, Recorded())
    second.load(first.dump())
    assert second.image.record(made["id"]) == made
    assert (made["size"], made["os_distro"]) == (3, "ubuntu")


def test_every_listener_has_an_area() -> None:
    assert {listener.area for listener in areas.LISTENERS.values()} <= set(areas.AREAS)
    assert {listener.area for listener in areas.LISTENERS.values()} <= areas.available()


SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string", "minLength": 2}, "size": {"type": ["integer", "null"]}},
    "additionalProperties": {"type": "string"},
    "required": ["name"],
}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"name": "ab", "size": 1, "x": "y"}, []),
        ({}, ["'name' is a required property"]),
        ([], ["[] is not of type 'object'"]),
        ({"name": "a"}, ["'a' is too short"]),
        ({"name": "ab", "size": True}, ["True is not of type 'integer', 'null'"]),
        ({"name": "ab", "x": 1}, ["1 is not of type 'string'"]),
    ],
)
def test_schemas_are_checked_in_jsonschemas_words(value: Any, expected: list[str]) -> None:
    assert [problem.message for problem in problems(SCHEMA, value)] == expected


def test_a_problem_names_its_place() -> None:
    (problem,) = problems(SCHEMA, {"name": "a"})
    text = str(problem)
    assert "Failed validating 'minLength' in schema['properties']['name']:\n    {'minLength': 2, 'type': 'string'}" in text
    assert text.endswith("On instance['name']:\n    'a'")
