"""Stack configuration: reading, editing, the project's declarations, the command line."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest

from engine import config, config_schema, project, yaml12
from engine.cli import parser
from engine.errors import EngineError
from engine.options import Targets
from engine.redact import Redactor

_FILE = """\
# the site
config:
  p:plain: text # why
  # the list
  p:site:
    nodes:
      - a
  aws:region: x
"""


@pytest.fixture
def stack(tmp_path: pathlib.Path) -> config.StackConfig:
    path = tmp_path / "Pulumi.dev.yaml"
    path.write_text(_FILE)
    return config.StackConfig(path)


def test_an_edit_keeps_the_comments(stack: config.StackConfig) -> None:
    stack.set("p:site", {"nodes": ["a", "b"]})
    stack.set("p:new", "1")
    stack.remove("aws:region")
    stack.salt = "v1:x"
    stack.save()
    text = stack.path.read_text()
    assert "# the site" in text
    assert "text # why" in text
    assert "# the list" in text
    again = config.StackConfig(stack.path)
    assert again.values == {"p:plain": "text", "p:site": {"nodes": ["a", "b"]}, "p:new": "1"}
    assert again.salt == "v1:x"


def test_a_new_file_is_written_whole(tmp_path: pathlib.Path) -> None:
    stack = config.StackConfig(tmp_path / "Pulumi.x.yaml")
    stack.salt = "s"
    stack.set("p:multi", "one\ntwo")
    stack.save()
    assert config.StackConfig(stack.path).values == {"p:multi": "one\ntwo"}
    stack.remove("p:multi")
    stack.save()
    assert yaml12.load(stack.path.read_text()) == {"encryptionsalt": "s"}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"config:\n  p:a: 1\n  p:b: 2\n  p:a: 3\n", "line 4: the key p:a is there already, on line 2"),
        (b"config: {p:a: {x: 1, x: 2}}\n", "line 1: the key x is there already, on line 1"),
        (b"config:\n\tp:a: 1\n", "line 2: found character '\\t' that cannot start any token; YAML is indented with spaces"),
        (b"\x8e\xff", "can't decode byte 0x8e"),
        (b"config: [1]\n", "it is not a mapping with 'config'"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line(tmp_path: pathlib.Path, content: bytes, says: str) -> None:
    path = tmp_path / "Pulumi.dev.yaml"
    path.write_bytes(content)
    with pytest.raises(EngineError) as caught:
        config.StackConfig(path)
    assert str(caught.value).startswith(f"could not read the stack's configuration {path}: ")
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_secret_that_cannot_be_read_is_named() -> None:
    def decrypt(_: str) -> str:
        raise EngineError("damaged")

    with pytest.raises(EngineError, match=r"p:site\.workers\[1\]\.password: damaged"):
        config.open_value({"workers": ["x", {"password": {"secure": "v1:a:b"}}]}, decrypt, "p:site")


def test_yaml_is_read_as_version_1_2() -> None:
    assert yaml12.load("a: on\nb: 12:30\nc: true\nd: 0o7\ne: 1.5\nf: ~") == {
        "a": "on", "b": "12:30", "c": True, "d": "0o7", "e": 1.5, "f": None,
    }  # fmt: skip


@pytest.mark.parametrize(("text", "key"), [("name", "p:name"), ("ns:name", "ns:name"), ("ns:config:name", "ns:name")])
def test_keys(text: str, key: str) -> None:
    assert config.key_of(text, "p") == key


def test_a_wrong_key_is_refused() -> None:
    with pytest.raises(EngineError, match="invalid configuration key"):
        config.key_of("bad:key:name", "p")


def test_values_at_paths() -> None:
    value = config.set_at_path(None, ("a", 0, "b"), 1)
    assert value == {"a": [{"b": 1}]}
    value = config.set_at_path(value, ("a", 1), "x")
    assert config.get_at_path(value, ("a", 1)) == "x"
    assert config.remove_at_path(value, ("a", 0)) == {"a": ["x"]}
    with pytest.raises(EngineError, match="out of range"):
        config.set_at_path(value, ("a", 9), 1)
    with pytest.raises(EngineError, match="not a map"):
        config.set_at_path({"secure": "v1:x"}, ("a",), 1)
    with pytest.raises(KeyError):
        config.get_at_path(value, ("zz", 1))


@pytest.mark.parametrize(("text", "value"), [("true", True), ("42", 42), ("-3", -3), ("007", "007"), ("1.5", "1.5"), ("x", "x")])
def test_values_given_by_path_have_types(text: str, value: Any) -> None:
    assert config.typed(text) == value


def test_secrets_are_found_at_any_depth() -> None:
    value = {"a": [{"secure": "v1:hush"}], "b": 1}
    opened = config.open_value(value, lambda text: text.removeprefix("v1:"))
    assert config.has_secure(value)
    assert opened == {"a": ["hush"], "b": 1}
    assert list(config.secrets_of(value, lambda text: text.removeprefix("v1:"))) == ["hush"]
    assert config.text_of(opened) == '{"a":["hush"],"b":1}'


def test_declarations_give_defaults_and_demand_the_rest() -> None:
    schema = {"count": {"type": "integer"}, "size": {"type": "integer", "default": 3}, "o:k": {"value": "v"}}
    assert config_schema.apply(schema, {"p:count": "4"}, "p", "dev") == {"p:count": "4", "p:size": 3, "o:k": "v"}
    with pytest.raises(EngineError, match="Stack 'dev' is missing configuration value 'count'"):
        config_schema.apply(schema, {}, "p", "dev")
    with pytest.raises(EngineError, match="'count' must be of type 'integer'"):
        config_schema.apply(schema, {"p:count": "many"}, "p", "dev")


@pytest.mark.parametrize(
    ("declaration", "good", "bad"),
    [
        ({"type": "boolean"}, "true", "yes"),
        ({"type": "array", "items": {"type": "number"}}, [1, "2"], ["x"]),
        ({"type": "object"}, '{"a": 1}', "[1]"),
        ({"type": "number"}, "1.5", "x"),
    ],
)
def test_types(declaration: dict[str, Any], good: Any, bad: Any) -> None:
    config_schema.apply({"k": declaration}, {"p:k": good}, "p", "dev")
    with pytest.raises(EngineError, match="must be of type"):
        config_schema.apply({"k": declaration}, {"p:k": bad}, "p", "dev")


def test_the_project_is_found_upwards(tmp_path: pathlib.Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: p\nruntime: {name: python, options: {virtualenv: .venv}}\nmain: src\n")
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    found = project.find(inner)
    assert (found.name, found.virtualenv, found.program) == ("p", ".venv", tmp_path / "src")
    found.require_python()
    with pytest.raises(EngineError, match=r"no Pulumi\.yaml"):
        project.find(pathlib.Path("/"))


def test_other_languages_are_refused(tmp_path: pathlib.Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: p\nruntime: nodejs\n")
    with pytest.raises(EngineError, match="runtime 'nodejs' is not served"):
        project.find(tmp_path).require_python()


def test_flags_may_stand_anywhere() -> None:
    arguments = parser.parse(["config", "set", "k", "--secret", "v", "--color", "never"])
    assert (arguments.key, arguments.value, arguments.secret) == ("k", "v", True)
    assert parser.parse(["config", "set", "num", "--", "-5"]).value == "-5"
    assert parser.parse(["-C", "x", "up", "-y"]).cwd == "x"
    assert parser.parse(["up", "-C", "y"]).cwd == "y"


def test_an_unknown_flag_ends_with_two(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        parser.parse(["up", "--nonsense"])
    assert "--nonsense" in capsys.readouterr().err


def test_targets_match_globs() -> None:
    urn = "urn:pulumi:dev::p::t:t:T::name"
    assert urn in Targets([])
    assert urn in Targets(["**T::name"])
    assert urn not in Targets(["*name"])
    assert urn in Targets([urn])
    assert not Targets([])


def test_secrets_are_redacted_also_in_json() -> None:
    redact = Redactor(['hu"sh', "ab"])
    assert redact('say hu"sh and {"x": "hu\\"sh"} ab') == 'say [secret] and {"x": "[secret]"} ab'
