"""The contract commands' last line and exit code, and what they read of explained.md."""

from __future__ import annotations

import pathlib

import pytest

from tests.contract import reporting

ALIKE = reporting.Outcome(pair="a#0", request="GET /a", lines=())
OTHER = reporting.Outcome(pair="a#1", request="GET /b", lines=("status: 200 != 404", "more"))


def test_an_explanation_is_a_paragraph(tmp_path: pathlib.Path) -> None:
    (tmp_path / "explained.md").write_text(
        "# Pairs\n\n- `a#1`: because\n  of it.\n- `b_c#20` no colon\n\nA word on `a#2`: none\n"
    )
    assert reporting.explanations(tmp_path) == {"a#1": "because of it.", "b_c#20": "no colon"}


def test_a_pair_that_nobody_explains_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert reporting.report([ALIKE, OTHER], {}, whole=False) == 1
    assert capsys.readouterr().out.splitlines() == ["a#1 GET /b", "    status: 200 != 404", "    more", "2 pairs, 1 differ"]


def test_an_explained_pair_is_told_with_its_reason_and_its_lines_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert reporting.report([ALIKE, OTHER], {"a#1": "so"}, whole=False) == 0
    assert capsys.readouterr().out.splitlines() == ["a#1 GET /b", "    explained: so", "2 pairs, 1 differ"]
    assert reporting.report([OTHER], {"a#1": "so"}, whole=True) == 0
    assert "    status: 200 != 404" in capsys.readouterr().out
