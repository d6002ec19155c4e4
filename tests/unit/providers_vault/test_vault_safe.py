from __future__ import annotations

import pathlib
import stat

import pytest

from clients import vault
from providers._base import ExpectedError
from providers.vault import _safe

MADE = vault.Initialised(keys=("aa", "bb"), root_token="s.root")


def test_what_is_kept_can_be_taken_and_forgotten(tmp_path: pathlib.Path) -> None:
    key, safe = _safe.new_key(), _safe.Safe("uuid", "vault", tmp_path / "vault")
    assert safe.take(key) is None
    safe.keep(MADE, key)
    assert safe.take(key) == MADE
    assert stat.S_IMODE(safe.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(safe.path.parent.stat().st_mode) == 0o700
    assert b"s.root" not in safe.path.read_bytes()
    assert list(safe.path.parent.iterdir()) == [safe.path]
    safe.forget()
    safe.forget()
    assert safe.take(key) is None


@pytest.mark.parametrize("content", [None, b"", b"torn"])
def test_another_key_or_a_torn_file_is_told_not_ignored(tmp_path: pathlib.Path, content: bytes | None) -> None:
    safe = _safe.Safe("uuid", "vault", tmp_path)
    safe.keep(MADE, _safe.new_key())
    if content is not None:
        safe.path.write_bytes(content)
    with pytest.raises(ExpectedError, match="sealed with a recovery key that is not this state's") as raised:
        safe.take(_safe.new_key())
    assert str(safe.path) in str(raised.value)


def test_each_vault_has_a_file_of_its_own(tmp_path: pathlib.Path) -> None:
    places = {_safe.Safe(model, app, tmp_path).path for model in ("a", "b") for app in ("vault", "vault-2")}
    assert len(places) == 4
