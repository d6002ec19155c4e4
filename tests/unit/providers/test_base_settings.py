from __future__ import annotations

import json
import pathlib

import pytest

from providers import _base, _settings


def test_explicit_values_win_over_the_file(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "endpoints.json"
    path.write_text(json.dumps({"maas": {"url": "http://file/", "api_key": "a:b:c"}}))
    config = {"maas:endpointsFile": str(path), "maas:apiUrl": "http://explicit/", "maas:pollSeconds": "0.1"}
    assert _settings.section(config.get, "maas") == {"url": "http://explicit/", "api_key": "a:b:c", "poll_seconds": "0.1"}


def test_without_a_file_only_what_is_set(tmp_path: pathlib.Path) -> None:
    assert _settings.section({"juju:dataDir": "/d"}.get, "juju") == {"data_dir": "/d"}


def test_a_missing_file_asks_for_the_simulator(tmp_path: pathlib.Path) -> None:
    with pytest.raises(_base.ExpectedError, match=r"gone\.json, which does not exist: .*Run `make simulator`"):
        _settings.section({"maas:endpointsFile": str(tmp_path / "gone.json")}.get, "maas")


@pytest.mark.parametrize(("text", "said"), [("{", "can't be read"), ("{}", "says nothing about lxd"), ("[]", "says nothing")])
def test_a_broken_file_is_named(tmp_path: pathlib.Path, text: str, said: str) -> None:
    path = tmp_path / "endpoints.json"
    path.write_text(text)
    with pytest.raises(_base.ExpectedError, match=said):
        _settings.section({"lxd:endpointsFile": str(path)}.get, "lxd")


@pytest.mark.parametrize("bad", ["soon", "0", "-1", "nan", "inf", None])
def test_a_number_of_seconds_is_above_zero(bad: str | None) -> None:
    with pytest.raises(_base.ExpectedError, match="poll_seconds must be a number of seconds above 0"):
        _settings.number({"poll_seconds": bad}, "poll_seconds", 5)


def test_a_number_has_a_default() -> None:
    assert _settings.number({}, "poll_seconds", 5) == 5.0
