"""Property values, their wire form, their stored form, paths and diffs."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import diff, property_path, state, values, wire
from engine.values import UNKNOWN, Secret

_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**52), 2**52),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(),
    st.just(UNKNOWN),
)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3), inner.map(values.secret)),
    max_leaves=8,
)


@given(_VALUES)
def test_a_value_survives_the_wire(value: Any) -> None:
    assert wire.from_value(wire.to_value(value)) == value


def test_the_wire_flattens_what_the_other_side_does_not_know() -> None:
    reference = values.ResourceReference("urn:pulumi:s::p::t::n", "id-1", "")
    struct = wire.to_struct({"s": Secret({"a": 1}), "r": reference, "u": UNKNOWN}, wire.PLAIN)
    assert wire.from_struct(struct) == {"s": {"a": 1}, "r": "id-1", "u": UNKNOWN}
    silent = wire.to_struct({"u": UNKNOWN, "k": 1}, wire.Keep(unknowns=False))
    assert wire.from_struct(silent) == {"k": 1}
    assert wire.from_value(wire.to_value(reference)) == reference


def test_whole_numbers_are_ints() -> None:
    assert repr(wire.from_value(wire.to_value(3.0))) == "3"
    assert repr(wire.from_value(wire.to_value(1.5))) == "1.5"


def test_an_output_value_gives_up_its_dependencies() -> None:
    output = wire.to_struct({values.SIGNATURE: values.OUTPUT_KIND, "value": 1, "secret": True, "dependencies": ["u1"]})
    found: set[str] = set()
    value = wire.from_struct(wire.to_struct({}), found)
    assert value == {}
    holder = wire.to_value({})
    holder.struct_value.CopyFrom(output)
    assert wire.from_value(holder, found) == Secret(1)
    assert found == {"u1"}


@given(_VALUES)
def test_a_value_survives_the_state_with_its_secrets_sealed(value: Any) -> None:
    stored = state.store(value, lambda text: "sealed:" + text)
    loaded = state.load(stored, lambda text: text.removeprefix("sealed:"))
    revealed = values.reveal(value)
    assert values.has_secrets(loaded) == values.has_secrets(value)
    if not values.has_unknowns(value):
        assert values.reveal(loaded) == revealed


def test_a_resource_survives_the_state() -> None:
    stored = {
        "urn": "urn:pulumi:dev::p::t::n", "custom": True, "type": "t", "id": "i", "inputs": {"a": 1},
        "outputs": {"a": 1}, "parent": "p", "protect": True, "customTimeouts": {"create": 300}, "future": ["kept"],
    }  # fmt: skip
    assert state.to_json(state.from_json(stored, str), str) == stored


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ({"a": None}, {}, True),
        ({"a": 1}, {"a": True}, False),
        ({"a": [1, None]}, {"a": [1]}, False),
        (Secret(1), 1, False),
        (Secret({"a": None}), Secret({}), True),
    ],
)
def test_equality_is_pulumis(old: Any, new: Any, same: bool) -> None:
    assert values.equal(old, new) is same


def test_secrets_spread_to_the_same_path() -> None:
    outputs = {"a": {"b": 1, "c": 2}, "l": [1, 2], "x": 1}
    values.spread_secrets(outputs, {"a": {"b": Secret(1)}, "l": [Secret(0)], "y": Secret(1)})
    assert outputs == {"a": {"b": Secret(1), "c": 2}, "l": Secret([1, 2]), "x": 1}


def test_masking_and_revealing() -> None:
    value = {"a": [Secret("hush"), {"b": Secret({"c": Secret(1)})}]}
    assert values.mask(value) == {"a": ["[secret]", {"b": "[secret]"}]}
    assert values.reveal(value) == {"a": ["hush", {"b": {"c": 1}}]}


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a.b[0]", ("a", "b", 0)),
        ('["a.b"].c', ("a.b", "c")),
        ("a[*].b", ("a", "*", "b")),
        ("*", ("*",)),
        ('a["q\\"x"]', ("a", 'q"x')),
    ],
)
def test_paths_are_parsed(text: str, path: property_path.Path) -> None:
    assert property_path.parse(text) == path


@pytest.mark.parametrize("text", [".a", "a[", 'a["x', "a[x]"])
def test_broken_paths_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="property path"):
        property_path.parse(text)


@pytest.mark.parametrize(
    ("ignored", "expected", "failed"),
    [
        (["size"], {"size": 1, "tags": {"o": 2}, "items": [9, 8]}, []),
        (["tags.o"], {"size": 2, "tags": {"o": 1}, "items": [9, 8]}, []),
        (["items[0]"], {"size": 2, "tags": {"o": 2}, "items": [7, 8]}, []),
        (["items[1]"], {"size": 2, "tags": {"o": 2}, "items": [9, 8]}, ["items[1]"]),
        (["*"], {"size": 1, "tags": {"o": 1}, "items": [7]}, []),
        (["gone"], {"size": 2, "tags": {"o": 2}, "items": [9, 8]}, []),
    ],
)
def test_ignored_changes_keep_their_old_value(ignored: list[str], expected: Any, failed: list[str]) -> None:
    olds = {"size": 1, "tags": {"o": 1}, "items": [7]}
    news = {"size": 2, "tags": {"o": 2}, "items": [9, 8]}
    assert property_path.reset_ignored(news, olds, ignored) == (expected, failed)
    assert news == {"size": 2, "tags": {"o": 2}, "items": [9, 8]}


def test_the_engines_own_comparison_names_paths() -> None:
    found = diff.compare_inputs({"a": 1, "t": {"x": 1, "y": [1, 2]}, "s": Secret(1)}, {"t": {"x": 2, "y": [1]}, "s": 1})
    assert found.changes is diff.Changes.SOME
    assert found.changed_keys == ["a", "t"]
    assert found.detailed == {"a": "delete", "t.x": "update", "t.y[1]": "delete"}
    assert diff.compare_inputs({"a": None}, {}) == diff.NO_CHANGE


def test_replace_on_changes_makes_a_replacement_of_what_it_covers() -> None:
    found = diff.compare_inputs({"t": {"k": 1, "o": 1}}, {"t": {"k": 2, "o": 1}})
    assert diff.apply_replace_on_changes(found, ["t.k"]).replace
    assert not diff.apply_replace_on_changes(found, ["t.o"]).replace
    assert diff.apply_replace_on_changes(found, ["*"]).replace_keys == ["t"]
    assert not diff.apply_replace_on_changes(diff.NO_CHANGE, ["*"]).replace


def test_a_refresh_sees_a_diff_from_the_other_side() -> None:
    found = diff.compare_inputs({"a": 1}, {"b": 1}).inverted()
    assert found.detailed == {"a": "add", "b": "delete"}
