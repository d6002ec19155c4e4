"""YAML with lines: what is read as what, and what is refused."""

from __future__ import annotations

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bundle import problems, tree


def read(text: str) -> tuple[tree.Map, list[str]]:
    report = problems.Report()
    documents = tree.parse(text, "f", report)
    return (documents[0] if documents else tree.empty(problems.Place(file="f"))), [str(p) for p in report.problems]


def test_every_value_knows_its_line() -> None:
    root, faults = read("a: 1\nb:\n  c:\n    - x\n    - y\n")
    assert not faults
    assert root.where("a").line == 1
    assert root.map("b").where("c").line == 3
    items = root.map("b").get("c")
    assert isinstance(items, tree.Seq)
    assert [item.place.line for item in items.items] == [4, 5]


def test_keys_are_text_as_written() -> None:
    root, _ = read("machines: {0: , '1': , 2.0: , yes: }")
    assert [key for key, _ in root.map("machines")] == ["0", "1", "2.0", "yes"]


def test_scalars_keep_text_beside_value() -> None:
    root, _ = read("a: 2024.1\nb: '2024.1'\nc: 0x10\nd: 1_000\ne: ~\nf: on\n")
    values = {key: (node.value, node.text) for key, node in root if isinstance(node, tree.Scalar)}
    assert values == {
        "a": (2024.1, "2024.1"),
        "b": ("2024.1", "2024.1"),
        "c": (16, "0x10"),
        "d": (1000, "1_000"),
        "e": (None, "~"),
        "f": (True, "on"),
    }


def test_dates_and_base_60_numbers_stay_text() -> None:
    root, _ = read("a: 2024-04-01\nb: 22:22\nc: 00:16:3e:00:00:01\nd: 1:30.5\n")
    assert tree.plain(root) == {"a": "2024-04-01", "b": "22:22", "c": "00:16:3e:00:00:01", "d": "1:30.5"}


def test_block_device_none_is_the_word() -> None:
    root, _ = read("a: None\nb: null\n")
    assert tree.plain(root) == {"a": "None", "b": None}


def test_duplicate_keys_are_errors_wherever_they_are() -> None:
    _, faults = read("a: {x: 1, x: 2}\nb: 1\nb: 2\n")
    assert [fault.split(";")[0] for fault in faults] == [
        'f:3: duplicate key "b", first on line 2',
        'f:1: duplicate key "x", first on line 1',
    ]


def test_merge_keys_and_aliases_work_and_own_keys_win() -> None:
    root, faults = read("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: *a\n")
    assert not faults
    assert tree.plain(root) == {"a": {"x": 1, "y": 2}, "b": {"x": 1, "y": 3}, "c": {"x": 1, "y": 2}}


def test_anchors_mark_top_level_holders() -> None:
    root, _ = read("debug: &debug true\nother: 1\n")
    assert root.anchored == {"debug"}
    root, _ = read("options: {source: &source distro, deep: {er: &er 1}}\nother: {a: 1}\n")
    assert root.anchored == {"options"}
    root, _ = read("options: {deep: {er: &er 1}}\n")
    assert root.anchored == set()


def test_a_value_that_contains_itself_is_refused() -> None:
    _, faults = read("a: &a [*a]\n")
    assert faults == ["f:1: this value contains itself through a YAML alias; write it out"]


def test_broken_yaml_names_the_line() -> None:
    _, faults = read("a: 1\nb: [1,\n")
    assert len(faults) == 1
    assert faults[0].startswith("f:3: not YAML: ")


def test_tabs_are_named() -> None:
    _, faults = read("a:\n\tb: 1\n")
    assert faults[0].startswith("f:2: not YAML: found character '\\t'")


def test_keys_that_are_no_text_are_refused() -> None:
    _, faults = read("? [a, b]\n: 1\n")
    assert faults == ["f:1: not YAML: a key must be text"]


def test_unknown_tags_are_refused() -> None:
    _, faults = read("a: !!python/object:os.system x\n")
    assert "could not determine a constructor" in faults[0]


def test_a_list_is_no_bundle() -> None:
    _, faults = read("- a\n")
    assert faults == ["f:1: a bundle document is a mapping, not a list"]


def test_a_file_that_is_no_text(tmp_path) -> None:
    path = tmp_path / "b.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    report = problems.Report()
    assert tree.read(path, report) == []
    assert "not UTF-8 text" in report.problems[0].message


def test_empty_documents_are_skipped() -> None:
    report = problems.Report()
    assert len(tree.parse("a: 1\n---\n---\nb: 2\n", "f", report)) == 2
    assert not report.problems


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text("aZ09 '\"#%@!&*:,-?{}[]|>~\\/=.éß漢\n", max_size=20)
)
keys = st.text("abcxyz-_ 01", min_size=1, max_size=8)
trees = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3), max_leaves=12)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(keys, trees, max_size=4))
def test_what_is_written_is_read(value: dict) -> None:
    root, faults = read(yaml.safe_dump(value))
    assert not faults
    assert tree.plain(root) == value
