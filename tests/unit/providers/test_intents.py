from __future__ import annotations

import pathlib
import stat

import pytest

from providers._intents import Intent


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "intents"


def test_what_is_noted_is_recalled_by_another_run(folder: pathlib.Path) -> None:
    Intent("http://region/", "space", "a", folder).note(adopted=True, before={"name": "b"})
    noted = Intent("http://region/", "space", "a", folder).recall()
    assert noted is not None
    assert (noted["adopted"], noted["before"]) == (True, {"name": "b"})


@pytest.mark.parametrize(
    "other", [("http://other/", "space", "a"), ("http://region/", "tag", "a"), ("http://region/", "space", "b")]
)
def test_another_thing_has_a_note_of_its_own(folder: pathlib.Path, other: tuple[str, str, str]) -> None:
    Intent("http://region/", "space", "a", folder).note()
    assert Intent(*other, folder).recall() is None


def test_forgetting_is_for_good_and_twice_is_fine(folder: pathlib.Path) -> None:
    intent = Intent("http://region/", "space", "a", folder)
    intent.note()
    intent.forget()
    intent.forget()
    assert intent.recall() is None
    assert list(folder.iterdir()) == []


def test_a_broken_note_is_none(folder: pathlib.Path) -> None:
    intent = Intent("http://region/", "space", "a", folder)
    intent.note()
    next(folder.iterdir()).write_text("{")
    assert intent.recall() is None


def test_notes_are_for_their_owner_only(folder: pathlib.Path) -> None:
    Intent("http://region/", "space", "a", folder).note()
    assert stat.S_IMODE(next(folder.iterdir()).stat().st_mode) == 0o600
